"""The figures of the book: one function a family, each draws on the Axes that it is given.

:data:`COLORS` gives the same thing the same color everywhere. The colors are those of M. Okabe and
K. Ito, Color Universal Design (2008); markers and labels say the same without color.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

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


def _label(ax, text, point, color, offset=(8, 0), ha="left", va=None):
    """Write ``offset`` typographic points away from a point of the data; level with it if only aside."""
    va = va or ("baseline" if offset[1] else "center")
    color = COLORS.get(color, color)
    ax.annotate(text, point, offset, textcoords="offset points", color=color, ha=ha, va=va)


def _colors(colors, number):
    """Return the colors that the keys of :data:`COLORS` stand for, or else the first ones of the style."""
    return [COLORS.get(color, color) for color in colors or (f"C{i}" for i in range(number))]


# Lesson 1


def descent_on_curve(ax, parameter, cost, paths, labels=(), colors=None):
    """Draw the cost over one parameter, and on it the steps of gradient descent.

    Parameters
    ----------
    ax : Axes
    parameter, cost : array, shape (n,)
        The curve.
    paths : sequence of History
        Runs with one parameter; only what lies in the range of the curve is drawn.
    labels : sequence of str, optional
        One for each path, written at its start.
    colors : sequence of str, optional
        Keys of :data:`COLORS`, or colors.

    Returns
    -------
    Axes

    Notes
    -----
    The first 20 steps of a path get a mark, its start a larger one.
    """
    ax.plot(parameter, cost, color=COLORS["guide"], lw=1.2, zorder=0)
    colors = _colors(colors, len(paths))
    for path, color, marker in zip(paths, colors, MARKERS):
        w, c = path.parameters[:, 0], path.costs
        shown = (w >= parameter.min()) & (w <= parameter.max())
        ax.plot(w[shown], c[shown], marker=marker, markevery=slice(0, 21), ms=4, lw=0.9, color=color)
        ax.plot(w[0], c[0], marker=marker, ms=7, color=color)
    for path, label, color in zip(paths, labels, colors):
        start = (path.parameters[0, 0], path.costs[0])
        _label(ax, label, start, color, (8, 5))
    ax.set(xlabel="weight $w$", ylabel="cost $C$", xlim=(parameter.min(), parameter.max()))
    return ax


def sizes_by_step(ax, sizes, labels, colors=None):
    """Draw the sizes of several quantities over the steps of gradient descent, on a log scale.

    Parameters
    ----------
    ax : Axes
    sizes : sequence of arrays, each of shape (steps + 1,)
        Their absolute values are drawn; a size of 0 is left out.
    labels : sequence of str
        One for each, written at the end of its line.
    colors : sequence of str, optional
        Keys of :data:`COLORS`, or colors.

    Returns
    -------
    Axes
    """
    for values, label, color in zip(sizes, labels, _colors(colors, len(labels))):
        values = np.abs(values)
        steps = np.flatnonzero(values > 0)
        ax.semilogy(steps, values[steps], marker=".", color=color)
        _label(ax, label, (steps[-1], values[steps[-1]]), color)
    ax.set(xlabel="step $k$", ylabel="size")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def descent_on_map(ax, first, second, cost, levels, paths, labels, colors=None):
    """Draw lines of equal cost over two parameters, and on them the paths of gradient descent.

    Parameters
    ----------
    ax : Axes
    first, second : array, shape (n,) and (m,)
        The parameters.
    cost : array, shape (m, n)
    levels : sequence of float
        Where to draw lines; each is labeled.
    paths : sequence of History
        Runs with two parameters.
    labels : sequence of str
        One for each path, written at its start.
    colors : sequence of str, optional
        Keys of :data:`COLORS`, or colors.

    Returns
    -------
    Axes
    """
    lines = ax.contour(first, second, cost, levels=levels, colors=COLORS["guide"], linewidths=0.8)
    ax.clabel(lines, fontsize=8)
    for path, label, color, marker in zip(paths, labels, _colors(colors, len(paths)), MARKERS):
        ax.plot(*path.parameters.T, marker=marker, ms=3.5, lw=1, color=color)
        _label(ax, label, path.parameters[0], color)
    ax.set(xlabel="weight $w_1$", ylabel="weight $w_2$", aspect="equal")
    return ax


def cost_by_step(ax, histories, labels, colors=None):
    """Draw the cost over the steps of several runs of gradient descent.

    Parameters
    ----------
    ax : Axes
    histories : sequence of History
    labels : sequence of str
        One for each run, written where its cost falls through half of what it was at the start.
    colors : sequence of str, optional
        Keys of :data:`COLORS`, or colors.

    Returns
    -------
    Axes
    """
    for history, label, color in zip(histories, labels, _colors(colors, len(labels))):
        ax.plot(history.costs, color=color)
        half = int(np.argmax(history.costs < history.costs[0] / 2))
        _label(ax, label, (half, history.costs[half]), color, (8, 6))
    ax.set(xlabel="step $k$", ylabel="cost $C$", ylim=(0, None))
    return ax


# Landing page, and lesson 3


def gradient_by_layer(ax, gradients, labels, colors=None):
    """Draw the size of a gradient in every layer, one line a network.

    Parameters
    ----------
    ax : Axes
    gradients : array, shape (networks, layers)
        dC/db_l, say; its absolute value is drawn, on a log scale.
    labels : sequence of str
        One for each network, written at the end of its line.
    colors : sequence of str, optional
        Keys of :data:`COLORS`, or colors.

    Returns
    -------
    Axes
    """
    gradients = np.abs(np.atleast_2d(gradients))
    layers = np.arange(1, gradients.shape[1] + 1)
    colors = _colors(colors, len(labels))
    for sizes, label, color, marker in zip(gradients, labels, colors, MARKERS):
        ax.semilogy(layers, sizes, marker=marker, color=color)
        # Inside the axes, on the side of the first point that the line leaves free.
        height = -12 if sizes[-1] > sizes[0] else 10
        _label(ax, label, (layers[0], sizes[0]), color, (12, height))
    ax.margins(y=0.12)  # room for the labels
    ax.set(xlabel="layer $l$", ylabel=r"size of the gradient, $|\partial C/\partial b_l|$")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


# Lesson 2


def chain_diagram(ax, hidden=3):
    """Draw the chain: forward along the top, backward along the bottom.

    Parameters
    ----------
    ax : Axes
    hidden : int
        Number of hidden layers.

    Returns
    -------
    Axes
    """
    last = hidden + 1
    names = ["$x$", *(f"$a_{{{l}}}$" for l in range(1, last + 1)), "$C$"]
    for position, name in enumerate(names):
        edge = COLORS["guide"] if name in ("$x$", "$C$") else "#222222"
        ax.plot(position, 0, "o", ms=30, mfc="none", mec=edge, mew=1.4)
        ax.text(position, 0, name, ha="center", va="center", size=13)
    for l in range(last + 1):
        forward = rf"$w_{{{l + 1}}},\,b_{{{l + 1}}}$" if l < last else "$y$"
        if l == last:
            backward = rf"$\partial C/\partial a_{{{last}}}$"
        elif l == 0:
            backward = r"$\sigma'(z_1)$"
        else:
            backward = rf"$w_{{{l + 1}}}\sigma'(z_{{{l + 1}}})$"
        _arrow(ax, l, l + 1, 0.17, COLORS["forward"])
        ax.text(l + 0.5, 0.42, forward, ha="center", va="center", color=COLORS["forward"])
        _arrow(ax, l + 1, l, -0.17, COLORS["backward"])
        ax.text(l + 0.5, -0.42, backward, ha="center", va="center", color=COLORS["backward"], size=9.5)
    ax.text(-0.45, 0.75, "forward: activations", color=COLORS["forward"])
    ax.text(last + 1.45, -0.8, "backward: factors of the gradient", color=COLORS["backward"], ha="right")
    ax.set(xlim=(-0.5, last + 1.5), ylim=(-0.95, 0.95))
    ax.axis("off")
    return ax


def _arrow(ax, start, end, height, color):
    gap = 0.24 if end > start else -0.24
    ax.annotate(
        "",
        (end - gap, height),
        (start + gap, height),
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1.5, "shrinkA": 0, "shrinkB": 0},
    )


def step_sweep(ax, steps, errors, guides=()):
    """Draw the error of a numerical derivative against its step, one line a method.

    Parameters
    ----------
    ax : Axes
    steps : array, shape (n,)
    errors : dict of str to array, shape (n,)
        Method, a key of :data:`COLORS` where there is one, to its error. An error of 0 is drawn at
        the lower edge.
    guides : sequence of (str, array of shape (n,))
        Dashed lines to hold the errors against, with their labels.

    Returns
    -------
    Axes
    """
    floor = 1e-18
    for (method, error), marker in zip(errors.items(), MARKERS):
        color = COLORS.get(method)
        ax.loglog(steps, np.maximum(error, floor), marker=marker, ms=4, color=color)
        at = int(np.argmin(steps))
        _label(ax, method, (steps[at], max(error[at], floor)), color, (8, 6))
    low, high = ax.get_ylim()
    for label, values in guides:
        shown = (values >= low) & (values <= high)
        ax.loglog(steps[shown], values[shown], ls="--", lw=1, color=COLORS["guide"], zorder=0)
        middle = np.flatnonzero(shown)[np.count_nonzero(shown) // 2]
        _label(ax, label, (steps[middle], values[middle]), "guide", (10, -4), va="top")
    ax.set(xlabel="step $h$", ylabel="largest absolute error of the eight gradients")
    return ax


def errors_by_parameter(ax, names, errors):
    """Draw the relative error of every derivative, one row of marks a method.

    Parameters
    ----------
    ax : Axes
    names : sequence of str
        The parameters.
    errors : dict of str to array, shape (len(names),)
        Method to its relative errors. An error of 0 is drawn at the lower edge.

    Returns
    -------
    Axes
    """
    floor = 1e-18
    places = np.arange(len(names))
    for (method, error), marker in zip(errors.items(), MARKERS):
        color = COLORS.get(method)
        ax.semilogy(places, np.maximum(error, floor), marker, color=color, mfc="none", mew=1.6)
        _label(ax, method, (places[-1], max(error[-1], floor)), color, (12, 0))
    ax.set_xticks(places, [rf"${name[0]}_{name[1:]}$" for name in names])
    ax.set(xlabel="differentiated with respect to", ylabel="relative error")
    return ax


def operation_counts(ax, depths, counts):
    """Draw how many operations a formula takes against the number of hidden layers.

    Parameters
    ----------
    ax : Axes
    depths : array, shape (n,)
    counts : dict of str to array, shape (n,)
        Way of writing to its counts.

    Returns
    -------
    Axes
    """
    for (form, count), marker in zip(counts.items(), MARKERS):
        (line,) = ax.plot(depths, count, marker=marker)
        _label(ax, form, (depths[-1], count[-1]), line.get_color())
    ax.set(
        xlabel="number of hidden layers $n$",
        ylabel=r"operations in $\partial C/\partial b_1$",
        ylim=(0, None),
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


# Lesson 3


def learning_speeds(ax, gradients):
    """Draw the size of every layer's gradient over the updates of a training run, both scales logarithmic.

    Parameters
    ----------
    ax : Axes
    gradients : array, shape (updates, layers)
        Row k holds dC/db_l as update k + 1 used it. A line dips where a gradient changes its sign.

    Returns
    -------
    Axes
    """
    updates = np.arange(1, len(gradients) + 1)
    for l, sizes in enumerate(np.abs(gradients).T, start=1):
        color = COLORS.get(f"layer {l}")
        ax.loglog(updates, sizes, lw=1.4, color=color)
        _label(ax, f"$l = {l}$", (updates[0], sizes[0]), color, (-6, 0), ha="right")
    ax.set(
        xlabel="update",
        ylabel=r"size of the gradient, $|\partial C/\partial b_l|$",
        xlim=(0.4, None),
    )
    return ax


def relative_errors(ax, z, errors, colors, guides=()):
    """Draw the relative error of several ways to compute a function against its argument.

    Parameters
    ----------
    ax : Axes
    z : array, shape (n,)
    errors : dict of str to array, shape (n,)
        Label to relative error. An error of 0 is drawn at the lower edge.
    colors : sequence of str
        Keys of :data:`COLORS`, or colors, one for each line.
    guides : sequence of (str, array of shape (n,))
        Dashed lines to hold the errors against, with their labels.

    Returns
    -------
    Axes
    """
    floor = 1e-18
    for (label, error), color in zip(errors.items(), _colors(colors, len(errors))):
        ax.semilogy(z, np.maximum(error, floor), ".", ms=3, color=color)
        _label(ax, label, (z[-1], max(error[-1], floor)), color)
    for label, values in guides:
        shown = (values >= floor) & (values <= 1)
        ax.semilogy(z[shown], values[shown], ls="--", lw=1, color=COLORS["guide"], zorder=0)
        middle = np.flatnonzero(shown)[np.count_nonzero(shown) // 2]
        _label(ax, label, (z[middle], values[middle]), "guide", (-8, 8), ha="right")
    ax.set(xlabel="pre-activation $z$", ylabel="relative error")
    return ax


def depths_of_death(ax, depths):
    """Draw how many chains die at which depth, one histogram a type of number, with the median.

    Parameters
    ----------
    ax : Axes
    depths : dict of str to array of int, shape (chains,)
        Type of number, a key of :data:`COLORS`, to the depth at which each chain's gradient is zero.

    Returns
    -------
    Axes
    """
    for name, found in depths.items():
        color, median = COLORS.get(name), np.median(found)
        values, counts = np.unique(found, return_counts=True)
        ax.bar(values, counts / len(found), width=1, color=color)
        top = (median, np.max(counts) / len(found))
        _label(ax, f"{name}\nmedian {median:.0f}", top, color, (0, 6), ha="center")
    ax.set(xlabel="number of layers $L$ at which the gradient is 0", ylabel="share of the chains")
    ax.margins(y=0.2)
    return ax


def deep_gradient(ax, exponents, limits):
    """Draw the decimal exponent of every layer's gradient in a deep chain, with the floors of types of numbers.

    Parameters
    ----------
    ax : Axes
    exponents : array, shape (layers,)
        log10(abs(dC/db_l)), as from :func:`unstable_gradients.sweep.log10_size`.
    limits : dict of str to float
        Type of number, a key of :data:`COLORS`, to the exponent of the smallest number that it holds.
        The first label stands below its line, the second above.

    Returns
    -------
    Axes
    """
    layers = np.arange(1, len(exponents) + 1)
    ax.plot(layers, exponents, color=COLORS["vanishing"])
    for side, height, (name, limit) in zip(("top", "bottom"), (-3, 3), limits.items()):
        color = COLORS.get(name)
        ax.axhline(limit, ls="--", lw=1, color=color)
        _label(ax, f"smallest {name}", (layers[0], limit), color, (0, height), va=side)
    ax.set(xlabel="layer $l$", ylabel=r"decimal exponent, $\log_{10}|\partial C/\partial b_l|$")
    return ax


# Lesson 4


def factor_window(ax, weights, widths, center=0.5):
    """Draw where a factor w sigma'(w a + b) is at least 1 in size, for biases that center it.

    Parameters
    ----------
    ax : Axes
    weights : array, shape (n,)
        The sizes of the weight.
    widths : array, shape (n,)
        How wide the window is for each weight.
    center : float
        The activation in the middle of the window, -b/w.

    Returns
    -------
    Axes
    """
    left, right = center - widths / 2, center + widths / 2
    low, high = 0.0, weights[-1]
    ax.axvspan(0, 1, color=COLORS["vanishing"], alpha=0.12, lw=0)
    ax.fill_betweenx(weights, left, right, color="white", lw=0)
    ax.fill_betweenx(weights, left, right, color=COLORS["exploding"], alpha=0.35, lw=0)
    ax.plot(np.r_[left[::-1], right], np.r_[weights[::-1], weights], color=COLORS["balanced"])
    middle = weights[len(weights) // 2]
    ax.text(center, middle, "factor\nabove 1", ha="center", va="center")
    for place in (0.12, 0.88):
        ax.text(place, middle, "factor\nbelow 1", ha="center", va="center", color=COLORS["vanishing"])
    _label(ax, "exactly 1", (right[-1], weights[-1]), "balanced", (4, -4), va="top")
    ax.set(xlabel="activation $a$", ylabel="size of the weight, $|w|$", xlim=(0, 1), ylim=(low, high))
    return ax


def window_width(ax, weights, widths, place, width):
    """Draw the width of the window against the weight, with its maximum marked.

    Parameters
    ----------
    ax : Axes
    weights, widths : array, shape (n,)
    place, width : float
        The weight of the widest window, and how wide it is.

    Returns
    -------
    Axes
    """
    ax.plot(weights, widths, color=COLORS["exploding"])
    ax.plot(place, width, "o", color=COLORS["exploding"])
    _label(ax, f"at most {width:.3f},\nat $|w| = {place:.2f}$", (place, width), "exploding", (6, 8))
    ax.axhline(1, ls="--", lw=1, color=COLORS["guide"])
    _label(ax, "range of an activation", (weights[-1], 1), "guide", (0, -5), ha="right", va="top")
    ax.set(
        xlabel="size of the weight, $|w|$",
        ylabel="width of the window",
        xlim=(0, weights[-1]),
        ylim=(0, 1.06),
    )
    return ax


def spike(ax, offsets, sizes):
    """Draw how strongly the output depends on the first bias, against that bias.

    Parameters
    ----------
    ax : Axes
    offsets : array, shape (n,)
        By how much b_1 is off.
    sizes : array, shape (n,)
        The size of da_L/db_1, drawn on a log scale.

    Returns
    -------
    Axes
    """
    ax.semilogy(1000 * offsets, sizes, color=COLORS["exploding"])
    ax.axhline(1, ls="--", lw=1, color=COLORS["guide"])
    ax.set(
        xlabel="offset of the first bias $b_1$, in thousandths",
        ylabel=r"size of the slope, $|\partial a_4/\partial b_1|$",
    )
    return ax


def identity_errors(ax, errors, weights, bounds):
    """Draw how far an identity neuron is from the identity, and the bounds, against its weight.

    Parameters
    ----------
    ax : Axes
    errors : dict of str to (array, array), each of shape (m,)
        Kind of neuron, a key of :data:`COLORS` where there is one, to weights and to the largest
        error on [0, 1] for each.
    weights : array, shape (n,)
        The weights at which the bounds are given.
    bounds : dict of str to array, shape (n,)
        Label to bound, drawn dashed.

    Returns
    -------
    Axes
    """
    for label, bound in bounds.items():
        ax.loglog(weights, bound, ls="--", lw=1.2, color=COLORS["guide"], zorder=3)
        _label(ax, label, (weights[-1], bound[-1]), "guide")
    for (label, (places, error)), marker in zip(errors.items(), MARKERS):
        color = COLORS.get(label)
        ax.loglog(places, error, marker, ms=4, color=color)
        at = len(places) // 5
        _label(ax, label, (places[at], error[at]), color, (4, -16))
    ax.set(xlabel="weight $w_1$", ylabel="largest error on $[0, 1]$")
    return ax


def gradient_fans(ax, fans, colors):
    """Draw how the gradient of random networks spreads on its way to the front.

    Parameters
    ----------
    ax : Axes
    fans : dict of str to array, shape (networks, layers)
        Label to log10 of a gradient's size in every layer, relative to the last. Drawn are the
        median, the range of the middle 90 percent, and the first eight networks.
    colors : sequence of str
        Keys of :data:`COLORS`, or colors, one for each fan.

    Returns
    -------
    Axes
    """
    for (label, sizes), color in zip(fans.items(), _colors(colors, len(fans))):
        back = np.arange(sizes.shape[1])
        low, median, high = np.percentile(sizes[:, ::-1], [5, 50, 95], axis=0)
        ax.fill_between(back, low, high, color=color, alpha=0.2, lw=0)
        ax.plot(back, sizes[:8, ::-1].T, color=color, lw=0.6, alpha=0.7)
        ax.plot(back, median, color=color)
        _label(ax, label, (back[-1], median[-1]), color)
    ax.axhline(0, ls="--", lw=1, color=COLORS["guide"])
    ax.set(
        xlabel="layers back from the last, $L - l$",
        ylabel=r"decades from balance, $\log_{10}\,|\partial C/\partial b_l|\,/\,|\partial C/\partial b_L|$",
    )
    return ax


def shares(ax, scales, below, within, above):
    """Draw which share of random networks vanishes, keeps its balance or explodes, as stacked areas.

    Parameters
    ----------
    ax : Axes
    scales : array, shape (n,)
        The scale of the weights, drawn on a log scale.
    below, within, above : array, shape (n,)
        Three shares that add up to 1.

    Returns
    -------
    Axes
    """
    colors = [COLORS[name] for name in ("vanishing", "balanced", "exploding")]
    ax.stackplot(scales, below, within, above, colors=colors, alpha=0.75, lw=0)
    ax.set_xscale("log")
    decades = 10 ** np.arange(np.ceil(np.log10(scales[0])), np.floor(np.log10(scales[-1])) + 1)
    ax.set_xticks(decades, [f"{decade:g}" for decade in decades])
    ax.set(xlabel="scale of the weights $s$", xlim=(scales[0], scales[-1]), ylim=(0, 1))
    return ax
