"""What becomes of the cells of a master."""

import ast
import io
import tokenize

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book_tools import PressError
from book_tools.homework.master import Master, secrets, solved, stub

from .conftest import MASTERS, each_assignment

FUNCTION = '''\
def half(x):
    """Half of x: ½ x."""
    # a comment
    y = hidden(x / 2)
    if y:
        return hidden(
            y,
        )


sheet.function("half", half)
'''


def test_stub_has_dots_and_says_what_to_do():
    assert (
        stub(FUNCTION)
        == '''\
def half(x):
    """Half of x: ½ x."""
    # a comment
    raise NotImplementedError("half: put your code in place of the dots, and delete this line")
    y = ...
    if y:
        return ...


sheet.function("half", half)
'''
    )


def test_solution_has_the_code_in_place():
    assert "y = x / 2" in solved(FUNCTION) and "return y\n" in solved(FUNCTION)
    assert "hidden" not in solved(FUNCTION)


def test_code_without_anything_hidden_stays_as_it_is():
    source = "x = 1  # ½\nprint(x)\n"
    assert stub(source) == solved(source) == source
    assert secrets(source) == []


def test_hidden_text_and_letters_of_several_bytes():
    source = 'a = "½"; sheet.text("why", hidden("""Because ½.\nSo."""))'
    assert stub(source) == 'a = "½"; sheet.text("why", ...)'
    assert solved(source) == 'a = "½"; sheet.text("why", """Because ½.\nSo.""")'
    assert secrets(source) == ['"""Because ½.\nSo."""']


def tokens(source):
    skipped = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
    read = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in read if token.type not in skipped and token.string]


@each_assignment
def test_a_stub_differs_from_the_solution_by_dots_alone(name):
    for cell in MASTERS[name].cells:
        if cell.cell_type != "code" or "marking" in cell.metadata.get("tags", []):
            continue
        kept = [line for line in stub(cell.source).splitlines() if "raise NotImplementedError" not in line]
        rest = tokens(solved(cell.source))
        for piece in secrets(cell.source):
            of_piece = tokens(piece)
            at = next(k for k in range(len(rest)) if rest[k : k + len(of_piece)] == of_piece)
            rest[at : at + len(of_piece)] = ["..."]
        assert tokens("\n".join(kept)) == rest
        ast.parse(stub(cell.source))


def master(*cells):
    """A master with these code cells, as pairs of tag and source."""
    made = [new_markdown_cell("# Title")]
    made += [new_code_cell(source, metadata={"tags": [tag] if tag else []}) for tag, source in cells]
    return made


@pytest.mark.parametrize(
    "cells, message",
    [
        ([new_markdown_cell("No title")], "must begin with its title"),
        ([new_markdown_cell("# One\n\n# Two")], "must begin with its title"),
        (master(), "one cell with the tag 'identity'"),
        (master(("identity", ""), ("identity", "")), "one cell with the tag 'identity'"),
        (master(("identity", ""), ("grading", "")), "tag 'grading'; known are"),
    ],
)
def test_a_master_that_cannot_be_read_says_why(cells, message, tmp_path):
    class FakeBook:
        def read(self, path):
            return new_notebook(cells=cells, metadata={"source_map": [1] * len(cells)})

    with pytest.raises(PressError, match=message):
        Master.read(FakeBook(), tmp_path / "01_x.md")


def test_marking_and_solutions_stay_out_of_the_notebooks():
    cells = master(
        ("identity", 'course = ""'),
        ("solution", "print(1)"),
        ("marking", "question()"),
        ("", "x = hidden(2)"),
    )
    made = Master("a", "Title", cells)
    assert [source for _, source in made.for_students()] == ["# Title", 'course = ""', "x = ..."]
    assert [source for _, source in made.for_instructors()] == ["# Title", 'course = ""', "print(1)", "x = 2"]


def test_program_is_for_one_student():
    cells = master(("identity", 'course = ""'), ("marking", "question()"), ("", "x = hidden(2)"))
    program = Master("a", "Title", cells).program("it's", 's"1')
    names = {"question": lambda: None}
    exec(program, names)
    assert (names["course"], names["student"], names["x"]) == ("it's", 's"1', 2)
