"""Marks that people give: used, kept, and harmless for spreadsheets."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book_tools import PressError
from book_tools.grading import marks, report, tables
from book_tools.grading.grade import Result

from .test_report import MARKS

QUESTIONS = {"02_chain_rule": {"slope": {"of": 2}, "why": {"of": 3}}}
HEAD = "submission,question,points,comment\n"


def results(*names, **more):
    made = {"assignment": "02_chain_rule", "student": "s1", "marks": MARKS} | more
    return [Result(name, "s1", **copy.deepcopy(made)) for name in names]


def run(folder, content, found):
    """What a run does with a marks.csv: its new content."""
    if content is not None:
        (folder / "marks.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    known = marks.known(found, QUESTIONS)
    read = marks.Marks(folder / "marks.csv")
    read.check(known)
    read.give(found, known)
    tables.put(folder / "marks.csv", read.text(found))
    return (folder / "marks.csv").read_bytes().decode("utf-8-sig")


def test_every_answer_that_waits_has_a_row(tmp_path):
    assert run(tmp_path, None, results("a.ipynb", "b.ipynb")) == HEAD + "a.ipynb,why,,\nb.ipynb,why,,\n"


def test_points_and_comments_are_used_and_kept(tmp_path):
    (one, other) = found = results("a.ipynb", "b.ipynb")
    content = HEAD + 'a.ipynb,why,1.5,"good,\nbut short"\nb.ipynb,slope,1,a complaint\nb.ipynb,why,,later\n'
    assert run(tmp_path, content, found) == content
    assert (one.points, one.open, other.points, other.open) == (3.5, 0, 1, 3)
    assert [mark.get("comment") for mark in one.marks] == [None, "good,\nbut short"]
    assert other.marks[0]["feedback"] == "Right.", "the comment stands under what the machine said"
    assert run(tmp_path, None, results("a.ipynb", "b.ipynb")) == content


def test_names_that_a_spreadsheet_would_change_stay_apart(tmp_path):
    found = results("=x.ipynb", "'=x.ipynb")
    rows = run(tmp_path, None, results("=x.ipynb", "'=x.ipynb")).splitlines()
    content = "\n".join([rows[0], *(f"{row.removesuffix(',,')},{k},\n" for k, row in enumerate(rows[1:], 1))])
    run(tmp_path, content, found)
    assert [result.marks[1]["points"] for result in found] == [1, 2]


def test_who_could_not_be_graded_can_get_points(tmp_path):
    found = results("a.ipynb", status="it is empty", marks=[]) + results("b.ipynb")
    run(tmp_path, HEAD + "a.ipynb,slope,2,I ran it\n", found)
    assert (found[0].points, found[0].of) == (2, 5)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffsubmission;question;points;comment\r\nJürgen.ipynb;why;1,5;größer\r\n;;;\r\n".encode(),
        "submission;question;points;comment\r\nJürgen.ipynb;why;1,5;größer\r\n".encode("cp1252"),
        "Submission;Question;Points;Comment;;\r\nJürgen.ipynb;why;1.5;größer;;\r\n".encode(),
        "submission\tquestion\tpoints\tcomment\nJürgen.ipynb\twhy\t1,5\tgrößer\n".encode(),
    ],
)
def test_a_file_saved_by_a_spreadsheet_is_understood(tmp_path, content):
    (found,) = results("Jürgen.ipynb")
    assert "größer" in run(tmp_path, content, [found])
    assert (found.points, found.marks[1]["comment"]) == (3.5, "größer")


def test_the_next_run_keeps_the_separator_and_columns_of_ones_own(tmp_path):
    content = "submission;question;points;comment;Tutor\na.ipynb;why;1,5;;Max\nb.ipynb;why;;;Eva\n"
    assert run(tmp_path, content, results("a.ipynb", "b.ipynb")) == content


@pytest.mark.parametrize(
    "row, message",
    [
        ("c.ipynb,why,1,", "there is no submission 'c.ipynb'"),
        ("a.ipynb,how,1,", "there is no question 'how' in 'a.ipynb'; there are slope, why"),
        ("a.ipynb,why,one,", "the points must be a number, not 'one'"),
        ('a.ipynb,why,"1,5",', "the points must be a number, not '1,5'"),
        ("a.ipynb,why,-1,", "why has 0 to 3 points, not -1"),
        ("a.ipynb,why,4,", "why has 0 to 3 points, not 4"),
        ("a.ipynb,why,nan,", "why has 0 to 3 points, not nan"),
        ("a.ipynb,why,1,good, but short", "there are more cells than columns"),
        ("a.ipynb,slope,1,\na.ipynb,slope,2,", "slope of 'a.ipynb' stands in line 3, too"),
        ('a.ipynb,why,1,"good', "unexpected end of data"),
    ],
)
def test_a_bad_row_is_named_and_the_file_stays_as_it_is(tmp_path, row, message):
    content = f"{HEAD},,,\n{row}\n"
    with pytest.raises(PressError) as error:
        run(tmp_path, content, results("a.ipynb"))
    assert message in str(error.value) and f"{tmp_path / 'marks.csv'}, line " in str(error.value)
    assert (tmp_path / "marks.csv").read_text() == content


def test_the_line_is_that_of_an_editor(tmp_path):
    with pytest.raises(PressError, match="line 5: there is no submission 'c'"):
        run(tmp_path, HEAD + 'a.ipynb,why,1,"two\nlines"\n\nc,why,1,\n', results("a.ipynb"))


def test_an_empty_row_of_a_submission_that_is_gone_is_no_loss(tmp_path):
    assert run(tmp_path, HEAD + "gone.ipynb,why,,\n", results("a.ipynb")) == HEAD + "a.ipynb,why,,\n"


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2, unique=True))
def test_names_of_students_are_no_formulas_and_are_found_again(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("marks")
    run(folder, None, results(*names))
    _, rows = tables.read(folder / "marks.csv", marks.COLUMNS)
    assert len(rows) == 2 and not any(report.harmless(row["submission"]) != row["submission"] for row in rows)
    for points, row in enumerate(rows):
        row["points"] = str(points)
    content = tables.text([marks.COLUMNS, *([row[c] for c in marks.COLUMNS] for row in rows)])
    found = results(*names)
    run(folder, content, found)
    assert [result.marks[1]["points"] for result in found] == [0, 1]
