"""The figures of lesson 2, The chain."""

import numpy as np
import pytest

from .conftest import Example

DECADES = np.geomspace(0.01, 100, 9)

EXAMPLES = {
    "chain_diagram": Example((2,), "linear linear", "guide, forward, backward"),
    "step_sweep": Example(
        (DECADES, {"complex step": 0 * DECADES, "backward pass": DECADES**2}, [("bound", DECADES)]),
        "log log",
        "complex step, backward pass, guide",
    ),
    "errors_by_parameter": Example(
        (["w1", "b1"], {"complex step": np.array([2e-16, 0.0]), "central differences": [3e-11, 7e-10]}),
        "linear log",
        "complex step, central differences",
    ),
    "operation_counts": Example(
        (np.arange(1, 4), {"plain": np.array([5, 14, 39]), "shared": np.array([4, 7, 11])}),
        "linear linear",
        "",
    ),
}


@pytest.mark.parametrize("name", ["step_sweep", "errors_by_parameter"])
def test_an_error_of_zero_is_drawn_at_the_lower_edge(name, drawn):
    values = np.concatenate([line.get_ydata() for line in drawn(name).lines])
    assert np.min(values) == 1e-18
