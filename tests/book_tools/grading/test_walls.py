"""Where there is no bubblewrap, a process of its own is still enough against lies about answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from book_tools.grading import sandbox
from book_tools.grading.grade import Grader, assignment_secrets
from book_tools.grading.submissions import Submission
from book_tools.homework.master import masters

from . import attacks
from .course import BOOK, LIMITS, NONSENSE, SHEET, notebook, solution

pytestmark = pytest.mark.slow

# What needs nothing but separate processes to fail; harm to the machine is none of it.
LIES = {
    "replaces numpy.isclose, allclose and all": attacks.BEFORE,
    "replaces json": attacks.BEFORE,
    "replaces the checks": attacks.BEFORE,
    "replaces the comparison of formulas": attacks.BEFORE,
    "forges the answers in a thread": attacks.BEFORE,
    "prints a forged record": attacks.BEFORE,
    "an answer that compares as equal": attacks.AFTER,
    "an answer with a float of its own": attacks.AFTER,
    "a formula that is code": attacks.AFTER,
}


@pytest.fixture(scope="module", params=[wall for wall in sandbox.walls() if wall != "bubblewrap"])
def behind(request):
    """The results of the lies and of an honest notebook, by name, behind one kind of wall."""
    found = masters(BOOK)
    grader = Grader(found, assignment_secrets(b"key", found), limits=LIMITS)
    notebooks = {
        name: notebook(
            SHEET.format(1),
            *([table[name], NONSENSE] if table is attacks.BEFORE else [NONSENSE, table[name]]),
        )
        for name, table in LIES.items()
    }
    notebooks["honest"] = solution("s1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "wall", lambda: request.param)
        return {
            name: grader.grade(Submission(name, "s1", json.dumps(made).encode()))
            for name, made in notebooks.items()
        }


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_not_paid(behind, name):
    assert behind[name].points == 0, behind[name].marks
    assert not [e for e in behind[name].errors if "'sheet' is not defined" in e], "it did not get to its lie"


def test_an_honest_notebook_has_all_points(behind):
    result = behind["honest"]
    assert (result.status, result.errors) == ("graded", [])
    assert result.points == result.of - result.open > 0


def test_walls_stand_by_whatever_name_python_was_called():
    here = Path(sys.executable)
    dotted = f"{here.parent}/../{here.parent.name}/{here.name}"
    said = "from book_tools.grading import sandbox; print(*sandbox.walls())"
    run = subprocess.run([dotted, "-c", said], capture_output=True, text=True, cwd=BOOK.root)
    assert run.stdout.split() == sandbox.walls(), run.stderr


@pytest.mark.parametrize(
    "wall, said",
    [
        ("bubblewrap", []),
        ("user", ["bubblewrap is not here", "can reach the network"]),
        (
            "process",
            [
                "bubblewrap is not here",
                "can reach the network",
                "the key of the course",
                "can end other processes",
            ],
        ),
    ],
)
def test_what_a_wall_does_not_keep_out_is_said(monkeypatch, wall, said):
    monkeypatch.setattr(sandbox, "wall", lambda: wall)
    text = "\n".join(sandbox.missing())
    assert all(words in text for words in said) and bool(text) == bool(said)
