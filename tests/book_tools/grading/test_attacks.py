"""No notebook earns a point that it did not earn, and none touches another one, the grader or the machine."""

import re
from pathlib import Path

import pytest

import unstable_gradients
from book_tools.grading import sandbox
from book_tools.grading.grade import ENDED, FAILED
from book_tools.homework import secret

from . import attacks
from .course import BOOK, SOLUTIONS, STUDENTS

pytestmark = pytest.mark.slow
enforced = pytest.mark.skipif(
    sandbox.wall() != "bubblewrap",
    reason="there is no bubblewrap; what is not enforced without it is said by the grader",
)
NOTEBOOKS = [*attacks.BEFORE, *attacks.AFTER]


def of(graded, name):
    """The result of the submission whose name begins so."""
    (found,) = [
        r
        for s, r in graded.results.items()
        if s == f"{name}.ipynb" or re.fullmatch(rf"{re.escape(name)} s\d+\.ipynb", s)
    ]
    return found


def test_there_are_at_least_forty():
    assert len(NOTEBOOKS) + len(attacks.FILES) >= 40


@pytest.mark.parametrize("name", [*NOTEBOOKS, *attacks.FILES])
def test_an_attack_earns_nothing_and_has_its_row(graded, name):
    result = of(graded, name)
    assert result.points == 0, f"it was paid: {result.marks}"
    assert result.status != FAILED, result.why
    assert graded.rows[result.submission]["points so far"] == "0"
    assert not [e for e in result.errors if "'sheet' is not defined" in e], "it did not get to its attack"


@pytest.mark.parametrize("k, name", list(enumerate(SOLUTIONS)))
def test_the_solution_of_every_assignment_earns_everything(graded, k, name):
    result = graded.results[f"honest h{k}.ipynb"]
    assert (result.status, result.assignment, result.errors) == ("graded", name, [])
    assert result.points == result.of - result.open > 0


@pytest.mark.parametrize("name", STUDENTS)
def test_an_untouched_notebook_earns_nothing_and_has_its_row(graded, name):
    result = graded.results[f"untouched {name}.ipynb"]
    assert result.points == result.open == 0 and result.submission in graded.rows


def test_cells_that_were_doubled_and_moved_make_no_difference(graded):
    result = graded.results["doubled m1.ipynb"]
    assert result.points == result.of - result.open > 0


def test_every_submission_has_one_row_and_a_page(graded):
    expected = {p.relative_to(graded.submissions).as_posix() for p in graded.submissions.iterdir()}
    assert set(graded.rows) == set(graded.results) == expected
    assert len(list((graded.out / "feedback").glob("*.html"))) == len(expected)


@pytest.mark.parametrize("k", range(3))
def test_an_odd_kernel_name_does_not_matter(graded, k):
    result = graded.results[f"an odd kernel k{k}.ipynb"]
    assert result.points == result.of - result.open > 0


def test_ten_thousand_cells_have_their_row(graded):
    assert graded.results["ten thousand cells s900.ipynb"].points == 0


def test_a_link_out_of_the_folder_is_not_followed(graded):
    assert "link that leads out" in graded.results["a link.ipynb"].status


