"""Figures of lesson 6, The first NaN."""

import numpy as np
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MultipleLocator

from .style import COLORS, MARKERS, colors_for, label_at


def runs_to_nan(ax, means, reference, largest):
    """Draw the size of a logged gradient over the updates of many runs, as long as it is finite.

    Parameters
    ----------
    ax : Axes
    means : array, shape (updates, runs)
        Of float32 runs. A run ends with a mark where its next number is not finite.
    reference : array, shape (updates,)
        The same in float64.
    largest : float
        The largest float32, where the reference leaves the figure.

    Returns
    -------
    Axes
    """
    updates = np.arange(1, len(means) + 1)
    sizes = np.where(np.isfinite(means), np.abs(means), np.nan).astype(float)
    ax.semilogy(updates, sizes, lw=0.6, color=COLORS["float32"])
    for run in sizes.T:
        ended = np.flatnonzero(np.isnan(run))
        if ended.size:
            last = ended[0] - 1
            ax.semilogy(updates[last], run[last], "x", ms=4, color=COLORS["float32"])
    shown = np.abs(reference) < largest
    ax.semilogy(updates[shown], np.abs(reference[shown]), color=COLORS["float64"])
    ax.axhline(largest, ls="--", lw=1, color=COLORS["guide"])
    label_at(ax, "largest float32", (1, largest), "guide", (0, -12))
    label_at(
        ax, "float64", (updates[shown][-1], np.abs(reference[shown][-1])), "float64", (-8, 0), ha="right"
    )
    label_at(ax, "float32", (updates[-1], np.nanmax(sizes[-1], initial=1)), "float32", (0, 12), ha="right")
    ax.set(xlabel="update", ylabel=r"size of the mean of $\partial C/\partial W_1$")
    return ax


def rounding_errors(ax, errors, growth):
    """Draw the relative differences of many runs from one reference, their middle and most of them, with a guide.

    Parameters
    ----------
    ax : Axes
    errors : array, shape (updates, runs)
        Positive.
    growth : float
        Factor of the dashed guide from one update to the next.

    Returns
    -------
    Axes
    """
    updates = np.arange(1, len(errors) + 1)
    low, middle, high = np.percentile(errors, [5, 50, 95], axis=1)
    ax.fill_between(updates, low, high, color=COLORS["float32"], alpha=0.25, lw=0)
    ax.semilogy(updates, middle, color=COLORS["float32"])
    level = np.exp(np.mean(np.log(middle)))
    guide = level * growth ** (updates - updates.mean())
    ax.semilogy(updates, guide, ls="--", lw=1, color=COLORS["guide"])
    place = len(guide) * 2 // 3
    label_at(ax, f"times {growth:.1f} an update", (updates[place], guide[place]), "guide", (8, -72))
    ax.set(xlabel="update", ylabel="relative difference from float64")
    return ax


def survivors(ax, ends, updates, labels, colors=None):
    """Draw the share of the runs that are still finite, over the updates, one line a set of runs.

    Parameters
    ----------
    ax : Axes
    ends : sequence of arrays of int, shape (runs,)
        The update of each run's NaN, 0 if there is none.
    updates : sequence of int
        How long each set of runs was followed.
    labels : sequence of str
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    for found, last, label, color in zip(ends, updates, labels, colors_for(colors, len(labels))):
        k = np.arange(1, last + 1)
        left = np.array([np.mean((found == 0) | (found > update)) for update in k])
        shown = left > 0
        ax.step(k[shown], left[shown], where="post", color=color)
        half = k[np.argmax(left < 0.5)]
        label_at(ax, label, (half, 0.5), color, (6, 6))
    ax.set(xscale="log", yscale="log", xlabel="update", ylabel="share of the runs that are still finite")
    return ax


def exponent_ratios(ax, exponents, limit, colors=None):
    """Draw by which factor the exponent of a gradient grows from one update to the next.

    Parameters
    ----------
    ax : Axes
    exponents : dict of str to array, shape (updates,)
        Label to the decimal exponents of successive gradients, all positive.
    limit : float
        Dashed line, where the factors should go.
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    ax.axhline(limit, ls="--", lw=1, color=COLORS["guide"])
    series = zip(exponents.items(), colors_for(colors, len(exponents)), MARKERS)
    for (label, e), color, marker in series:
        e = np.asarray(e, dtype=float)
        ax.semilogx(e[1:], e[1:] / e[:-1], marker=marker, color=color, label=label)
    ax.set(
        xlabel=r"exponent of the gradient, $\log_{10}|\partial C/\partial W_1|$",
        ylabel="factor from the exponent before",
    )
    ax.legend(frameon=False, loc="lower right")
    return ax


def clipped_gradients(ax, gradients, limit, colors=None):
    """Draw a gradient of two numbers and what clipping makes of it, as arrows, with both limits.

    Parameters
    ----------
    ax : Axes
    gradients : dict of str to array, shape (2,)
        Label to gradient.
    limit : float
        Half the side of the square (by value) and radius of the circle (by norm).
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    style = {"fill": False, "ls": "--", "lw": 1, "ec": COLORS["guide"]}
    ax.add_patch(Rectangle((-limit, -limit), 2 * limit, 2 * limit, **style))
    ax.add_patch(Circle((0, 0), limit, **style))
    for (label, (first, second)), color in zip(gradients.items(), colors_for(colors, len(gradients))):
        ax.plot([0, first], [0, second], color=color)
        ax.plot(first, second, "o", color=color)
        angle = np.degrees(np.arctan2(second, first))
        height = 8 if second > limit / 2 else -12  # off the arrows
        label_at(ax, f"{label}, {angle:.2f}°", (first, second), color, (10, height))
    ax.set(
        xlabel=r"first number, $\partial C/\partial w_1$",
        ylabel=r"second number, $\partial C/\partial w_2$",
        aspect="equal",
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(limit))
    return ax
