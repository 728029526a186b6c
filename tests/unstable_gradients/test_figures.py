"""Every figure: where it draws, what it labels, which colors it takes, and what it leaves alone.

Each function of :mod:`unstable_gradients.figures` needs an example in the table below.
"""

import importlib
import inspect
import io
import pickle
import pkgutil
import re
import sys
from types import SimpleNamespace
from typing import NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import is_color_like, to_hex

from unstable_gradients import figures
from unstable_gradients.descent import History

MODULES = [
    importlib.import_module(f"{figures.__name__}.{module.name}")
    for module in pkgutil.iter_modules(figures.__path__)
    if module.name != "style"
]
FIGURES = {
    name
    for module in MODULES
    for name, member in vars(module).items()
    if inspect.isfunction(member) and member.__module__ == module.__name__ and not name.startswith("_")
}


class Example(NamedTuple):
    """Arguments after the Axes, the scales of the two axes, and the keys of COLORS that appear."""

    arguments: tuple
    scales: str
    keys: str


def run(parameters, costs):
    parameters = np.array(parameters)
    return History(parameters, np.zeros_like(parameters), np.array(costs), None)


LINE = np.linspace(0.1, 2.0, 9)
DECADES = np.geomspace(0.01, 100, 9)
RUNS = [run([[1.7], [0.4], [2.6]], [2.9, 0.7, 5.1]), run([[0.3], [0.5], [0.9]], [2.2, 1.3, 0.4])]
PATHS = [run([[0.3, 0.4], [0.5, 0.2]], [0.6, 0.2]), run([[1.3, 0.7], [0.9, 1.1]], [1.6, 0.9])]
BOWL = np.add.outer(LINE**2, 2 * LINE**2)
TWO = ["vanishing", "exploding"]  # labels that name their own colors
BY_LAYER = np.array([[-3e-5, 0.002, -0.07], [0.8, -0.03, 0.004]])
FAN = np.random.default_rng(5).normal(size=(11, 4)).cumsum(axis=1)

