"""Gradebook and feedback: complete, and harmless whatever students write."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book_tools.grading import report
from book_tools.grading.grade import Result

MARKS = [
    {"question": "slope", "points": 2, "of": 2, "feedback": "Right."},
    {"question": "why", "points": None, "of": 3, "feedback": "A person reads this answer."},
]


def result(name="s1.ipynb", **more):
    return Result(
        name, **{"who": "s1", "assignment": "02_chain_rule", "student": "s1", "marks": MARKS} | more
    )


def rows(results):
    return list(csv.DictReader(report.gradebook(results).splitlines()))


def test_a_row_has_points_and_what_is_open():
    (row,) = rows([result()])
    assert (row["points"], row["for a person"], row["of"], row["slope"], row["why"]) == (
        "2",
        "3",
        "5",
        "2",
        "?",
    )


def test_submissions_of_several_assignments_share_a_gradebook():
    other = [{"question": "rate", "points": 0, "of": 1, "feedback": "No."}]
    first, second = rows([result(), result("s2.ipynb", assignment="01_descent", marks=other)])
    assert (first["rate"], second["rate"], second["slope"]) == ("", "0", "")


@given(st.text(max_size=40))
def test_no_text_becomes_a_formula_or_a_second_row(text):
    (row,) = rows([result(student=text, who=text)])
    assert not row["student"].lstrip().startswith(("=", "+", "-", "@", "|", "%"))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_names_of_pages_stay_in_their_folder(name):
    page = report.file_name(Result(name, ""))
    assert "/" not in page and "\\" not in page and page.endswith(".html") and not page.startswith("..")


def test_two_submissions_never_share_a_page(tmp_path):
    report.write([result("a b.ipynb"), result("a_b.ipynb"), result("a+b.ipynb")], tmp_path)
    assert len(list((tmp_path / "feedback").glob("*.html"))) == 3


def test_students_of_two_submissions_are_noted(tmp_path):
    one, other = result("a.ipynb"), result("b.ipynb", student="S1 ")
    report.write([one, other, result("c.ipynb", student="s3")], tmp_path)
    assert any("2 submissions" in note for note in one.review) and any(
        "2 submissions" in n for n in other.review
    )


def test_writing_twice_gives_the_same_bytes_and_leaves_nothing_old(tmp_path):
    results = [result(seconds=1.0), result("s2.ipynb", errors=["cell 1: <b>"], texts={"why": "<i>so</i>"})]
    report.write(results, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "feedback" / "gone.html").write_text("old")
    report.write(results, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first
    assert "&lt;i&gt;so&lt;/i&gt;" in (tmp_path / "review.html").read_text() or not results[1].review
    assert len(json.loads((tmp_path / "grades.json").read_text())) == 2


@pytest.mark.parametrize("status", ["graded", "it is empty"])
def test_feedback_says_what_to_do(tmp_path, status):
    report.write([result(status=status, marks=MARKS if status == "graded" else [])], tmp_path)
    page = (tmp_path / "feedback" / "s1.html").read_text()
    assert ("2 of 2 points" in page) == (status == "graded")
    assert ("hand it in again" in page) == (status != "graded")
