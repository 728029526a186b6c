"""A folder of submissions from the command line: interrupted, repeated, and given wrong things."""

import base64
import os
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest

from book_tools import PressError
from book_tools.__main__ import main
from book_tools.grading import batch, sandbox
from book_tools.grading.grade import ENDED, Grader, Result, _is_png, _package_calls, assignment_secrets
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
    names = ("gradebook.csv", "grades.json", "marks.csv", "review.html")
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
        (finds_a_wrong_master, "06_small.md, the cell at line 7: NameError"),
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
    assert results[1].status == "the grader failed" and said in results[1].why
    assert "<b>" not in (course / "out" / "review.html").read_text()

    monkeypatch.setattr(Grader, "grade", lambda self, submission: Result(submission.name, submission.who))
    assert [r.status for r in grade()] == ["graded"] * 4


@pytest.mark.parametrize("ends, runs, status", [(1, 2, "graded"), (2, 2, ENDED)])
def test_whoever_is_ended_by_something_else_runs_once_more(monkeypatch, ends, runs, status):
    times = []

    def once(self, submission):
        times.append(submission)
        ended = len(times) <= ends
        return Result("x", "x", **({"status": ENDED, "why": sandbox.ITSELF} if ended else {}))

    monkeypatch.setattr(Grader, "_once", once)
    assert Grader([], {}).grade(Submission("x", "x", b"")).status == status
    assert len(times) == runs


