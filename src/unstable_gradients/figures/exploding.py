"""Figures of lesson 4, Exploding."""

import numpy as np

from .style import COLORS, MARKERS, colors_for, label_at


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
    label_at(ax, "exactly 1", (right[-1], weights[-1]), "balanced", (4, -4), va="top")
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
    label_at(ax, f"at most {width:.3f},\nat $|w| = {place:.2f}$", (place, width), "exploding", (6, 8))
    ax.axhline(1, ls="--", lw=1, color=COLORS["guide"])
    label_at(ax, "range of an activation", (weights[-1], 1), "guide", (0, -5), ha="right", va="top")
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
        Kind of neuron, a key of ``COLORS`` where there is one, to weights and to the largest
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
        label_at(ax, label, (weights[-1], bound[-1]), "guide")
    for (label, (places, error)), marker in zip(errors.items(), MARKERS):
        color = COLORS.get(label)
        ax.loglog(places, error, marker, ms=4, color=color)
        at = len(places) // 5
        label_at(ax, label, (places[at], error[at]), color, (4, -16))
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
        Keys of ``COLORS``, or colors, one for each fan.

    Returns
    -------
    Axes
    """
    for (label, sizes), color in zip(fans.items(), colors_for(colors, len(fans))):
        back = np.arange(sizes.shape[1])
        low, median, high = np.percentile(sizes[:, ::-1], [5, 50, 95], axis=0)
        ax.fill_between(back, low, high, color=color, alpha=0.2, lw=0)
        ax.plot(back, sizes[:8, ::-1].T, color=color, lw=0.6, alpha=0.7)
        ax.plot(back, median, color=color)
        label_at(ax, label, (back[-1], median[-1]), color)
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
