"""Figures of lesson 2, The chain."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .style import COLORS, MARKERS, label_at


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
        Method, a key of ``COLORS`` where there is one, to its error. An error of 0 is drawn at
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
        label_at(ax, method, (steps[at], max(error[at], floor)), color, (8, 6))
    low, high = ax.get_ylim()
    for label, values in guides:
        shown = (values >= low) & (values <= high)
        ax.loglog(steps[shown], values[shown], ls="--", lw=1, color=COLORS["guide"], zorder=0)
        middle = np.flatnonzero(shown)[np.count_nonzero(shown) // 2]
        label_at(ax, label, (steps[middle], values[middle]), "guide", (10, -4), va="top")
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
        label_at(ax, method, (places[-1], max(error[-1], floor)), color, (12, 0))
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
        label_at(ax, form, (depths[-1], count[-1]), line.get_color())
    ax.set(
        xlabel="number of hidden layers $n$",
        ylabel=r"operations in $\partial C/\partial b_1$",
        ylim=(0, None),
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax
