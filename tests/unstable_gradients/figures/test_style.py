"""Colors and style, which all figures share."""

import io
import re
import sys
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import is_color_like, to_hex

from unstable_gradients import figures


def test_the_same_thing_has_the_same_color():
    assert figures.COLORS["backward"] == figures.COLORS["backward pass"]


@pytest.mark.parametrize(
    "together",
    [
        ["vanishing", "exploding", "balanced", "guide"],
        ["forward", "backward", "guide"],
        ["central differences", "complex step", "backward pass", "guide"],
        ["layer 1", "layer 2", "layer 3", "layer 4"],
        ["vanishing", "float32", "float64"],
        ["digits lost", "digits kept", "guide"],
        ["without offset", "with offset", "guide"],
        ["float32", "float64", "guide"],
        ["layer 1", "layer 2", "Gaussian", "orthogonal"],
        ["plain", "batch norm", "residual", "scaled branches", "residual and batch norm"],
    ],
)
def test_what_stands_in_one_figure_is_told_apart_by_color(together):
    rgb = np.array([matplotlib.colors.to_rgb(figures.COLORS[key]) for key in together])
    apart = np.linalg.norm(rgb[:, None] - rgb, axis=-1)[np.triu_indices(len(rgb), k=1)]
    assert np.min(apart) > 0.25


def test_colors_are_written_in_hex_and_those_of_the_style():
    cycle = {to_hex(color) for color in matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]}
    for key, color in figures.COLORS.items():
        assert re.fullmatch("#[0-9A-F]{6}", color) and is_color_like(color), key
        assert color.lower() in cycle or key == "guide", key


def test_style_has_no_background():
    _, ax = plt.subplots()
    file = io.BytesIO()
    ax.figure.savefig(file, format="png")
    file.seek(0)
    opacity = plt.imread(file)[..., 3]
    assert opacity.max() == 1, "nothing is drawn"
    assert np.mean(opacity == 0) > 0.8


def test_style_asks_a_notebook_for_svg_without_a_date(monkeypatch):
    asked = []
    inline = SimpleNamespace(
        set_matplotlib_formats=lambda *formats, **options: asked.append((formats, options))
    )
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", inline)
    figures.use_style()
    assert asked == [(("svg",), {"bbox_inches": "tight", "metadata": {"Date": None}})]
