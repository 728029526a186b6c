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


def test_a_row_has_points_and_what_is_open_under_clear_names():
    (row,) = rows([result("doe_LATE_1_2_x.ipynb")])
    of = {"points so far": "2", "waits for a person": "3", "of": "5", "slope (2)": "2", "why (3)": "?"}
    assert {name: row[name] for name in of} == of
    assert row["late"] == "late" and rows([result()])[0]["late"] == ""


def test_submissions_of_several_assignments_share_a_gradebook():
    other = [{"question": "rate", "points": 0, "of": 1, "feedback": "No."}]
    first, second = rows([result(), result("s2.ipynb", assignment="01_descent", marks=other)])
    assert (first["rate (1)"], second["rate (1)"], second["slope (2)"]) == ("", "0", "")


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


ANSWERED = {"texts": {"why": "because"}}
QUESTIONS = {
    "02_chain_rule": {
        "slope": {"of": 2, "rubric": "", "heading": "1 The slope"},
        "why": {"of": 3, "rubric": "1 for the error, 2 for the check", "heading": "6 In words"},
    }
}


class TestReview:
    """The review list: what a person must do, first, and nothing that the marks say already."""

    def test_answers_come_by_question_with_rubric_and_count(self):
        other = result("s2.ipynb", texts={"why": "so"})
        page = report.review([result(**ANSWERED), other], QUESTIONS, ["said once"])
        assert "6 In words</a>, 02_chain_rule: 2 to read" in page and "on 0 of 2 submissions" in page
        assert (
            page.index("said once")
            < page.index("1 for the error")
            < page.index("because")
            < page.index(">so<")
        )
        assert "a text to read" not in page, "it stands there itself"

    def test_an_answer_with_points_waits_no_longer(self):
        marks = [MARKS[0], MARKS[1] | {"points": 1}]
        assert "because" not in report.review([result(**ANSWERED, marks=marks)], QUESTIONS)

    def test_each_error_has_a_line_and_is_whole_and_stubs_are_none(self):
        errors = [
            "cell 3: NotYet: ✗ slope: not yet",
            "cell 4: NotImplementedError: slope",
            "cell 5: E: " + "x" * 600,
        ]
        found = result(errors=errors)
        page = report.review([found], QUESTIONS)
        assert f"<li>{errors[2]}</li>" in page
        assert "NotYet" not in page and "NotImplementedError" not in page
        assert rows([found])[0]["to review"] == "2", "an answer and an error"

    def test_who_answered_nothing_is_said_once(self):
        none = {"points": 0, "feedback": "There is no answer."}
        marks = [mark | none for mark in MARKS]
        errors = ["cell 1: NotYet: slope", "cell 2: NotYet: why"]
        assert (
            report.review([result(marks=marks, errors=errors)], QUESTIONS).count("nothing was answered") == 1
        )
        assert "nothing was answered" not in report.review([result()], QUESTIONS)


def test_writing_twice_gives_the_same_bytes_and_leaves_nothing_old(tmp_path):
    results = [result(seconds=1.0), result("s2.ipynb", errors=["cell 1: <b>"], texts={"why": "<i>so</i>"})]
    report.write(results, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "feedback" / "gone.html").write_text("old")
    report.write(results, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first
    assert "&lt;i&gt;so&lt;/i&gt;" in (tmp_path / "review.html").read_text() or not results[1].review
    assert len(json.loads((tmp_path / "grades.json").read_text())) == 2


def feedback(tmp_path, **more):
    report.write([result(**more)], tmp_path, QUESTIONS)
    return (tmp_path / "feedback" / "s1.html").read_text()


@pytest.mark.parametrize("status", ["graded", "it is empty"])
def test_feedback_says_what_to_do(tmp_path, status):
    page = feedback(tmp_path, status=status, marks=MARKS if status == "graded" else [])
    assert ("2 of 2 points</strong> so far; 3 more are for a person to give" in page) == (status == "graded")
    assert ("hand it in again" in page) == (status != "graded")


def test_feedback_names_course_and_questions_as_the_notebook_does(tmp_path):
    page = feedback(tmp_path, course="Deep Learning 1", errors=["cell 1: NotYet: ✗", "cell 2: NameError: n"])
    for words in ("course Deep Learning 1", "1 The slope", "waits for a person, up to 3", "NameError"):
        assert words in page
    assert "NotYet" not in page, "the table says it"


def test_feedback_shows_what_a_person_wrote_as_text(tmp_path):
    page = feedback(tmp_path, marks=[MARKS[0], MARKS[1] | {"points": 1.5, "comment": "<b>nearly</b>"}])
    assert "3.5 of 5 points</strong>." in page and "&lt;b&gt;nearly&lt;/b&gt;" in page
