"""The figures of lesson 8, Initialization."""

import numpy as np
import pytest

from .conftest import TWO, Example

LINE = np.linspace(0.3, 4.0, 21)

EXAMPLES = {
    "spectra": Example(
        ([np.array([-3.0, 0.4, -1.2]), np.array([-7.0, -90.0, 0.2])], TWO, TWO),
        "linear linear",
        "vanishing, exploding",
    ),
    "modes_by_time": Example(
        (LINE, np.outer(LINE, [2, 1]), np.outer(LINE, [2.1, 0.9]), ["one", "two"]),
        "linear linear",
        "layer 1, layer 2",
    ),
    "phase_diagram": Example(
        (LINE, LINE / 9, np.add.outer(-LINE / 9, LINE / 2.3), 2.3 + LINE / 4),
        "linear linear",
        "vanishing, exploding, balanced, guide",
    ),
    "correlation_by_layer": Example(
        ([[0.5, 0.7, 0.8], [0.5, 0.3, 0.2]], [[0.5, 0.6, 0.9], [0.5, 0.4, 0.1]], TWO, TWO),
        "linear linear",
        "vanishing, exploding",
    ),
    "depth_scales": Example(
        (LINE, 3 / abs(LINE - 1.76), 1.76), "linear log", "vanishing, exploding, balanced"
    ),
}


def test_spectra_are_sorted_and_end_at_the_lowest(drawn):
    ax = drawn("spectra")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.4, -1.2, -3])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [1 / 3, 2 / 3, 1])
    assert ax.get_ylim()[0] == -60
    assert ax.texts[1].xy == (2 / 3, -7)  # the last one that is seen


def test_modes_are_labeled_where_they_are_halfway(drawn):
    assert [text.xy[1] for text in drawn("modes_by_time").texts] == pytest.approx([4, 2], abs=0.2)


def test_phases_meet_where_chi_is_1(drawn):
    ax = drawn("phase_diagram")
    bands, lines = ax.collections
    assert {0.5, 0.8, 1, 1.25, 1.5} <= set(bands.levels)
    np.testing.assert_array_equal(lines.levels, [0.5, 0.8, 1.25, 1.5])
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), 2.3 + LINE / 4)


def test_layers_are_counted_from_1(drawn):
    for line in drawn("correlation_by_layer").lines:
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])


def test_depths_are_interrupted_at_the_edge(drawn):
    ordered, chaotic, edge = drawn("depth_scales").lines
    assert max(ordered.get_xdata()) < 1.76 < min(chaotic.get_xdata())
    assert set(edge.get_xdata()) == {1.76}