def test_the_key_is_nowhere(graded):
    key = secret.read(graded.key).hex()
    files = [path for path in graded.out.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert not [path for path in files if key in path.read_text(encoding="utf-8", errors="replace")]


@enforced
@pytest.mark.parametrize(
    "name",
    [
        "looks for the key",
        "looks for masters",
        "looks for other submissions",
        "calls of a network on this machine",
    ],
)
def test_there_is_nothing_to_find(graded, name):
    found = of(graded, name).texts["differences"]
    assert found.strip() in ("found", "found []", "reached []"), found[:500]


@enforced
def test_nobody_was_reached_over_the_network(graded):
    assert graded.reached == []


@enforced
@pytest.mark.parametrize(
    "name", ["reads memory, arguments and environment of others", "reads its own environment"]
)
def test_arguments_and_environment_of_the_grader_are_out_of_sight(graded, name):
    found = of(graded, name).texts["differences"]
    assert len(found) > 30, "it should have found its own"
    for private in (str(graded.key), str(graded.submissions), "--key", "pytest"):
        assert private not in found


@enforced
def test_nobody_becomes_root(graded):
    found = of(graded, "becomes root").texts["differences"]
    assert re.search(r"uid [1-9]", found)
    assert re.search(r"CapEff:\s0+\s", found) and re.search(r"CapPrm:\s0+\s", found), found[:800]
    assert re.search(r"NoNewPrivs:\s1", found)


@enforced
@pytest.mark.parametrize(
    "name, said",
    [
        ("leaves a key for the next student", "keys [-1, -1]"),
        ("memory that no process is charged with", "hidden 0"),
        ("memory that waits in sockets", "few True"),
        ("a disk of its own", "ended with 256"),
    ],
)
def test_what_reaches_around_the_walls_is_refused(graded, name, said):
    assert of(graded, name).texts["differences"] == said


@enforced
def test_nothing_was_written_outside(graded):
    assert "written by an attack" not in (graded.out / "gradebook.csv").read_text()
    assert not (BOOK.root / "gradebook.csv").exists()
    sources = Path(unstable_gradients.__file__).parent.glob("*.py")
    assert not [path for path in sources if path.read_text(encoding="utf-8") == "forged = 1"]
    assert not Path("/tmp/pwned").exists()


def test_hidden_numbers_do_not_come_out_in_a_message(graded):
    (slope,) = (m for m in of(graded, "a message with the hidden numbers").marks if m["question"] == "slope")
    assert slope["feedback"] == "At a hidden place it raised ValueError."


def test_hidden_numbers_do_not_come_out_in_a_text(graded):
    assert "differences" not in of(graded, "a function that writes hidden numbers into a text").texts


@pytest.mark.parametrize(
    "name, said",
    [
        ("an endless loop that cannot be interrupted", "did not end within 30 seconds"),
        ("stops its parent", "did not end within 30 seconds"),
        ("a memory bomb of many processes", "used more than 1024 MiB of memory"),
        ("kills its kernel", ""),  # for these two what is found first hangs on a race
        ("kills everything", ""),
        ("kills its parent", "ended itself"),
    ],
)
def test_what_cannot_go_on_is_ended_and_said(graded, name, said):
    result = of(graded, name)
    assert result.status == ENDED and said in result.why
    assert result.review


def test_whoever_stops_the_grader_is_given_up_in_time(graded):
    result = of(graded, "stops the grader's side when the numbers come")
    assert result.seconds < 40 and any("could not be asked" in note for note in result.review)


def test_an_answer_that_changes_is_noted_for_a_person(graded):
    assert any(
        "when asked twice" in note for note in of(graded, "an answer that differs when asked twice").review
    )


@pytest.mark.parametrize("page", ["feedback", "review"])
def test_no_text_of_a_student_is_html(graded, page):
    pages = [graded.out / "review.html"] if page == "review" else (graded.out / "feedback").glob("*.html")
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text and "<img src=x" not in text and "<b>" not in text
        assert "Content-Security-Policy" in text


def test_no_cell_of_the_gradebook_is_a_formula(graded):
    for row in graded.rows.values():
        assert not [cell for cell in row.values() if re.match(r"\s*[=+\-@|%]", cell or "")]
    assert any(row["student"].startswith("'=HYPERLINK") for row in graded.rows.values())
    assert (graded.out / "gradebook.csv").read_text().count("'=cmd h9") >= 1


def test_the_id_of_another_is_noted(graded):
    assert any("s999999" in note for note in of(graded, "the id of another student").review)


def test_another_assignment_is_not_graded_as_this_one(graded):
    assert "for the assignment" in of(graded, "an assignment that is a path").status
