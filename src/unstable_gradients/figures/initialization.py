"""Figures of lesson 8, Initialization."""

import numpy as np

from .style import COLORS, MARKERS, colors_for, label_at


def spectra(ax, exponents, labels, colors=None, lowest=-60):
    """Draw the singular values of several matrices, largest first, as decimal exponents.

    Parameters
    ----------
    ax : Axes
    exponents : sequence of arrays, shape (n,)
        log10 of the singular values; they are sorted here.
    labels : sequence of str
        One for each matrix, written at the end of its line.
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.
    lowest : float
        Where the axis ends.

    Returns
    -------
    Axes
    """
    for values, label, color in zip(exponents, labels, colors_for(colors, len(labels))):
        values = np.sort(values)[::-1]
        share = np.arange(1, len(values) + 1) / len(values)
        ax.plot(share, values, color=color)
        last = np.flatnonzero(values >= lowest)[-1]
        # Above the line of those that stretch nothing, below the others.
        label_at(ax, label, (share[last], values[last]), color, (6, 5 if values[-1] > -0.1 else -7))
    ax.set(
        xlabel="share of the directions, in the order of their singular values",
        ylabel=r"decimal exponent, $\log_{10}$ singular value",
        ylim=(lowest, None),
    )
    return ax


def modes_by_time(ax, time, theory, measured, labels):
    """Draw how the modes of a linear network grow while it learns: lines for the theory, marks for a run.

    Parameters
    ----------
    ax : Axes
    time : array, shape (n,)
    theory, measured : array, shape (n, modes)
        About 40 of the measured values are drawn.
    labels : sequence of str
        One for each mode, written where the line is halfway up.

    Returns
    -------
    Axes
    """
    every = max(1, len(time) // 40)
    for k, (label, marker) in enumerate(zip(labels, MARKERS)):
        color = COLORS.get(f"layer {k + 1}")
        ax.plot(time, theory[:, k], color=color)
        ax.plot(time[::every], measured[::every, k], marker, ms=4, mfc="none", color=color)
        half = np.argmin(np.abs(theory[:, k] - theory[-1, k] / 2))
        label_at(ax, label, (time[half], theory[half, k]), color, (10, -12))
    ax.set(xlabel="time $t$ (learning rate times updates)", ylabel="strength of a mode $u$")
    return ax


def phase_diagram(ax, weight_variances, bias_variances, chi, edge):
    """Draw by how much a layer multiplies the mean square of the gradient, over the plane of variances.

    Parameters
    ----------
    ax : Axes
    weight_variances : array, shape (n,)
    bias_variances : array, shape (m,)
    chi : array, shape (m, n)
        A row for each bias variance.
    edge : array, shape (m,)
        The weight variance at which chi is 1, for each bias variance.

    Returns
    -------
    Axes
    """
    bands = [(COLORS["vanishing"], strength) for strength in (0.6, 0.35, 0.12)]
    bands += [(COLORS["exploding"], strength) for strength in (0.12, 0.35, 0.6)]
    plane = (weight_variances, bias_variances, chi)
    ax.contourf(*plane, levels=[0, 0.5, 0.8, 1, 1.25, 1.5, np.inf], colors=bands)
    levels = ax.contour(*plane, levels=[0.5, 0.8, 1.25, 1.5], colors=COLORS["guide"], linewidths=0.8)
    ax.clabel(levels, fmt=lambda level: rf"$\chi_1 = {level:g}$", fontsize=9, colors="#222222")
    ax.plot(edge, bias_variances, color=COLORS["balanced"], lw=2.5)
    label_at(ax, "edge of chaos", (edge[-1], bias_variances[-1]), "balanced", (0, 6), ha="center")
    ax.set(
        xlabel="weight variance $v_w$ (times the number of inputs)",
        ylabel="bias variance $v_b$",
        xlim=(weight_variances[0], weight_variances[-1]),
    )
    return ax


def correlation_by_layer(ax, theory, simulated, labels, colors=None):
    """Draw how alike two inputs look from layer to layer: lines for the theory, marks for networks.

    Parameters
    ----------
    ax : Axes
    theory, simulated : array, shape (settings, layers)
        The correlation of the two pre-activations in the layers 1, 2, ...
    labels : sequence of str
        One for each setting, written at the end of its line.
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    layers = np.arange(1, np.shape(theory)[1] + 1)
    colors = colors_for(colors, len(labels))
    for line, marks, label, color, marker in zip(theory, simulated, labels, colors, MARKERS):
        ax.plot(layers, line, color=color)
        ax.plot(layers, marks, marker, ms=4, mfc="none", color=color)
        label_at(ax, label, (layers[-1], line[-1]), color)
    ax.set(xlabel="layer $l$", ylabel="correlation of two inputs $c_l$")
    return ax


def depth_scales(ax, weight_variances, depths, edge):
    """Draw how many layers two inputs take to forget how alike they were, on a log scale.

    Parameters
    ----------
    ax : Axes
    weight_variances : array, shape (n,)
    depths : array, shape (n,)
    edge : float
        The weight variance at which the depth is infinite.

    Returns
    -------
    Axes
    """
    below, above = weight_variances < edge, weight_variances > edge
    ax.semilogy(weight_variances[below], depths[below], color=COLORS["vanishing"])
    ax.semilogy(weight_variances[above], depths[above], color=COLORS["exploding"])
    label_at(ax, "ordered", (weight_variances[0], depths[0]), "vanishing", (18, 0))
    label_at(ax, "chaotic", (weight_variances[-1], depths[-1]), "exploding", (0, 10), ha="right")
    ax.axvline(edge, ls="--", lw=1, color=COLORS["balanced"])
    label_at(ax, "edge of chaos", (edge, np.max(depths[np.isfinite(depths)])), "balanced", (8, 0))
    ax.set(
        xlabel="weight variance $v_w$ (times the number of inputs)", ylabel=r"depth scale $\xi_c$, in layers"
    )
    return ax
