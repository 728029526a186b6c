"""The figures of lesson 5, Wide networks."""

import numpy as np
import pytest

from .conftest import TWO, Example

SPEEDS = np.geomspace(0.3, 2e-4, 15).reshape(5, 3)[:, ::-1]
WIDTHS = [1, 3, 30]

EXAMPLES = {
    "network_diagram": Example(([3, 4, 2], [1, 0]), "linear linear", "guide, forward"),
    "stretches": Example(
        ([np.array([0.7, 0.2, 0.03]), np.array([0.3, 0.02, 4e-4])], [0.4, 0.05], ["one", "two"]),
        "linear log",
        "",
    ),
    "factors_by_width": Example(
        (
            WIDTHS,
            [[np.array([0.1, 0.2, 0.4])] * 3, [np.array([0.5, 0.9, 1.6])] * 3],
            [[0.2, 0.25, 0.3], [0.8, 0.9, 1.1]],
            TWO,
            TWO,
        ),
        "log log",
        "vanishing, exploding, guide",
    ),
    "speeds_by_layer": Example(
        ({2: SPEEDS[:, 1:], 3: SPEEDS}, {3: [0.003, 0.05, 0.2]}), "linear log", "guide"
    ),
    "speeds_by_epoch": Example((SPEEDS, 2 * SPEEDS), "log log", "layer 1, layer 2, layer 3"),
}


def test_the_path_runs_through_the_neurons_that_were_named(drawn):
    line = drawn("network_diagram").lines[-1]
    np.testing.assert_array_equal(line.get_xdata(), [1, 2])
    np.testing.assert_array_equal(line.get_ydata(), [0.5, 0.5])  # second of four, first of two


def test_every_connection_is_drawn_once(drawn):
    lines = drawn("network_diagram").lines
    connections = {
        (tuple(line.get_xdata()), tuple(line.get_ydata())) for line in lines if len(line.get_xdata()) == 2
    }
    assert len(connections) >= 3 * 4 + 4 * 2


def test_stretches_come_with_what_became_of_a_column(drawn):
    lines = drawn("stretches").lines
    np.testing.assert_array_equal(lines[0].get_ydata(), [0.7, 0.2, 0.03])
    assert set(lines[1].get_ydata()) == {0.4}


def test_medians_and_quantiles_of_factors(drawn):
    (bars, *_) = drawn("factors_by_width").containers
    np.testing.assert_array_equal(bars.lines[0].get_ydata(), [0.2] * 3)
    for low, high in (segment[:, 1] for segment in bars.lines[2][0].get_segments()):
        assert (low, high) == pytest.approx((0.11, 0.38))


def test_only_the_widths_that_were_measured_have_a_tick(drawn):
    ax = drawn("factors_by_width")
    ax.figure.canvas.draw()
    ticks = [*ax.get_xticklabels(), *ax.get_xticklabels(minor=True)]
    assert [tick.get_text() for tick in ticks if tick.get_text()] == ["1", "3", "30"]


def test_speeds_by_layer_draws_every_network_and_the_medians(drawn):
    lines = drawn("speeds_by_layer").lines
    assert len(lines) == 5 + 1 + 5 + 1 + 1  # the last one for the crosses of one depth
    np.testing.assert_allclose(lines[5].get_ydata(), np.median(SPEEDS[:, 1:], axis=0))


def test_single_examples_are_dashed(drawn):
    styles = [line.get_linestyle() for line in drawn("speeds_by_epoch").lines]
    assert styles == ["-", "--"] * 3
