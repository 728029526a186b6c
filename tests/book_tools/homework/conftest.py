"""The assignments of the book, read once, with answer keys for a student."""

import functools
from pathlib import Path

import pytest
from matplotlib import pyplot

from book_tools.book import Book
from book_tools.homework.marking import AnswerKey
from book_tools.homework.master import masters

BOOK = Book(Path(__file__).parents[3])
MASTERS = {master.name: master for master in masters(BOOK)}
SECRET = b"a key for the tests"
each_assignment = pytest.mark.parametrize("name", MASTERS)


@functools.cache
def answer_key(name, student="s123456"):
    """The key of one assignment for one student."""
    return AnswerKey(MASTERS[name], "Deep Learning 1", student, SECRET)


@pytest.fixture(autouse=True)
def no_figures_are_left():
    """Close the figures of the assignments that a test ran."""
    yield
    pyplot.close("all")