EXAMPLES = {
    # Lesson 1
    "descent_on_curve": Example(
        (LINE, LINE**2, RUNS, TWO, TWO), "linear linear", "guide, vanishing, exploding"
    ),
    "sizes_by_step": Example(
        ([np.array([0.7, -0.02, 0.0, 3e-4]), DECADES], TWO, TWO), "linear log", "vanishing, exploding"
    ),
    "descent_on_map": Example(
        (LINE, LINE, BOWL, [0.8, 2.3], PATHS, TWO, TWO), "linear linear", "guide, vanishing, exploding"
    ),
    "cost_by_step": Example((RUNS, TWO, TWO), "linear linear", "vanishing, exploding"),
    # Landing page, and lesson 3
    "gradient_by_layer": Example((BY_LAYER, TWO, TWO), "linear log", "vanishing, exploding"),
    # Lesson 2
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
    # Lesson 3
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
    # Lesson 4
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
# The y axis of its three panels has one label, which the lesson writes.
LABELED_BY_THE_LESSON = {"shares": "y"}


@pytest.fixture(autouse=True)
def style(monkeypatch):
    """The style of the book, drawn without a screen and without IPython; all as before after the test."""
    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", None)
    with matplotlib.rc_context():
        figures.use_style()
        yield
        plt.close("all")
    matplotlib.use(backend)


@pytest.fixture(params=sorted(FIGURES))
def name(request):
    if request.param not in EXAMPLES:
        pytest.fail(f"figures.{request.param} has no example: add one to EXAMPLES in {__file__}")
    return request.param


def drawn(name):
    """Return the Axes on which a function has drawn its example."""
    _, ax = plt.subplots(figsize=(8, 5))
    return getattr(figures, name)(ax, *EXAMPLES[name].arguments)


def test_every_figure_is_found_in_the_package():
    assert {name for name in FIGURES if not hasattr(figures, name)} == set()


def test_no_example_is_left_over():
    assert set(EXAMPLES) <= FIGURES


def test_draws_on_its_axes_alone_and_returns_them(name):
    figure, (ax, other) = plt.subplots(1, 2, figsize=(12, 5))
    untouched = len(other.get_children())
    plt.sca(other)  # what a function that draws on the current Axes would take
    given = EXAMPLES[name].arguments
    before = pickle.dumps(given)
    assert getattr(figures, name)(ax, *given) is ax
    assert pickle.dumps(given) == before, "changed its arguments"
    assert plt.get_fignums() == [figure.number], "made another figure"
    assert figure.axes == [ax, other], "made other Axes"
    assert len(other.get_children()) == untouched, "drew on the wrong Axes"
    assert ax.has_data()
    figure.canvas.draw()  # a warning here would fail the test as well


@pytest.mark.parametrize("axis", ["x", "y"])
def test_axes_are_labeled_with_words(name, axis):
    ax = drawn(name)
    if name == "chain_diagram":
        assert not ax.axison
        return
    label = getattr(ax, f"get_{axis}label")()
    if axis in LABELED_BY_THE_LESSON.get(name, ""):
        assert label == ""
        return
    assert re.search("[a-z]{4}", re.sub(r"\$.*?\$", "", label)), f"no word in {label!r}"


def test_scales(name):
    ax = drawn(name)
    assert f"{ax.get_xscale()} {ax.get_yscale()}" == EXAMPLES[name].scales
    for axis in (ax.xaxis, ax.yaxis):
        label = axis.get_label_text()
        if label == "size" or "size of the gradient" in label or r"|\partial" in label:
            assert axis.get_scale() == "log" or r"\log_{10}" in label, f"{label!r} needs a log scale"


def test_takes_its_colors_from_the_keys(name, monkeypatch):
    """With another color for every key, those of the example appear, no others, and none of the old."""
    keys = set(filter(None, EXAMPLES[name].keys.split(", ")))
    replaced = {key: f"#{0xA1B2C0 + i:06x}" for i, key in enumerate(figures.COLORS)}
    old = {color.lower() for color in figures.COLORS.values()}
    for key, color in replaced.items():
        monkeypatch.setitem(figures.COLORS, key, color)
    ax = drawn(name)
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # faster
        ax.figure.savefig(file, format="svg")
    svg = file.getvalue()
    assert {key for key, color in replaced.items() if color in svg} == keys
    if keys:
        assert not {color for color in old if color in svg}
    for text in ax.texts:  # labels stand in the color of what they name
        if text.get_text() in keys:
            assert to_hex(text.get_color()) == replaced[text.get_text()], text


@pytest.mark.parametrize(
    "name", ["gradient_by_layer", "sizes_by_step", "cost_by_step", "descent_on_curve", "descent_on_map"]
)
def test_without_colors_takes_those_of_the_style_one_after_the_other(name):
    _, ax = plt.subplots()
    getattr(figures, name)(ax, *EXAMPLES[name].arguments[:-1])
    labels = {text.get_text(): to_hex(text.get_color()) for text in ax.texts}
    assert [labels[label] for label in TWO] == ["#0072b2", "#d55e00"]
    assert {"#0072b2", "#d55e00"} <= {to_hex(line.get_color()) for line in ax.lines}


def test_a_color_need_not_be_a_key():
    _, ax = plt.subplots()
    figures.gradient_by_layer(ax, BY_LAYER, TWO, ["#123456", "k"])
    assert [to_hex(line.get_color()) for line in ax.lines] == ["#123456", "#000000"]


def test_gradient_by_layer_draws_absolute_values():
    lines = drawn("gradient_by_layer").lines
    np.testing.assert_array_equal([line.get_xdata() for line in lines], [[1, 2, 3]] * 2)
    np.testing.assert_array_equal([line.get_ydata() for line in lines], abs(BY_LAYER))


def test_gradient_by_layer_takes_one_network():
    _, ax = plt.subplots()
    (line,) = figures.gradient_by_layer(ax, BY_LAYER[0], ["alone"]).lines
    np.testing.assert_array_equal(line.get_ydata(), abs(BY_LAYER[0]))


def test_sizes_by_step_leaves_out_zeros():
    line = drawn("sizes_by_step").lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [0, 1, 3])
    np.testing.assert_array_equal(line.get_ydata(), [0.7, 0.02, 3e-4])


@pytest.mark.parametrize("name", ["step_sweep", "errors_by_parameter", "relative_errors"])
def test_an_error_of_zero_is_drawn_at_the_lower_edge(name):
    values = np.concatenate([line.get_ydata() for line in drawn(name).lines])
    assert np.min(values) == 1e-18


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
