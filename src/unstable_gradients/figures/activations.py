"""Figures of lesson 7, Activations."""

import numpy as np

from .style import COLORS, colors_for, label_at


def value_and_slope(ax, z, value, slope, kinks=()):
    """Draw an activation function and its slope; both lines are broken where the slope jumps.

    Parameters
    ----------
    ax : Axes
    z, value, slope : array, shape (n,)
        None of the points a kink.
    kinks : sequence of float
        Where the slope jumps.

    Returns
    -------
    Axes
    """
    for zero in (ax.axhline, ax.axvline):
        zero(0, lw=0.6, color=COLORS["guide"])
    for part in np.split(np.arange(len(z)), np.searchsorted(z, kinks)):
        ax.plot(z[part], value[part], color=COLORS["forward"])
        ax.plot(z[part], slope[part], color=COLORS["backward"], ls="--")
    ax.set(xlabel="pre-activation $z$", ylabel=r"value $\sigma(z)$, slope $\sigma'(z)$")
    return ax


def histograms_by_layer(ax, samples, bins):
    """Draw a histogram for each layer, the first at the bottom, each as high as the others.

    Parameters
    ----------
    ax : Axes
    samples : sequence of arrays, of any shape
        One for each layer.
    bins : array, shape (n + 1,)
        The edges of the bins.

    Returns
    -------
    Axes
    """
    for l, sample in enumerate(samples, start=1):
        counts, _ = np.histogram(sample, bins)
        heights = l - 0.4 + 0.85 * counts / max(np.max(counts), 1)
        color = COLORS[f"layer {l}"]
        ax.stairs(heights, bins, baseline=l - 0.4, fill=True, color=color, alpha=0.35)
        ax.stairs(heights, bins, baseline=l - 0.4, color=color)
    ax.set(ylabel="layer $l$", yticks=range(1, len(samples) + 1), xlim=(bins[0], bins[-1]))
    return ax


def shares_by_update(ax, updates, shares, labels, colors=None):
    """Draw how shares of the neurons change while networks learn.

    Parameters
    ----------
    ax : Axes
    updates : array, shape (n,)
        Numbers of updates, from 1; drawn on a log scale.
    shares : array, shape (lines, n)
        From 0 to 1.
    labels : sequence of str
        One for each line, written at its end.
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    colors = colors_for(colors, len(labels))
    for share, color in zip(shares, colors):
        ax.semilogx(updates, share, color=color)
    gap = 0.06 * np.ptp(ax.get_ylim())  # labels of lines that end at nearly the same height
    height = -np.inf
    for i in np.argsort([share[-1] for share in shares]):
        height = max(shares[i][-1], height + gap)
        label_at(ax, labels[i], (updates[-1], height), colors[i])
    ax.set(xlabel="update", ylabel="share of the neurons")
    return ax


def singular_values(ax, spectra, labels, colors=None):
    """Draw all singular values of matrices, the largest first.

    Parameters
    ----------
    ax : Axes
    spectra : array, shape (matrices, n)
        Singular values in any order.
    labels : sequence of str
        One for each matrix, written at a tenth of the ranks: of the uppermost line above it, of others below.
    colors : sequence of str, optional
        Keys of ``COLORS``, or colors.

    Returns
    -------
    Axes
    """
    spectra = np.sort(spectra, axis=1)[:, ::-1]
    ranks = (np.arange(spectra.shape[1]) + 0.5) / spectra.shape[1]
    at = len(ranks) // 10
    for values, label, color in zip(spectra, labels, colors_for(colors, len(labels))):
        ax.plot(ranks, values, color=color)
        uppermost = values[at] == np.max(spectra[:, at])
        label_at(ax, label, (ranks[at], values[at]), color, (0, 4 if uppermost else -13))
    ax.set(xlabel="rank, as a share of all", ylabel="singular value", xlim=(0, 1))
    return ax


def gradient_over_depth(ax, sizes, labels, colors):
    """Draw the size of the gradient in every layer of deep networks, relative to the last.

    Parameters
    ----------
    ax : Axes
    sizes : array, shape (networks, layers)
        Norms of the gradient, drawn on a log scale.
    labels : sequence of str
        One for each network, written in the lower left corner, from the bottom up; an empty one takes no room.
    colors : sequence of str
        Keys of ``COLORS``, or colors; what is a guide is dashed.

    Returns
    -------
    Axes
    """
    layers = np.arange(1, np.shape(sizes)[1] + 1)
    ax.axhline(1, lw=0.6, color=COLORS["guide"])
    height = 4
    for size, label, key, color in zip(sizes, labels, colors, colors_for(colors, len(colors))):
        ax.semilogy(layers, size / size[-1], color=color, ls="--" if key == "guide" else "-")
        if label:
            style = {"xycoords": "axes fraction", "textcoords": "offset points", "color": color}
            ax.annotate(label, (0, 0), (4, height), **style)
            height += 13
    ax.set(xlabel="layer $l$", ylabel="size of the gradient, relative to the last")
    return ax
