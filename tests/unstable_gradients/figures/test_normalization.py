"""The figures of lesson 9, Normalization."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from unstable_gradients import figures

from .conftest import Example

SIZES = {"plain": np.array([1e-5, 3e-3, 1.0]), "residual": np.array([80.0, 9.0, 1.0])}
COLORS = ["plain", "residual"]

EXAMPLES = {
    "scale_law": Example((np.geomspace(0.1, 10, 3), SIZES, COLORS), "log log", "plain, residual"),
    "sizes_by_layer": Example((SIZES, COLORS), "linear log", "plain, residual"),
    "gradient_along_arc": Example(
        (np.array([0.0, 20.0, 70.0]), np.array([0.3, -0.6, 0.2]), "plain"),
        "linear linear",
        "guide, plain",
    ),
    "correlation_by_depth": Example(
        (np.array([1, 3]), {"plain": np.array([0.8, -0.1])}, {"plain": np.array([0.8, 0.5, 0.3])}, ["plain"]),
        "log log",
        "plain",
    ),
}


@pytest.mark.parametrize("name", ["scale_law", "sizes_by_layer"])
def test_labels_stand_in_the_color_of_their_line(name, drawn):
    texts = {text.get_text(): to_hex(text.get_color()).upper() for text in drawn(name).texts}
    assert texts == {label: figures.COLORS[label] for label in SIZES}


def test_sizes_by_layer_dashes_and_leaves_room_for_labels(ax):
    figures.sizes_by_layer(ax, SIZES, COLORS, dashed=["plain"])
    assert [line.get_linestyle() for line in ax.lines] == ["--", "-"]
    assert ax.get_xlim()[0] < 1
    assert min(ax.get_xticks()) == 1


def test_gradient_along_arc_is_a_share_of_the_largest(drawn):
    np.testing.assert_allclose(drawn("gradient_along_arc").lines[1].get_ydata(), [0.5, -1, 1 / 3])


def test_correlation_by_depth_leaves_out_what_is_not_positive(drawn):
    law, marks = drawn("correlation_by_depth").lines
    np.testing.assert_array_equal(law.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(marks.get_xdata(), [1])
