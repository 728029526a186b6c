"""What an honest student may do, and lose nothing by it but what is wrong."""

import json

import pytest
from nbformat.v4 import new_code_cell

from book_tools.grading.grade import Grader, assignment_secrets
from book_tools.grading.sandbox import Limits
from book_tools.grading.submissions import Submission
from book_tools.homework.master import masters

from .course import BOOK, solution

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=20, function_seconds=4)
SHADOWS = "list, str, type, float, open, reversed, dict, len, json, sys, name, file = range(12)"
BROKEN = "ax.set_title(r'$\\frac{a}{$')\nsheet.figure('speeds', fig)"


def graded(made):
    """The result, and the points by question."""
    found = masters(BOOK)
    grader = Grader(found, assignment_secrets(b"key", found), limits=LIMITS)
    result = grader.grade(Submission("s1", "s1", json.dumps(made).encode()))
    return result, {mark["question"]: mark["points"] for mark in result.marks}


def with_cells(name, *sources, first=False):
    """A solution with more cells, in front or at the end."""
    made = solution("s1", name)
    cells = [new_code_cell(source) for source in sources]
    made.cells = [*cells, *made.cells] if first else [*made.cells, *cells]
    return made


@pytest.mark.parametrize(
    "source, first",
    [
        (SHADOWS, False),
        ("%matplotlib widget\nimport numpy", True),
        (
            "from unstable_gradients.homework import Sheet\nspare = Sheet('02_chain_rule', 'other', 's1')",
            False,
        ),
        ("sheet", False),
        ("from google.colab import drive", True),
        ("while_true = 1\n!pip install nothing\n%time 1 + 1", True),
    ],
    ids=["names that Python has, too", "another backend", "a second sheet", "shown", "Colab", "magics"],
)
def test_all_points_stay(source, first):
    result, points = graded(with_cells("02_chain_rule", source, first=first))
    assert result.points == result.of - result.open == 12, (result.status, result.errors, points)


@pytest.mark.parametrize("part", [1, 2, 3], ids=["a third", "two thirds", "the end"])
def test_a_sheet_that_is_made_once_more_takes_no_answer_away(part):
    made = solution("s1", "02_chain_rule")
    (cell,) = (c for c in made.cells if c.cell_type == "code" and "sheet = Sheet(" in c.source)
    made.cells.insert(part * len(made.cells) // 3, new_code_cell(cell.source))
    result, points = graded(made)
    assert result.points == result.of - result.open == 12, (result.status, result.errors, points)


def test_a_figure_that_cannot_be_drawn_costs_itself_alone():
    result, points = graded(with_cells("03_vanish_or_explode", BROKEN))
    assert points.pop("speeds") == 0 and all(mark != 0 for mark in points.values()), result.status


def test_a_function_without_end_costs_itself_alone():
    forever = "def slope(z):\n    while True:\n        pass\n\n\nsheet.function('slope', slope)"
    result, points = graded(with_cells("02_chain_rule", forever))
    assert points["slope"] == 0 and result.points == 10, (result.status, points)
    assert any("could not be asked" in note for note in result.review)


def test_sizes_at_hidden_places_can_be_sizes():
    made = solution("s1", "05_initialization")
    (cell,) = (c for c in made.cells if c.cell_type == "code" and 'sheet.function("std"' in c.source)
    cell.source += (
        "\nright = std\n\ndef sized(n_in, n_out, *rest):\n    np.zeros((n_out, n_in))\n"
        "    return right(n_in, n_out, *rest)\n\n\nsheet.function('std', sized)"
    )
    result, points = graded(made)
    assert points["std"], (result.status, result.errors)
