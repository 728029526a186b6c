"""Whose a submission is: held against a roster, or against the name of its file."""

import pytest

from book_tools import PressError
from book_tools.grading import roster
from book_tools.grading.grade import Result
from book_tools.grading.submissions import Submission

PEOPLE = [roster.Person("s1", "doejane"), roster.Person("s2", "4712"), roster.Person("s3", "Max Doe")]


def results(*pairs):
    return [Result(f"{who}.ipynb", who, student=student) for who, student in pairs]


def notes(found, people=()):
    said = roster.check(found, people)
    return said, [bool(result.review) for result in found]


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
def test_id_in_the_name_of_the_submission(who, says):
    assert notes(results((who, "s12"))) == ([], [not says])


def test_a_note_that_most_would_have_is_said_once():
    said, noted = notes(results(("doejane 1", "s1"), ("roemax 2", "s2"), ("s3", "s3")))
    assert noted == [False] * 3 and "in 2 of 3 notebooks" in said[0]
    assert notes(results(("doejane 1", "s1"), ("s2", "s2"), ("s3", "s3"))) == ([], [True, False, False])


@pytest.mark.parametrize(
    "who, student, noted",
    [
        ("doejane 4711", "s1", False),
        ("doejane 4711", "S1 ", False),
        ("doejane 4711", "s2", True),
        ("roemax 4712", "s2", False),
        ("Max Doe 77", "s3", False),
        ("Max Doe/x", "s3", False),
        ("homework_doejane", "s1", False),
        ("stranger 5", "s1", True),
    ],
)
def test_the_id_is_that_of_the_person_on_the_roster(who, student, noted):
    assert notes(results((who, student)), PEOPLE) == ([], [noted])


def test_who_handed_in_nothing_has_a_row():
    absent = roster.absent(
        PEOPLE, [Submission("x", "doejane 4711", b""), Submission("y", "roemax 4712", b"")]
    )
    assert [(r.who, r.student, r.status) for r in absent] == [("Max Doe", "s3", "nothing was handed in")]
    assert "1 of 3 on the roster" in roster.check(absent, PEOPLE)[0]


@pytest.mark.parametrize(
    "content", ["student,name\ns1,doejane\n", "\ufeffName;Student;Mail\r\ndoejane;s1;\r\n"]
)
def test_a_roster_is_read_as_spreadsheets_save_it(tmp_path, content):
    (tmp_path / "roster.csv").write_bytes(content.encode())
    assert roster.read(tmp_path / "roster.csv") == PEOPLE[:1]


@pytest.mark.parametrize(
    "content, message",
    [
        ("student\ns1\n", "line 1: there is no column 'name'"),
        ("student,name\ns1,\n", "line 2: there is no name"),
        ("student,name\ns1,doe\n\ns2,Doe\n", "line 4: the name 'Doe' stands in line 2, too"),
        ("student,name\n", "nobody is on this roster"),
    ],
)
def test_what_is_wrong_with_a_roster_is_said(tmp_path, content, message):
    (tmp_path / "roster.csv").write_text(content)
    with pytest.raises(PressError, match=message):
        roster.read(tmp_path / "roster.csv")
    with pytest.raises(PressError, match="cannot be read"):
        roster.read(tmp_path / "none.csv")
