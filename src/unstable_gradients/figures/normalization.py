"""Figures of lesson 9, Normalization."""

from itertools import cycle

import numpy as np

from .style import COLORS, MARKERS, colors_for, label_at


def scale_law(ax, scales, sizes, colors, shifts=None):
    """Draw the size of a gradient against the factor by which the weights were multiplied, both scales logarithmic.

    Parameters
    ----------
    ax : Axes
    scales : array, shape (n,)
    sizes : dict of str to array, shape (n,)
        Label, written at the first point, to the norm of dC/dW.
    colors : sequence of str
        Keys of ``COLORS``, or colors, one for each line.
    shifts : dict of str to float, optional
        How many points above the line a label stands; 8 if not given.

    Returns
    -------
    Axes
    """
    for (label, size), color in zip(sizes.items(), colors_for(colors, len(sizes))):
        ax.loglog(scales, size, color=color)
        label_at(ax, label, (scales[0], size[0]), color, (4, (shifts or {}).get(label, 8)))
    ax.margins(y=0.15)  # room for the labels
    ax.set(
        xlabel="factor $r$ on the weights",
        ylabel=r"size of the gradient, $\|\partial C/\partial (rW)\|$",
    )
    return ax


def sizes_by_layer(ax, sizes, colors, dashed=(), shifts=None, room=0.4):
    """Draw a size for every layer of several deep networks, on a log scale, with the labels left of layer 1.

    Parameters
    ----------
    ax : Axes
    sizes : dict of str to array, shape (layers,)
        Label to the size in every layer.
    colors : sequence of str
        Keys of ``COLORS``, or colors, one for each line.
    dashed : sequence of str
        Labels of the lines to draw dashed.
    shifts : dict of str to float, optional
        How many points a label is moved up, where two would meet.
    room : float
        For the labels, as a share of the layers.

    Returns
    -------
    Axes
    """
    for (label, size), color in zip(sizes.items(), colors_for(colors, len(sizes))):
        layers = np.arange(1, len(size) + 1)
        ax.semilogy(layers, size, ls="--" if label in dashed else "-", color=color)
        label_at(ax, label, (1, size[0]), color, (-6, (shifts or {}).get(label, 0)), ha="right", va="center")
    ax.set_xlim(1 - room * layers[-1], layers[-1] * 1.02)  # room for the labels
    ax.set_xticks([1, *range(10, layers[-1] + 1, 10)])
    ax.set(xlabel="layer $l$", ylabel=r"size of the gradient, $\partial C/\partial z_l$")
    return ax


def gradient_along_arc(ax, degrees, gradient, color):
    """Draw one component of the gradient dC/dx while the input moves along an arc, as a share of the largest.

    Parameters
    ----------
    ax : Axes
    degrees : array, shape (n,)
    gradient : array, shape (n,)
    color : str
        A key of ``COLORS``, or a color.

    Returns
    -------
    Axes
    """
    ax.axhline(0, lw=1, color=COLORS["guide"], zorder=0)
    ax.plot(degrees, gradient / np.max(np.abs(gradient)), lw=1, color=COLORS.get(color, color))
    ax.set(xlabel="angle of the input (degrees)", ylabel="one component of the gradient", ylim=(-1.1, 1.1))
    return ax


def correlation_by_depth(ax, depths, measured, laws, colors, shifts=None):
    """Draw the correlation of the gradients at two inputs against the depth, both scales logarithmic.

    Parameters
    ----------
    ax : Axes
    depths : array of int, shape (n,)
    measured : dict of str to array, shape (n,)
        Label to the measured correlation, drawn as marks; what is not above 0 is left out.
    laws : dict of str to array, shape (largest depth,)
        Label to the predicted correlation at depth 1, 2, ..., drawn as a line; dashed if nothing was measured.
    colors : sequence of str
        Keys of ``COLORS``, or colors, one for each label.
    shifts : dict of str to float, optional
        How many points a label is moved up, where two would meet.

    Returns
    -------
    Axes
    """
    for (label, law), color, marker in zip(laws.items(), colors_for(colors, len(laws)), cycle(MARKERS)):
        ax.loglog(np.arange(1, len(law) + 1), law, "-" if label in measured else "--", color=color, lw=1.4)
        if label in measured:
            shown = measured[label] > 0
            ax.loglog(depths[shown], measured[label][shown], marker, ms=5, color=color)
        label_at(ax, label, (len(law), law[-1]), color, (8, (shifts or {}).get(label, 0)), va="center")
    ax.set_xticks(depths, labels=[str(depth) for depth in depths])
    ax.minorticks_off()
    ax.set(xlabel="hidden layers", ylabel="correlation of the gradients")
    return ax
