"""Figures of lesson 5, Wide networks."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator, ScalarFormatter

from .style import COLORS, MARKERS, colors_for, label_at


def network_diagram(ax, sizes, path):
    """Draw all neurons and connections, and one path on which a nudge runs.

    Parameters
    ----------
    ax : Axes
    sizes : sequence of int
        The number of inputs, then the number of neurons of every layer.
    path : sequence of int
        The neuron of each layer, from the first one to the output, counted from 0.

    Returns
    -------
    Axes
    """
    heights = [(n - 1) / 2 - np.arange(n) for n in sizes]
    for column, (below, above) in enumerate(zip(heights, heights[1:])):
        for start in below:
            for end in above:
                ax.plot(
                    [column, column + 1], [start, end], color=COLORS["guide"], lw=0.6, alpha=0.6, zorder=0
                )
    for column, column_heights in enumerate(heights):
        ax.plot(
            np.full(len(column_heights), column), column_heights, "o", ms=13, color=COLORS["guide"], zorder=2
        )
    taken = [column_heights[neuron] for column_heights, neuron in zip(heights[1:], path)]
    ax.plot(range(1, len(sizes)), taken, "o-", ms=13, lw=3, color=COLORS["forward"], zorder=3)
    names = ["inputs $x$", *(f"$a_{{{l}}}$" for l in range(1, len(sizes)))]
    for column, name in enumerate(names):
        ax.text(column, -max(sizes) / 2 - 0.15, name, ha="center", va="center")
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-max(sizes) / 2 - 0.5, max(sizes) / 2))
    ax.axis("off")
    return ax


def stretches(ax, spectra, met, labels):
    """Draw the singular values of matrices by rank, with what each matrix did to one column.

    Parameters
    ----------
    ax : Axes
    spectra : sequence of arrays, shape (n,)
        The singular values of each matrix, the largest first.
    met : sequence of float
        By what each matrix multiplied the length of a column; a dashed line.
    labels : sequence of str

    Returns
    -------
    Axes
    """
    for values, stretch, label, marker, color in zip(
        spectra, met, labels, MARKERS, colors_for(None, len(labels))
    ):
        ranks = np.arange(1, len(values) + 1)
        ax.semilogy(ranks, values, marker=marker, ms=4, lw=1, color=color)
        ax.axhline(stretch, ls="--", lw=1, color=color)
        label_at(ax, label, (ranks[-1], values[-1]), color)
    ax.set(xlabel="rank of the singular value", ylabel="factor for the length of a column")
    return ax


def factors_by_width(ax, widths, factors, lines, labels, colors):
    """Draw by what a layer multiplies the length of delta, against the width of the layers.

    Parameters
    ----------
    ax : Axes
    widths : sequence of int, length k
    factors : sequence of lists of k arrays, shape (found,)
        For each way to draw the weights, the factors found at each width: median and 5 to 95 %.
    lines : sequence of arrays, shape (k,)
        What is expected, for each way.
    labels, colors : sequence of str
        One for each way; colors are keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    for found, line, label, color, marker in zip(
        factors, lines, labels, colors_for(colors, len(labels)), MARKERS
    ):
        low, middle, high = np.transpose([np.percentile(values, [5, 50, 95]) for values in found])
        ax.errorbar(
            widths, middle, [middle - low, high - middle], fmt=marker, ms=5, lw=1.2, capsize=3, color=color
        )
        ax.plot(widths, line, lw=1, color=color)
        label_at(ax, label, (widths[-1], line[-1]), color, (0, 12), ha="right")
    ax.axhline(1, ls="--", lw=1, color=COLORS["guide"])
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="width of the layers, in neurons",
        ylabel=r"factor of one layer for $\|\delta\|$",
    )
    ax.set_xticks(widths)
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_locator(NullLocator())
    return ax


def speeds_by_layer(ax, speeds, references):
    """Draw the speeds of learning by layer, for networks of several depths.

    Parameters
    ----------
    ax : Axes
    speeds : dict of int to array, shape (networks, n)
        The number n of hidden layers to the speed of each of them, in each network.
    references : dict of int to sequence of float, length n
        Other measurements to hold them against; crosses, a little to the right.

    Returns
    -------
    Axes
    """
    for (n, found), color, marker in zip(speeds.items(), colors_for(None, len(speeds)), MARKERS):
        layers = np.arange(1, n + 1)
        medians = np.median(found, axis=0)
        ax.semilogy(layers, found.T, lw=0.5, alpha=0.2, color=color)
        ax.semilogy(layers, medians, marker=marker, color=color)
        if n in references:
            ax.semilogy(layers + 0.07, references[n], "x", ms=7, mew=2, color=COLORS["guide"], zorder=3)
        label_at(ax, f"$n = {n}$", (n, medians[-1]), color, (0, 22), ha="center")
    ax.set(xlabel="layer $l$", ylabel=r"speed of learning, $\|\partial C/\partial b_l\|$", ylim=(None, 1.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def speeds_by_epoch(ax, speeds, single):
    """Draw the speeds of learning during training, and their averages for single examples.

    Parameters
    ----------
    ax : Axes
    speeds : array, shape (epochs, layers)
        Norms of the average gradient of each layer; solid lines.
    single : array, shape (epochs, layers)
        Averages of the norms of the gradients of single examples; dashed lines.

    Returns
    -------
    Axes
    """
    epochs = np.arange(1, len(speeds) + 1)
    for l, (average, alone) in enumerate(zip(np.transpose(speeds), np.transpose(single)), start=1):
        color = COLORS.get(f"layer {l}")
        ax.loglog(epochs, average, lw=1.6, color=color)
        ax.loglog(epochs, alone, lw=1.2, ls="--", color=color)
        label_at(ax, f"$l = {l}$", (epochs[0], average[0]), color, (-6, 0), ha="right")
    ax.set(xlabel="epoch", ylabel=r"speed of learning, $\|\partial C/\partial b_l\|$", xlim=(0.55, None))
    return ax
