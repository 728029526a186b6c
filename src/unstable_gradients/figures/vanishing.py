"""Figures of lesson 3, Vanishing, and of the landing page."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .style import COLORS, MARKERS, colors_for, label_at


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
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    gradients = np.abs(np.atleast_2d(gradients))
    layers = np.arange(1, gradients.shape[1] + 1)
    colors = colors_for(colors, len(labels))
    for sizes, label, color, marker in zip(gradients, labels, colors, MARKERS):
        ax.semilogy(layers, sizes, marker=marker, color=color)
        # Inside the axes, on the side of the first point that the line leaves free.
        height = -12 if sizes[-1] > sizes[0] else 10
        label_at(ax, label, (layers[0], sizes[0]), color, (12, height))
    ax.margins(y=0.12)  # room for the labels
    ax.set(xlabel="layer $l$", ylabel=r"size of the gradient, $|\partial C/\partial b_l|$")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


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
        label_at(ax, f"$l = {l}$", (updates[0], sizes[0]), color, (-6, 0), ha="right")
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
        Keys of ``COLORS``, or colors, one for each line.
    guides : sequence of (str, array of shape (n,))
        Dashed lines to hold the errors against, with their labels.

    Returns
    -------
    Axes
    """
    floor = 1e-18
    for (label, error), color in zip(errors.items(), colors_for(colors, len(errors))):
        ax.semilogy(z, np.maximum(error, floor), ".", ms=3, color=color)
        label_at(ax, label, (z[-1], max(error[-1], floor)), color)
    for label, values in guides:
        shown = (values >= floor) & (values <= 1)
        ax.semilogy(z[shown], values[shown], ls="--", lw=1, color=COLORS["guide"], zorder=0)
        middle = np.flatnonzero(shown)[np.count_nonzero(shown) // 2]
        label_at(ax, label, (z[middle], values[middle]), "guide", (-8, 8), ha="right")
    ax.set(xlabel="pre-activation $z$", ylabel="relative error")
    return ax


def depths_of_death(ax, depths):
    """Draw how many chains die at which depth, one histogram a type of number, with the median.

    Parameters
    ----------
    ax : Axes
    depths : dict of str to array of int, shape (chains,)
        Type of number, a key of ``COLORS``, to the depth at which each chain's gradient is zero.

    Returns
    -------
    Axes
    """
    for name, found in depths.items():
        color, median = COLORS.get(name), np.median(found)
        values, counts = np.unique(found, return_counts=True)
        ax.bar(values, counts / len(found), width=1, color=color)
        top = (median, np.max(counts) / len(found))
        label_at(ax, f"{name}\nmedian {median:.0f}", top, color, (0, 6), ha="center")
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
        Type of number, a key of ``COLORS``, to the exponent of the smallest number that it holds.
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
        label_at(ax, f"smallest {name}", (layers[0], limit), color, (0, height), va=side)
    ax.set(xlabel="layer $l$", ylabel=r"decimal exponent, $\log_{10}|\partial C/\partial b_l|$")
    return ax
