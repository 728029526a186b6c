"""Figures of lesson 1, Gradient descent."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .style import COLORS, MARKERS, colors_for, label_at


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
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes

    Notes
    -----
    The first 20 steps of a path get a mark, its start a larger one.
    """
    ax.plot(parameter, cost, color=COLORS["guide"], lw=1.2, zorder=0)
    colors = colors_for(colors, len(paths))
    for path, color, marker in zip(paths, colors, MARKERS):
        w, c = path.parameters[:, 0], path.costs
        shown = (w >= parameter.min()) & (w <= parameter.max())
        ax.plot(w[shown], c[shown], marker=marker, markevery=slice(0, 21), ms=4, lw=0.9, color=color)
        ax.plot(w[0], c[0], marker=marker, ms=7, color=color)
    for path, label, color in zip(paths, labels, colors):
        start = (path.parameters[0, 0], path.costs[0])
        label_at(ax, label, start, color, (8, 5))
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
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    for values, label, color in zip(sizes, labels, colors_for(colors, len(labels))):
        values = np.abs(values)
        steps = np.flatnonzero(values > 0)
        ax.semilogy(steps, values[steps], marker=".", color=color)
        label_at(ax, label, (steps[-1], values[steps[-1]]), color)
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
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    lines = ax.contour(first, second, cost, levels=levels, colors=COLORS["guide"], linewidths=0.8)
    ax.clabel(lines, fontsize=8)
    for path, label, color, marker in zip(paths, labels, colors_for(colors, len(paths)), MARKERS):
        ax.plot(*path.parameters.T, marker=marker, ms=3.5, lw=1, color=color)
        label_at(ax, label, path.parameters[0], color)
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
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    for history, label, color in zip(histories, labels, colors_for(colors, len(labels))):
        ax.plot(history.costs, color=color)
        half = int(np.argmax(history.costs < history.costs[0] / 2))
        label_at(ax, label, (half, history.costs[half]), color, (8, 6))
    ax.set(xlabel="step $k$", ylabel="cost $C$", ylim=(0, None))
    return ax
