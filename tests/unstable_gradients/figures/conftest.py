"""What the tests of figures share. Each lesson has a file here, named as its module of figures.

The file holds ``EXAMPLES``, one for each function of the module, and what is special to these functions.
``test_every_figure.py`` draws the examples of all lessons.
"""

import sys
from typing import NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import pytest

from unstable_gradients import figures

TWO = ["vanishing", "exploding"]  # labels that name their own colors


class Example(NamedTuple):
    """Arguments after the Axes, the scales of the two axes, and the keys of COLORS that appear."""

    arguments: tuple
    scales: str
    keys: str


@pytest.fixture(autouse=True)
def style(monkeypatch):
    """The style of the book, drawn without a screen and without IPython; all as before after the test."""
    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", None)
    with matplotlib.rc_context():
        figures.use_style()
        yield
        plt.close("all")
    matplotlib.use(backend)


@pytest.fixture
def ax(style):
    """Axes in the style of the book."""
    return plt.subplots(figsize=(8, 5))[1]


@pytest.fixture
def drawn(request, ax):
    """A function that draws an example of the test's own file, and returns the Axes."""
    return lambda name: getattr(figures, name)(ax, *request.module.EXAMPLES[name].arguments)
