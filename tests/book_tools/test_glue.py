"""Numbers in prose: what MyST-NB finds in the page is the value, to full precision."""

import sys

import IPython.display
import nbformat
import numpy as np
import pytest
import sympy
from myst_nb.ext.glue import extract_glue_data_cell

from unstable_gradients.glue import glue


@pytest.fixture
def found(monkeypatch):
    """Return a function that gives what MyST-NB reads from the page after ``glue(name, value)``."""
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda *args, **options: shown.append((args, options)))

    def read(name, value):
        glue(name, value)
        (((data,), options),) = shown
        assert options.pop("raw"), "IPython would format the record instead of passing it on"
        output = nbformat.v4.new_output("display_data", data=data, **options)
        ((key, result),) = extract_glue_data_cell(nbformat.v4.new_code_cell(outputs=[output]))
        assert key == name
        return result["data"]

    return read


@pytest.mark.parametrize("value", [0.1 + 0.2, np.float64(0.1 + 0.2), np.array(0.1 + 0.2)])
def test_a_number_keeps_all_its_digits(found, value):
    assert found("ratio", value) == {"text/plain": "0.30000000000000004"}


@pytest.mark.parametrize("value", [7, np.int64(7)])
def test_a_whole_number_stays_whole(found, value):
    assert found("count", value) == {"text/plain": "7"}


def test_text_is_quoted_as_it_is(found):
    assert found("name", "saturated") == {"text/plain": "saturated"}


def test_a_formula_is_set_as_a_formula(found):
    z = sympy.Symbol("z_1")
    assert found("formula", sympy.exp(-z) / 3) == {"text/latex": r"$\displaystyle \frac{e^{- z_{1}}}{3}$"}


@pytest.mark.parametrize("value", [float("nan"), np.float64("nan"), np.array(np.nan)])
def test_no_sentence_quotes_what_is_no_number(value):
    with pytest.raises(ValueError, match="the value of 'ratio' is NaN"):
        glue("ratio", value)


def test_without_ipython_nothing_happens(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    assert glue("ratio", 0.5) is None
