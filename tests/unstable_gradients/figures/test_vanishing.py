"""The figures of lesson 3, Vanishing."""

import numpy as np
from matplotlib.colors import to_hex

from unstable_gradients import figures

from .conftest import TWO, Example

LINE = np.linspace(0.1, 2.0, 9)
DECADES = np.geomspace(0.01, 100, 9)
BY_LAYER = np.array([[-3e-5, 0.002, -0.07], [0.8, -0.03, 0.004]])

EXAMPLES = {
    "gradient_by_layer": Example((BY_LAYER, TWO, TWO), "linear log", "vanishing, exploding"),
    "learning_speeds": Example((BY_LAYER,), "log log", "layer 1, layer 2, layer 3"),
    "relative_errors": Example(
        (
            10 * LINE,
            {"digits lost": 1e-9 * DECADES, "digits kept": 0 * LINE},
            ["digits lost", "digits kept"],
            [("bound", 1e-5 * DECADES)],
        ),
        "linear log",
        "digits lost, digits kept, guide",
    ),
    "depths_of_death": Example(
        ({"float32": np.array([43, 45, 45]), "float64": np.array([310, 322, 324, 322])},),
        "linear linear",
        "float32, float64",
    ),
    "deep_gradient": Example(
        (np.linspace(-400.0, -3.0, 7), {"float32": -45.0, "float64": -324.0}),
        "linear linear",
        "vanishing, float32, float64",
    ),
}


def test_a_color_need_not_be_a_key(ax):
    figures.gradient_by_layer(ax, BY_LAYER, TWO, ["#123456", "k"])
    assert [to_hex(line.get_color()) for line in ax.lines] == ["#123456", "#000000"]


def test_gradient_by_layer_draws_absolute_values(drawn):
    lines = drawn("gradient_by_layer").lines
    np.testing.assert_array_equal([line.get_xdata() for line in lines], [[1, 2, 3]] * 2)
    np.testing.assert_array_equal([line.get_ydata() for line in lines], abs(BY_LAYER))


def test_gradient_by_layer_takes_one_network(ax):
    (line,) = figures.gradient_by_layer(ax, BY_LAYER[0], ["alone"]).lines
    np.testing.assert_array_equal(line.get_ydata(), abs(BY_LAYER[0]))


def test_an_error_of_zero_is_drawn_at_the_lower_edge(drawn):
    values = np.concatenate([line.get_ydata() for line in drawn("relative_errors").lines])
    assert np.min(values) == 1e-18
