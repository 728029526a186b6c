"""The figures of lesson 6, The first NaN."""

import numpy as np
from matplotlib.colors import to_hex

from unstable_gradients import figures

from .conftest import TWO, Example

MEANS = np.array([[2.1, -1.9], [4e9, 0.7], [np.nan, -3.0], [np.nan, 5e4]], dtype=np.float32)

EXAMPLES = {
    "runs_to_nan": Example(
        (MEANS, np.array([2.0, 0.9, -50.0, 1e60]), 3e38),
        "linear log",
        "float32, float64, guide",
    ),
    "rounding_errors": Example(
        (np.geomspace(1e-7, 0.3, 12).reshape(4, 3), 1.4), "linear log", "float32, guide"
    ),
    "survivors": Example(
        ([np.array([2, 3, 0, 7]), np.array([4, 4, 5, 6])], [9, 6], TWO, TWO),
        "log log",
        "vanishing, exploding",
    ),
    "exponent_ratios": Example(
        ({"vanishing": np.array([1.2, 3.3, 9.1]), "exploding": [2.0, 5.5]}, 3, TWO),
        "log linear",
        "guide, vanishing, exploding",
    ),
    "clipped_gradients": Example(
        ({"vanishing": np.array([2.5, 0.8]), "exploding": np.array([1.0, 0.8])}, 1, TWO),
        "linear linear",
        "guide, vanishing, exploding",
    ),
}


def test_a_run_that_ends_has_a_cross_at_its_last_finite_number(drawn):
    (cross,) = (line for line in drawn("runs_to_nan").lines if line.get_marker() == "x")
    assert cross.get_xdata() == 2
    assert cross.get_ydata() == MEANS[1, 0]


def test_the_reference_leaves_where_float32_ends(drawn):
    (line,) = (
        line
        for line in drawn("runs_to_nan").lines
        if to_hex(line.get_color()).upper() == figures.COLORS["float64"]
    )
    np.testing.assert_array_equal(line.get_ydata(), [2.0, 0.9, 50.0])


def test_rounding_errors_draws_medians(drawn):
    line = drawn("rounding_errors").lines[0]
    np.testing.assert_array_equal(
        line.get_ydata(), np.median(EXAMPLES["rounding_errors"].arguments[0], axis=1)
    )


def test_survivors_leaves_out_a_share_of_zero(drawn):
    first, second = drawn("survivors").lines
    np.testing.assert_array_equal(first.get_ydata(), [1, 0.75, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
    np.testing.assert_array_equal(second.get_ydata(), [1, 1, 1, 0.5, 0.25])


def test_exponent_ratios(drawn):
    lines = drawn("exponent_ratios").lines[1:]
    np.testing.assert_allclose(lines[0].get_ydata(), [2.75, 9.1 / 3.3])
    np.testing.assert_array_equal(lines[1].get_xdata(), [5.5])


def test_clipped_gradients_writes_angles_and_draws_both_limits(drawn):
    ax = drawn("clipped_gradients")
    assert [text.get_text() for text in ax.texts] == ["vanishing, 17.74°", "exploding, 38.66°"]
    assert len(ax.patches) == 2
