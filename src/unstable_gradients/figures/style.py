"""Colors, markers and labels: what all figures of the book share.

``COLORS`` gives the same thing the same color everywhere. The colors are those of M. Okabe and
K. Ito, Color Universal Design (2008); markers and labels say the same without color.
"""

import matplotlib.pyplot as plt

COLORS = {
    "vanishing": "#0072B2",
    "exploding": "#D55E00",
    "balanced": "#009E73",
    "forward": "#0072B2",
    "backward": "#D55E00",
    "central differences": "#CC79A7",
    "complex step": "#009E73",
    "backward pass": "#D55E00",
    "layer 1": "#0072B2",
    "layer 2": "#56B4E9",
    "layer 3": "#E69F00",
    "layer 4": "#D55E00",
    "float64": "#009E73",
    "float32": "#E69F00",
    "digits lost": "#CC79A7",
    "digits kept": "#009E73",
    "without offset": "#CC79A7",
    "with offset": "#009E73",
    "Gaussian": "#CC79A7",
    "orthogonal": "#009E73",
    "plain": "#0072B2",
    "batch norm": "#D55E00",
    "residual": "#009E73",
    "scaled branches": "#56B4E9",
    "residual and batch norm": "#CC79A7",
    "guide": "#777777",
}
MARKERS = ("o", "s", "D", "^", "v", "P")


def use_style():
    """Set the style of the book; in a notebook also draw figures as SVG, the same at every run."""
    plt.style.use("unstable_gradients.book")
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:  # no notebook
        return
    set_matplotlib_formats("svg", bbox_inches="tight", metadata={"Date": None})


def label_at(ax, text, point, color, offset=(8, 0), ha="left", va=None):
    """Write ``offset`` typographic points away from a point of the data; level with it if only aside."""
    va = va or ("baseline" if offset[1] else "center")
    color = COLORS.get(color, color)
    ax.annotate(text, point, offset, textcoords="offset points", color=color, ha=ha, va=va)


def colors_for(colors, number):
    """Return the colors that the keys of ``COLORS`` stand for, or else the first ones of the style."""
    return [COLORS.get(color, color) for color in colors or (f"C{i}" for i in range(number))]
