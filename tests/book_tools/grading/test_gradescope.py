"""The archive for Gradescope, run here as its harness runs it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

import jsonschema
import pytest

from book_tools import PressError
from book_tools.grading import gradescope, sandbox
from book_tools.grading.grade import ENDED, Result
from book_tools.homework import secret
from book_tools.homework.master import masters

from . import attacks
from .course import ASSIGNMENT, BOOK, NONSENSE, SHEET, notebook, save, solution

# https://gradescope-autograders.readthedocs.io/en/latest/specs/, "Output format"
SHOWN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "integer"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": SHOWN,
        "stdout_visibility": SHOWN,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array"},
                    "visibility": SHOWN,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
    "anyOf": [{"required": ["tests"]}, {"required": ["score"]}],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The archive of an assignment, and the key of its course."""
    top = tmp_path_factory.mktemp("gradescope")
    secret.create(top / "course.key")
    key = secret.read(top / "course.key")
    gradescope.write(BOOK, masters(BOOK), ASSIGNMENT, key, "Deep Learning 1", top / "a.zip")
    return top / "a.zip", key


def test_the_archive_holds_the_key_of_its_assignment_alone(archive):
    path, key = archive
    with zipfile.ZipFile(path) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
        assert {"setup.sh", "run_autograder", "assignment.json", "requirements.txt"} <= set(packed.namelist())
        settings = json.loads(packed.read("assignment.json"))
    assert key.hex().encode() not in everything
    assert len(bytes.fromhex(settings["key"])) == 32 and settings["name"] == ASSIGNMENT


def test_the_archive_is_for_its_owner_and_the_same_each_time(archive, tmp_path):
    path, key = archive
    gradescope.write(BOOK, masters(BOOK), ASSIGNMENT, key, "Deep Learning 1", tmp_path / "a.zip")
    assert (
        hashlib.sha256(path.read_bytes()).digest()
        == hashlib.sha256((tmp_path / "a.zip").read_bytes()).digest()
    )
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_what_students_need_may_be_read_by_everybody_and_the_key_by_its_owner_alone(archive):
    with zipfile.ZipFile(archive[0]) as packed:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in packed.infolist()}
    assert modes.pop("assignment.json") == 0o600
    assert {mode & 0o044 for mode in modes.values()} == {0o044}


def test_an_assignment_that_there_is_not(archive, tmp_path):
    with pytest.raises(PressError, match="there is no assignment 'x'; there are 01_"):
        gradescope.write(BOOK, masters(BOOK), "x", b"", "", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


@pytest.fixture(scope="module")
def harness(archive, tmp_path_factory):
    """A folder as Gradescope's container has it, after setup; installing is left to this very environment."""
    top = tmp_path_factory.mktemp("autograder")
    for folder in ("source", "submission", "results"):
        (top / folder).mkdir()
    with zipfile.ZipFile(archive[0]) as packed:
        packed.extractall(top / "source")
        for entry in packed.infolist():  # which Python does not restore, but unzip does, and so Gradescope
            (top / "source" / entry.filename).chmod(entry.external_attr >> 16)
    shutil.copy(top / "source" / "run_autograder", top)
    (top / "venv" / "bin").mkdir(parents=True)
    python = top / "venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return top


@pytest.mark.parametrize("points", [None, 0])
def test_a_question_for_a_person_never_counts_there(points):
    """Else one without an answer would take points away that the others do not have."""
    marks = [{"question": "why", "points": points, "of": 3, "feedback": "There is no answer."}]
    (test,) = gradescope.results(Result("x", "", marks=marks), {"why"})["tests"]
    assert (test["score"], test["max_score"], "status" in test) == (0, 0, False)


def test_how_a_run_was_ended_is_kept_for_the_instructor():
    ended = Result("x", "", status=ENDED, why="it ended itself", seconds=0.1)
    made = gradescope.results(ended)
    jsonschema.validate(made, SCHEMA)
    assert (made["extra_data"]["status"], made["extra_data"]["seconds"]) == (
        f"{ENDED}: it ended itself",
        0.1,
    )


FORGERIES = ["replaces numpy.isclose, allclose and all", "replaces the checks", "prints a forged record"]


def submissions():
    yield "honest", solution("s1"), 12
    for name in FORGERIES:
        yield name, notebook(SHEET.format(1), attacks.BEFORE[name], NONSENSE), 0
    yield "nothing", None, 0


def test_a_master_that_raises_is_named_to_the_instructor_alone(harness, monkeypatch):
    def grade(self, submission):
        line = next(iter(self.masters.values())).cells[2].metadata["line"]
        raise PressError(f"02_chain_rule.md, the cell at line {line}: NameError")

    monkeypatch.setattr(gradescope.Grader, "grade", grade)
    save(harness / "submission" / "02_chain_rule.ipynb", notebook("1"))
    gradescope.run(harness)
    results = json.loads((harness / "results" / "results.json").read_text())
    assert "02_chain_rule.md, the cell at line 28" in results.pop("extra_data")["review"][-1]
    assert "the cell at line" not in str(results) and "the grader failed: PressError" in results["output"]


def test_where_no_notebook_can_be_run_nobody_gets_0(harness, monkeypatch):
    def check():
        raise sandbox.SandboxError("no notebook can be run here")

    monkeypatch.setattr(gradescope.Grader, "grade", lambda *_: Result("x", "", status=ENDED))
    monkeypatch.setattr(sandbox, "check", check)
    save(harness / "submission" / "02_chain_rule.ipynb", notebook("1"))
    (harness / "results" / "results.json").unlink(missing_ok=True)
    with pytest.raises(sandbox.SandboxError):
        gradescope.run(harness)
    assert not (harness / "results" / "results.json").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Gradescope's container is Linux")
@pytest.mark.parametrize("what, made, points", [pytest.param(*s, id=s[0]) for s in submissions()])
def test_a_submission_in_the_harness(harness, what, made, points):
    shutil.rmtree(harness / "submission")
    (harness / "submission").mkdir()
    if made is not None:
        save(harness / "submission" / "02_chain_rule.ipynb", made)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"AUTOGRADER": str(harness)}
    run = subprocess.run(
        ["bash", harness / "run_autograder"], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    results = json.loads((harness / "results" / "results.json").read_text())
    jsonschema.validate(results, SCHEMA)
    assert results["score"] == points == sum(test["score"] for test in results["tests"])
    assert (harness / "source").stat().st_mode & 0o077 == 0, "the key must be out of reach"
    if what == "nothing":
        assert "no notebook" in results["output"]
