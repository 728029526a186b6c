"""A folder of submissions from the command line: interrupted, repeated, and given wrong things."""

import os
import signal
import subprocess
import sys
import time

import pytest

from book_tools import PressError
from book_tools.__main__ import main
from book_tools.grading import batch
from book_tools.grading.grade import Grader, Result, _says, assignment_secrets
from book_tools.grading.submissions import Submission
from book_tools.homework import secret
from book_tools.homework.master import masters

from .course import BOOK, NONSENSE, SHEET, notebook, save, solution


@pytest.fixture
def course(tmp_path):
    """Four submissions and a key."""
    for k in range(3):
        save(tmp_path / "in" / f"s{k}.ipynb", solution(f"s{k}"))
    save(tmp_path / "in" / "s3.ipynb", notebook(SHEET.format(3), NONSENSE))
    secret.create(tmp_path / "course.key")
    return tmp_path


def command(course, out):
    arguments = [str(course / "in"), "--key", str(course / "course.key"), "--out", str(course / out)]
    return [sys.executable, "-m", "book_tools", "grade", *arguments]


def written(out):
    names = ("gradebook.csv", "grades.json", "review.html")
    pages = sorted((out / "feedback").glob("*.html"))
    return [(out / name).read_bytes() for name in names] + [page.read_bytes() for page in pages]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL elsewhere")
def test_killed_and_started_again_gives_the_same_bytes_and_grades_nothing_twice(course):
    killed = subprocess.Popen(
        command(course, "killed"), cwd=BOOK.root, start_new_session=True, stdout=subprocess.DEVNULL
    )
    kept = course / "killed" / "results"
    while not list(kept.glob("*.json")):
        assert killed.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (course / "killed" / "gradebook.csv").exists(), "it was to be killed on the way"
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    for out in ("killed", "whole"):
        made = subprocess.run(command(course, out), cwd=BOOK.root, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
    assert written(course / "killed") == written(course / "whole")
    assert {path: path.stat().st_mtime_ns for path in before} == before, "a graded notebook was graded again"

    save(course / "in" / "s0.ipynb", notebook(SHEET.format(0), NONSENSE))
    made = subprocess.run(command(course, "whole"), cwd=BOOK.root, capture_output=True, text=True)
    assert "4 submissions, 3 of them graded before" in made.stdout, "what changed is graded anew"
    assert "s0.ipynb,s0,s0,02_chain_rule,0," in (course / "whole" / "gradebook.csv").read_text()


def raises():
    raise RuntimeError("<b>broken</b>")


def finds_a_wrong_master():
    raise PressError("06_small.md, the cell at line 7: NameError")


def is_killed():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize(
    "breaks, said",
    [
        (raises, "RuntimeError"),
        (finds_a_wrong_master, "the grader failed: 06_small.md, the cell at line 7: NameError"),
        (is_killed, "its process was ended"),
    ],
)
def test_one_submission_that_breaks_the_grader_has_its_row_and_is_tried_again(
    course, monkeypatch, breaks, said
):
    def broken(self, submission):
        if submission.name == "s1.ipynb":
            breaks()
        return Result(submission.name, submission.who)

    def grade():
        return batch.grade(BOOK, course / "in", course / "course.key", course / "out")

    monkeypatch.setattr(Grader, "grade", broken)
    results = grade()
    assert [r.status == "graded" for r in results] == [True, False, True, True]
    assert said in results[1].status
    assert "<b>" not in (course / "out" / "review.html").read_text()

    monkeypatch.setattr(Grader, "grade", lambda self, submission: Result(submission.name, submission.who))
    assert [r.status for r in grade()] == ["graded"] * 4


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["none", "--key", "course.key", "--out", "out"], "give a folder, an archive"),
        (["in", "--key", "none.key", "--out", "out"], "none.key cannot be read"),
        (
            ["in", "--key", "course.key", "--out", "out", "--assignment", "07_none"],
            "there is no assignment '07_none'; there are 01_",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(course, monkeypatch, capsys, arguments, message):
    at = {name: str(course / name) for name in ("none", "in", "course.key", "none.key", "out")}
    monkeypatch.chdir(BOOK.root)
    assert main(["grade", *(at.get(argument, argument) for argument in arguments)]) == 1
    assert message in capsys.readouterr().err
    assert not (course / "out").exists()


class TestReview:
    """What a person is told, of notebooks that are graded without a sandbox here."""

    @pytest.fixture
    def grader(self):
        found = masters(BOOK)
        return Grader(found, assignment_secrets(b"key", found), course="Deep Learning 1")

    def test_problem_of_a_submission_is_its_status(self, grader):
        result = grader.grade(Submission("x", "x", b"", "it is a link"))
        assert (result.status, result.points) == ("it is a link", 0)

    @pytest.mark.parametrize(
        "who, says",
        [
            ("doejane 4711", False),
            ("s12", True),
            ("S12 ", True),
            ("jane s12", True),
            ("a/s12/x", True),
            ("s123", False),
            ("x_s12", True),
        ],
    )
    def test_id_in_the_name_of_the_submission(self, who, says):
        assert _says(who, "s12") == says


def test_keys_of_assignments_do_not_follow_from_each_other():
    found = masters(BOOK)
    one, other = assignment_secrets(b"key", found), assignment_secrets(b"other key", found)
    assert len({*one.values(), *other.values()}) == 2 * len(found)
    assert b"key" not in one.values()