def test_what_is_secret_is_not_where_notebooks_can_read(course, monkeypatch):
    monkeypatch.setattr(sandbox, "visible", lambda: [str(course / "in")])
    with pytest.raises(PressError, match="in lies in .*, which notebooks can read while they run"):
        batch.grade(BOOK, course / "in", course / "course.key", course / "out")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["in", "--key", "course.key", "--out", "in"], "in would be among the submissions"),
        (["none", "--key", "course.key", "--out", "out"], "give a folder, an archive"),
        (["in", "--key", "none.key", "--out", "out"], "none.key cannot be read"),
        (
            ["in", "--key", "course.key", "--out", "out", "--assignment", "07_none"],
            "there is no assignment '07_none'; there are 01_",
        ),
        (
            ["in", "--key", "course.key", "--out", "course.key"],
            "course.key cannot be the folder for the results",
        ),
        (["in", "--key", "course.key", "--out", "out", "--roster", "none"], "none cannot be read"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(course, monkeypatch, capsys, arguments, message):
    at = {name: str(course / name) for name in ("none", "in", "course.key", "none.key", "out")}
    monkeypatch.chdir(BOOK.root)
    assert main(["grade", *(at.get(argument, argument) for argument in arguments)]) == 1
    assert message in capsys.readouterr().err
    assert not (course / "out").exists()


@pytest.fixture
def without_sandbox(course, monkeypatch):
    """The command line, with a course of which everybody slept, and answered one text."""

    def grade(self, submission):
        graded = submission.name != "s3.ipynb"
        marks = [
            {"question": "differences", "points": None, "of": 2, "feedback": "A person reads this answer."}
        ]
        return Result(
            submission.name,
            submission.who,
            assignment="02_chain_rule",
            student=submission.who,
            status="graded" if graded else ENDED,
            marks=marks * graded,
        )

    monkeypatch.setattr(Grader, "grade", grade)
    monkeypatch.chdir(BOOK.root)
    given = [str(course / "in"), "--key", str(course / "course.key"), "--out", str(course / "out")]
    return lambda *more: main(["grade", *given, *more])


def test_marks_of_people_get_into_everything_and_stay(course, without_sandbox, capsys):
    assert without_sandbox() == 0
    assert "4 submissions, 0 of them" in capsys.readouterr().out
    file = course / "out" / "marks.csv"
    written_by_a_person = file.read_text().replace(
        "s1.ipynb,differences,,", "s1.ipynb,differences,1.5,nearly"
    )
    written_by_a_person += "s3.ipynb,slope,2,it runs here\n"
    file.write_text(written_by_a_person)
    assert without_sandbox() == 0
    assert file.read_text() == written_by_a_person
    for name in ("gradebook.csv", "grades.json", "feedback/s1.html"):
        assert "1.5" in (course / "out" / name).read_text()
    assert "nearly" in (course / "out" / "feedback" / "s1.html").read_text()
    assert "s3.ipynb,s3,s3,02_chain_rule,2,0,14," in (course / "out" / "gradebook.csv").read_text()


@pytest.mark.parametrize(
    "row", ["s9.ipynb,slope,1,", "s1.ipynb,none,1,", "s1.ipynb,slope,4,", "s1.ipynb,deltas,1,"]
)
def test_a_bad_row_of_marks_is_said_before_anything_is_overwritten(course, without_sandbox, capsys, row):
    (course / "out").mkdir()
    (course / "out" / "marks.csv").write_text(f"submission,question,points,comment\n{row}\n")
    (course / "out" / "gradebook.csv").write_text("of yesterday")
    assert without_sandbox("--assignment", "02_chain_rule") == 1
    assert "marks.csv, line 2: " in capsys.readouterr().err
    assert (course / "out" / "gradebook.csv").read_text() == "of yesterday"
    assert (course / "out" / "marks.csv").read_text().endswith(f"{row}\n")
    early = (
        row != "s1.ipynb,deltas,1,"
    )  # only what came out of the notebook says that it has no such question
    assert (course / "out" / "results").exists() != early, "the rest is known before anything is graded"


def test_who_is_on_the_roster_and_handed_in_nothing_has_a_row(course, without_sandbox, capsys):
    (course / "roster.csv").write_text("student,name\n" + "".join(f"s{k},s{k}\n" for k in range(6)))
    assert without_sandbox("--roster", str(course / "roster.csv")) == 0
    assert "2 of 6 on the roster handed in nothing." in capsys.readouterr().out
    gradebook = (course / "out" / "gradebook.csv").read_text()
    assert gradebook.count("nothing was handed in") == 2 and len(gradebook.splitlines()) == 7


def test_if_nothing_at_all_was_graded_the_command_fails_and_says_where_to_look(
    course, without_sandbox, capsys
):
    for k in range(3):
        (course / "in" / f"s{k}.ipynb").unlink()
    assert without_sandbox() == 1
    said = capsys.readouterr().out
    assert "1 submission, " in said and f"{course / 'out' / 'review.html'}" in said


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_passes_on_what_is_given_and_nothing_else():
    given = ["SUBMISSIONS=in", "KEY=a.key", "OUT=out"]
    more = ["COURSE=Deep Learning 1", "ASSIGNMENT=02_chain_rule", "ROSTER=my roster.csv"]

    def said(*arguments):
        command = ["make", "-n", "--no-print-directory", "grade", *arguments]
        alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
        run = subprocess.run(command, cwd=BOOK.root, env=alone, capture_output=True, text=True)
        return " ".join(run.stdout.replace("\\\n", " ").split())

    assert said(*given).endswith('grade "in" --key "a.key" --out "out"')
    assert said(*given, *more).endswith(
        '--out "out" --course "Deep Learning 1" --assignment "02_chain_rule" --roster "my roster.csv"'
    )


class TestReview:
    """What a person is told, of notebooks that are graded without a sandbox here."""

    @pytest.fixture
    def grader(self):
        found = masters(BOOK)
        return Grader(found, assignment_secrets(b"key", found), course="Deep Learning 1")

    def test_problem_of_a_submission_is_its_status(self, grader):
        result = grader.grade(Submission("x", "x", b"", "it is a link"))
        assert (result.status, result.points) == ("it is a link", 0)

    def test_a_cell_that_is_too_long_to_be_read_is_noted(self, grader):
        result = Result("x", "x", assignment="02_chain_rule", course="Deep Learning 1", student="s1")
        grader._look(result, sandbox.notebook(["x = 1", "#" * 50_000]))
        assert result.review == ["a cell of 50000 characters or more was not read for what it calls"]


ODD_CELLS = [
    "a?\n" * 16_000,
    "a=!b\n" * 9_000,
    "/a\n" * 16_000,
    '"' + "a" * 49_000 + '" b?',
    " " * 49_000 + "?x",
    "=" * 49_000,
    "a = " + " " * 49_000 + "b",
    "?" * 49_000 + "x",
    "[" * 49_000,
    "{" * 150 + "\n" + "f'{" * 150,
    "-" * 49_000 + "1",
]


@pytest.mark.parametrize("source", ODD_CELLS, ids=lambda source: source[:8])
def test_reading_a_cell_comes_to_an_end(source):
    """With quadratic rules each of these would take minutes, and there can be a thousand in a notebook."""
    assert _package_calls([source] * 20) == set()


@pytest.mark.parametrize(
    "source, calls",
    [
        ("from unstable_gradients.chain import *", {("chain.*", "outside")}),
        (
            "%%time\nfrom unstable_gradients import chain\nchain.gradients(1)",
            {("chain.gradients", "outside")},
        ),
        (
            "!pip install x\nfiles = !ls\nchain?\nfrom unstable_gradients import chain\nif 1:\n    %time 1\nchain.forward",
            {("chain.forward", "outside")},
        ),
        ("from unstable_gradients import chain\nthis is no Python", set()),
    ],
)
def test_what_is_used_of_the_package_is_found_beside_magics(source, calls):
    assert _package_calls([source]) == calls


@pytest.mark.parametrize("width, height, shown", [(640, 480, True), (60_000, 10, False), (10, 60_000, False)])
def test_a_figure_is_one_that_a_browser_can_show(width, height, shown):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    assert _is_png(base64.b64encode(head + b"the rest").decode()) == shown
    assert not _is_png(base64.b64encode(head[:-1]).decode()), "cut off"
    assert not _is_png(base64.b64encode(head + b"\0" * 2**21).decode()), "too large"


def test_keys_of_assignments_do_not_follow_from_each_other():
    found = masters(BOOK)
    one, other = assignment_secrets(b"key", found), assignment_secrets(b"other key", found)
    assert len({*one.values(), *other.values()}) == 2 * len(found)
    assert b"key" not in one.values()
