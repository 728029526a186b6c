"""Every figure: where it draws, what it labels, which colors it takes, and what it leaves alone.

Each function of a module of :mod:`unstable_gradients.figures` needs an example in the module's file here.
"""

import importlib
import inspect
import io
import pickle
import pkgutil
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from cycler import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex

from unstable_gradients import figures

from .conftest import TWO

MODULES = [module.name for module in pkgutil.iter_modules(figures.__path__) if module.name != "style"]


def functions(module):
    """Return the figure functions of a module, by name."""
    module = importlib.import_module(f"{figures.__name__}.{module}")
    return {
        name: member
        for name, member in vars(module).items()
        if inspect.isfunction(member) and member.__module__ == module.__name__ and not name.startswith("_")
    }


def file(module):
    """Return the file with the examples for a module."""
    return Path(__file__).with_name(f"test_{module}.py")


def examples(module):
    """Return the examples for a module, none if it has no file."""
    if not file(module).exists():
        return {}
    return importlib.import_module(f".{file(module).stem}", __package__).EXAMPLES


EXAMPLES = {name: example for module in MODULES for name, example in examples(module).items()}
DIAGRAMS = {"chain_diagram", "network_diagram"}  # without axes
# Where several panels share the label of an axis, or each has its own, the lesson writes it.
LABELED_BY_THE_LESSON = {"shares": "y", "histograms_by_layer": "x"}


@pytest.fixture(
    params=[
        pytest.param((module, name), id=f"{module}-{name}")
        for module in MODULES
        for name in sorted(functions(module))
    ]
)
def name(request):
    module, name = request.param
    if name not in EXAMPLES:
        pytest.fail(f"figures.{name} has no example: add one to EXAMPLES in {file(module)}")
    return name


@pytest.mark.parametrize("module", MODULES)
def test_every_figure_is_found_in_the_package(module):
    found = functions(module)
    assert found == {name: getattr(figures, name, None) for name in found}


@pytest.mark.parametrize("module", MODULES)
def test_no_example_is_left_over(module):
    assert set(examples(module)) <= set(functions(module))


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


def test_axes_are_labeled_with_words(name, drawn):
    ax = drawn(name)
    if name in DIAGRAMS:
        assert not ax.axison
        return
    for axis, label in (("x", ax.get_xlabel()), ("y", ax.get_ylabel())):
        if axis in LABELED_BY_THE_LESSON.get(name, ""):
            assert label == ""
        else:
            assert re.search("[a-z]{4}", re.sub(r"\$.*?\$", "", label)), f"no word in {label!r}"


def test_scales(name, drawn):
    ax = drawn(name)
    assert f"{ax.get_xscale()} {ax.get_yscale()}" == EXAMPLES[name].scales
    for axis in (ax.xaxis, ax.yaxis):
        label = axis.get_label_text()
        if label == "size" or "size of the gradient" in label or r"|\partial" in label:
            assert axis.get_scale() == "log" or r"\log_{10}" in label, f"{label!r} needs a log scale"


def test_takes_its_colors_from_the_keys(name, monkeypatch):
    """With other colors for keys and cycle, those of the example appear, no others, and none of the old."""
    keys = set(filter(None, EXAMPLES[name].keys.split(", ")))
    replaced = {key: f"#{0xA1B2C0 + i:06x}" for i, key in enumerate(figures.COLORS)}
    old = {color.lower() for color in figures.COLORS.values()}
    for key, color in replaced.items():
        monkeypatch.setitem(figures.COLORS, key, color)
    svg = io.StringIO()
    cycle = cycler(color=[f"#{0xD1E2F0 + i:06x}" for i in range(6)])
    with matplotlib.rc_context({"axes.prop_cycle": cycle, "svg.fonttype": "none"}):  # the latter is faster
        figure, ax = plt.subplots(figsize=(8, 5))
        getattr(figures, name)(ax, *EXAMPLES[name].arguments)
        FigureCanvasSVG(figure).print_svg(svg)  # as savefig, which draws twice; a warning would fail the test
    assert {key for key, color in replaced.items() if color in svg.getvalue()} == keys
    assert not {color for color in old if color in svg.getvalue()}
    for text in ax.texts:  # labels stand in the color of what they name
        if text.get_text() in keys:
            assert to_hex(text.get_color()) == replaced[text.get_text()], text


@pytest.mark.parametrize(
    "name",
    [
        "descent_on_curve",
        "sizes_by_step",
        "descent_on_map",
        "cost_by_step",
        "gradient_by_layer",
        "survivors",
        "shares_by_update",
        "singular_values",
        "spectra",
        "correlation_by_layer",
    ],
)
def test_without_colors_takes_those_of_the_style_one_after_the_other(name, ax):
    getattr(figures, name)(ax, *EXAMPLES[name].arguments[:-1])
    labels = {text.get_text(): to_hex(text.get_color()) for text in ax.texts}
    assert [labels[label] for label in TWO] == ["#0072b2", "#d55e00"]
    assert {"#0072b2", "#d55e00"} <= {to_hex(line.get_color()) for line in ax.lines}
