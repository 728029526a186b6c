"""The figures of lesson 7, Activations."""

import numpy as np
from matplotlib.colors import to_hex

from unstable_gradients import figures

from .conftest import TWO, Example

LINE = np.linspace(0.1, 2.0, 9)
BY_LAYER = np.array([[3e-5, 0.002, 0.07], [0.8, 0.03, 0.004]])
EXAMPLES = {
    "value_and_slope": Example(
        (LINE - 1.03, LINE**2, LINE, (0.0,)), "linear linear", "guide, forward, backward"
    ),
    "histograms_by_layer": Example(
        ([LINE, LINE / 2], np.linspace(0.0, 2.0, 5)), "linear linear", "layer 1, layer 2"
    ),
    "shares_by_update": Example(([1, 2, 5], BY_LAYER, TWO, TWO), "log linear", "vanishing, exploding"),
    "singular_values": Example((BY_LAYER, TWO, TWO), "linear linear", "vanishing, exploding"),
    "gradient_over_depth": Example((BY_LAYER, TWO, TWO), "linear log", "vanishing, exploding, guide"),
}
THREE = np.array([[0.02, 0.3, 0.9], [0.04, 0.2, 0.91], [0.01, 0.1, 0.2]])
NORMS = np.array([[1e-5, 2e-3, 0.5], [700.0, 3.0, 0.7]])
COLORS = ["vanishing", "exploding", "balanced"]


def labels(ax):
    return {text.get_text(): to_hex(text.get_color()) for text in ax.texts if text.get_text()}


def hex_of(*keys):
    return [figures.COLORS[key].lower() for key in keys]


def test_value_and_slope_breaks_its_lines_at_a_kink(ax):
    z = np.linspace(-2, 2, 8)
    assert figures.value_and_slope(ax, z, z**2, z, kinks=(0.0,)) is ax
    drawn = [line for line in ax.lines if to_hex(line.get_color()) in hex_of("forward", "backward")]
    assert [len(line.get_xdata()) for line in drawn] == [4, 4, 4, 4]
    assert [line.get_linestyle() for line in drawn] == ["-", "--"] * 2
    np.testing.assert_array_equal(np.concatenate([line.get_ydata() for line in drawn[1::2]]), z)


def test_value_and_slope_without_a_kink_draws_one_line_each(ax):
    z = np.linspace(-2, 2, 8)
    figures.value_and_slope(ax, z, z**2, z)
    assert len(ax.lines) == 4  # with the two axes through 0


def test_histograms_stand_on_their_layers_and_are_equally_high(ax):
    samples = [np.array([0.1, 0.1, 0.7]), np.array([[0.7, 0.7], [0.7, 0.2]]), np.array([9.0])]
    assert figures.histograms_by_layer(ax, samples, np.array([0.0, 0.5, 1.0])) is ax
    outlines = ax.patches[1::2]
    heights = [patch.get_data().values - patch.get_data().baseline for patch in outlines]
    np.testing.assert_allclose(heights, [[0.85, 0.425], [0.85 / 3, 0.85], [0, 0]])
    assert [patch.get_data().baseline for patch in outlines] == [0.6, 1.6, 2.6]
    assert [to_hex(patch.get_edgecolor()) for patch in outlines] == hex_of("layer 1", "layer 2", "layer 3")


def test_shares_by_update_labels_lines_that_end_together_one_above_the_other(ax):
    figures.shares_by_update(ax, np.array([1, 2, 3]), THREE, ["a", "b", "c"], COLORS)
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert heights["a"] == 0.9 and heights["c"] == 0.2
    assert 0.93 < heights["b"] < 1.0
    assert labels(ax) == dict(zip("abc", hex_of(*COLORS)))
    assert ax.get_xscale() == "log"


def test_singular_values_are_sorted_and_only_the_uppermost_label_stands_above(ax):
    spectra = np.array([np.arange(20) / 19, np.full(20, 0.5)])
    before = spectra.copy()
    assert figures.singular_values(ax, spectra, ["a", "b"], COLORS) is ax
    np.testing.assert_array_equal(spectra, before)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), np.arange(20)[::-1] / 19)
    assert [text.xyann[1] > 0 for text in ax.texts] == [True, False]


def test_gradient_over_depth_is_relative_to_the_last_layer(ax):
    assert figures.gradient_over_depth(ax, NORMS, ["", "up"], ["guide", "exploding"]) is ax
    np.testing.assert_allclose([line.get_ydata() for line in ax.lines[1:]], NORMS / NORMS[:, -1:])
    assert [line.get_linestyle() for line in ax.lines[1:]] == ["--", "-"]
    assert labels(ax) == dict(zip(["up"], hex_of("exploding")))
    assert ax.get_yscale() == "log"
