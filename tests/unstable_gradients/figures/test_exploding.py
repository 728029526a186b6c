"""The figures of lesson 4, Exploding."""

import numpy as np

from .conftest import TWO, Example

LINE = np.linspace(0.1, 2.0, 9)
DECADES = np.geomspace(0.01, 100, 9)
FAN = np.random.default_rng(5).normal(size=(11, 4)).cumsum(axis=1)

EXAMPLES = {
    "factor_window": Example((4 + 3 * LINE, 0.3 * LINE), "linear linear", "vanishing, exploding, balanced"),
    "window_width": Example((4 + 3 * LINE, 0.3 * LINE, 6.9, 0.45), "linear linear", "exploding, guide"),
    "spike": Example((LINE - 1, DECADES), "linear log", "exploding, guide"),
    "identity_errors": Example(
        (
            {"without offset": (DECADES, 0.3 + LINE), "with offset": (DECADES, DECADES**2)},
            DECADES,
            {"bound": DECADES**2 / 96},
        ),
        "log log",
        "guide, without offset, with offset",
    ),
    "gradient_fans": Example(
        ({"vanishing": FAN, "exploding": -FAN}, TWO), "linear linear", "vanishing, exploding, guide"
    ),
    "shares": Example(
        (DECADES, (1 - LINE / 2) ** 2, LINE - LINE**2 / 2, LINE**2 / 4),
        "log linear",
        "vanishing, balanced, exploding",
    ),
}


def test_spike_counts_offsets_in_thousandths(drawn):
    line = drawn("spike").lines[0]
    np.testing.assert_array_equal(line.get_xdata(), 1000 * (LINE - 1))
    np.testing.assert_array_equal(line.get_ydata(), DECADES)


def test_gradient_fans_start_at_the_last_layer(drawn):
    median = drawn("gradient_fans").lines[8]  # after eight networks
    np.testing.assert_array_equal(median.get_xdata(), [0, 1, 2, 3])
    np.testing.assert_allclose(median.get_ydata(), np.median(FAN, axis=0)[::-1])
