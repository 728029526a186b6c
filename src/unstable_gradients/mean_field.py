"""Signal propagation in wide random networks: the mean-field maps, their fixed points and depth scales.

In a layer of n inputs with weights N(0, weight_variance / n) and biases N(0, bias_variance), the
pre-activations that an input causes tend, for large n, to a Gaussian of variance q; those of two inputs
of equal variance have the correlation c. With z ~ N(0, 1), and u, v Gaussian of variance q and
correlation c, the next layer has

    V(q) = weight_variance E[sigma(sqrt(q) z)^2] + bias_variance
    C(c) = (weight_variance E[sigma(u) sigma(v)] + bias_variance) / V(q)

and the gradient's squared norm is multiplied by chi_1 = weight_variance E[sigma'(sqrt(q) z)^2].

**How the means are computed.** sigma bends within a width of about 1 around 0, and may have a kink
there. In z that is a width of 1 / sqrt(q), which a rule for polynomials, as Gauss-Hermite, does not see:
for the squared slope of tanh at q = 25 it is off by 10 % with 150 points. Here 0 is always the end of an
interval, and double exponential formulas crowd their points there, so that neither a kink nor a steep
place costs accuracy. In one dimension the intervals are the two half-lines. In two, with cos(alpha) = c,

    u = sqrt(q) r cos(phi - alpha / 2),   v = sqrt(q) r cos(phi + alpha / 2):

the lines u = 0 and v = 0 are rays, whatever c is, and the intervals are the radius and the sectors
between the rays. At c = 1 and c = -1 a sector is empty, and nothing is singular.

In all functions ``activation`` is a name or an Activation, and every other argument a float or an array;
these broadcast, and the result has their shape. Every function raises a TypeError for what is no real
number or no activation, and a ValueError for a number out of range, shapes that do not broadcast, an
unknown name, and an activation with a kink that is not at 0.

Sources: B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein and S. Ganguli, NeurIPS (2016), for the maps;
S. S. Schoenholz, J. Gilmer, S. Ganguli and J. Sohl-Dickstein, ICLR (2017), for the depth scales and
gradients; H. Takahasi and M. Mori, Publ. RIMS 9 (1974) 721-741, for the formulas of integration.
"""

import functools
import inspect

import numpy as np

from . import activations
from .checks import _numeric_array, described

LARGEST = 2.0**64  # a fixed point of the variance above it counts as infinite, one below 1 / LARGEST as 0
ROUNDING = 1e-12  # a slope that differs from 1 by less counts as 1


def _elementwise(function):
    """Let ``function``, written for arrays of shape (n,), take all that broadcasts, and check it first."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args, **kwargs):
        values = signature.bind(*args, **kwargs).arguments
        activation = activations.get(values.pop("activation"))
        if any(kink != 0 for kink in activation.kinks):
            raise ValueError(
                f"activation must have no kink but at 0; {activation.name!r} has {activation.kinks}"
            )
        arrays = [_in_range(value, name, -1 if name == "c" else 0) for name, value in values.items()]
        try:
            arrays = np.broadcast_arrays(*arrays)
        except ValueError:
            shapes = [array.shape for array in arrays]
            raise ValueError(f"{', '.join(values)} must broadcast; their shapes are {shapes}") from None
        return function(*(array.ravel() for array in arrays), activation).reshape(arrays[0].shape)[()]

    return checked


def _in_range(value, name, low):
    array = _numeric_array(value)
    if array is None or array.dtype.kind != "f":
        raise TypeError(f"{name} must be a real number or an array of them, not {described(value)}")
    high = LARGEST if low == 0 else 1
    if not np.all((low <= array) & (array <= high)):
        raise ValueError(f"{name} must be from {low} to {high:.2g}; it is {described(value)}")
    return array.astype(float)


# --- Means over Gaussians


def _half_line(step, first, last):
    """Return points and weights on (0, infinity), for what falls off like a Gaussian."""
    t = np.arange(first, last, step)
    z = np.exp(t - np.exp(-t))
    return z, step * z * (1 + np.exp(-t))


def _interval(step, last):
    """Return the positive half of the points on (-1, 1), and their weights."""
    t = np.arange(step / 2, last, step)
    s = np.pi / 2 * np.sinh(t)
    return np.tanh(s), step * np.pi / 2 * np.cosh(t) / np.cosh(s) ** 2


Z, Z_WEIGHT = _half_line(1 / 25, -3.5, 2.25)
Z_WEIGHT = Z_WEIGHT * np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)
R, R_WEIGHT = _half_line(1 / 8, -2.25, 2.2)
R_WEIGHT = R_WEIGHT * R * np.exp(-(R**2) / 2) / np.pi  # over 2 pi, but twice the half of each sector
X, X_WEIGHT = _interval(1 / 10, 2.6)


def _mean(function, q):
    """Return E[function(sqrt(q) z)] for q of shape (n,)."""

    def part(q):
        u = np.sqrt(q)[:, None] * Z
        return (function(u) + function(-u)) @ Z_WEIGHT

    return _in_parts(part, 128, q)


def _mean_of_pairs(function, c, q):
    """Return E[function(u, v)] for c and q of shape (n,); function(u, v) = function(v, u)."""

    def part(c, q):
        r, total = np.sqrt(q)[:, None, None] * R[:, None], 0
        for sign in (1, -1):  # sectors where u v > 0, then those where it is < 0: u and -v correlate like -c
            half = np.arccos(sign * c)[:, None, None] / 2
            width = np.pi / 2 - half
            u, v = r * np.cos(width * X - half), sign * r * np.cos(width * X + half)
            total = total + width[:, :, 0] * ((function(u, v) + function(-u, -v)) @ X_WEIGHT)
        return total @ R_WEIGHT

    return _in_parts(part, 32, c, q)


def _in_parts(function, size, *arrays):
    """Return ``function(*arrays)``, for so many entries at a time that they stay in the cache."""
    starts = range(0, max(len(arrays[0]), 1), size)
    return np.concatenate([function(*(array[i : i + size] for array in arrays)) for i in starts])


# --- The maps


@_elementwise
def variance_map(q, weight_variance, bias_variance, activation):
    """Return V(q), the variance in the next layer; its relative error is below 1e-8 for q up to 1e9."""
    return weight_variance * _mean(lambda u: activation.value(u) ** 2, q) + bias_variance


@_elementwise
def correlation_map(c, q, weight_variance, bias_variance, activation):
    """Return C(c), the correlation in the next layer, for two inputs of variance q; c from -1 to 1.

    C(1) = 1 to the last bit. At q = 0 it is the limit of small q, and NaN where the next layer is 0 for
    every input. The error is below 1e-6 for q up to 1e6.
    """
    return np.maximum(1 - _distance(c, q, weight_variance, bias_variance, activation), -1)


def _distance(c, q, weight_variance, bias_variance, activation):
    """Return 1 - C(c) without the subtraction, which would lose the digits near c = 1."""
    q = np.maximum(q, 1 / LARGEST)
    squares = _mean_of_pairs(lambda u, v: (activation.value(u) - activation.value(v)) ** 2, c, q)
    with np.errstate(invalid="ignore"):
        return weight_variance * squares / 2 / variance_map(q, weight_variance, bias_variance, activation)


@_elementwise
def correlation_slope(c, q, weight_variance, bias_variance, activation):
    """Return C'(c) = weight_variance E[sigma'(u) sigma'(v)] q / V(q), with an error below 1e-5 for q up to 1e4.

    At c = 1 and the fixed point q* > 0 it is chi_1. For q = 0 and for NaN see :func:`correlation_map`.
    """
    q = np.maximum(q, 1 / LARGEST)
    product = _mean_of_pairs(lambda u, v: activation.slope(u) * activation.slope(v), c, q)
    with np.errstate(invalid="ignore"):
        return weight_variance * product * q / variance_map(q, weight_variance, bias_variance, activation)


# --- Their fixed points


@_elementwise
def fixed_point_variance(weight_variance, bias_variance, activation):
    """Return q*, the variance that the layers of a deep network settle at.

    It is where the iteration of q -> V(q) leads from q = 1, for V that does not decrease, as with all
    activations of the package: of several fixed points the next in that direction. It is infinite where
    q grows without end, and 1 where V(1) = 1: ReLU with weight variance 2 and no biases keeps every q.
    """
    exponents, moments = _second_moments(activation.value)
    one = len(exponents) // 2  # where q = 1
    change = (weight_variance[:, None] * moments + bias_variance[:, None]) / 2**exponents - 1  # V(q) / q - 1
    grows, shrinks = change > ROUNDING, change < -ROUNDING
    above, below = shrinks[:, one:], grows[:, one::-1]  # where the iteration would turn back
    upward, downward = grows[:, one], shrinks[:, one]
    stops = np.where(upward, above.any(axis=1), downward & below.any(axis=1))
    left = one + np.where(upward, above.argmax(axis=1) - 1, -below.argmax(axis=1)) * stops
    entry = np.arange(len(left))

    def growth(exponent, i):
        q = 2**exponent
        return variance_map(q, weight_variance[i], bias_variance[i], activation) / q - 1

    at_ends = np.maximum(change[entry, left], 0), np.minimum(change[entry, left + 1], 0)
    q = 2 ** _root(growth, exponents[left], exponents[left + 1], *at_ends)
    return np.select([stops, upward, downward], [q, np.inf, 0.0], default=1.0)


@functools.lru_cache
def _second_moments(value):
    """Return log2(q) in steps fine enough to see where V(q) crosses q, and E[value(sqrt(q) z)^2] there."""
    exponents = np.arange(-256, 257) / 4
    return exponents, _mean(lambda u: value(u) ** 2, 2**exponents)


@_elementwise
def chi(weight_variance, bias_variance, activation):
    """Return chi_1 at q*, the factor of a gradient's squared norm in each layer.

    Below 1 gradients vanish and nearby inputs become one, above 1 gradients explode and inputs part.
    Where q* is infinite it is the limit of large q.
    """
    q = fixed_point_variance(weight_variance, bias_variance, activation)
    return weight_variance * _mean(lambda u: activation.slope(u) ** 2, np.clip(q, 1 / LARGEST, LARGEST))


@_elementwise
def critical_weight_variance(bias_variance, activation):
    """Return the weight variance on the edge of chaos, where chi_1 comes from below and reaches 1.

    Where q* jumps from a small number to infinity (GELU and SiLU with small bias variances), it is where
    chi_1 jumps over 1 with it. Infinite if chi_1 stays below 1.
    """

    def reaches_one(exponent):
        return chi(2**exponent, bias_variance, activation) > 1 - 1e-14

    low = np.full(len(bias_variance), -2 * np.log2(activation.largest_slope))  # chi_1 is 1 here at most
    high = low + 1
    while np.any(below := ~reaches_one(high) & (high < 60)):
        low, high = np.where(below, high, low), high + below
    never = high >= 60
    for _ in range(45):  # bisection, because chi_1 may jump
        middle = (low + high) / 2
        reached = reaches_one(middle)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.where(never, np.inf, 2**high)


@_elementwise
def fixed_point_correlation(weight_variance, bias_variance, activation):
    """Return c*, the correlation that two inputs settle at: 1 where chi_1 <= 1, and less where chi_1 > 1.

    At q* = 0 it is the limit of small bias variances; NaN where q* is infinite.
    """
    q = fixed_point_variance(weight_variance, bias_variance, activation)
    slope = chi(weight_variance, bias_variance, activation)
    c = np.where(np.isinf(q), np.nan, 1.0)
    chaotic = np.flatnonzero((slope > 1 + ROUNDING) & np.isfinite(q))
    arguments = q[chaotic], weight_variance[chaotic], bias_variance[chaotic]

    def excess(c, i=slice(None)):  # divided by 1 - c, it leaves out the root c = 1 and is chi_1 - 1 there
        return _distance(c, *(a[i] for a in arguments), activation) / np.maximum(1 - c, 1e-15) - 1

    one, zero = np.ones(len(chaotic)), np.zeros(len(chaotic))
    c[chaotic] = _root(excess, one, zero, slope[chaotic] - 1, np.minimum(excess(zero), 0))
    return c


@_elementwise
def correlation_depth(weight_variance, bias_variance, activation):
    """Return xi_c = -1 / log C'(c*): in so many layers the distance of a correlation from c* shrinks by e.

    Infinite where chi_1 = 1. At q* = 0 it is the limit of small bias variances; NaN where q* is infinite.
    """
    c = fixed_point_correlation(weight_variance, bias_variance, activation)
    slope = chi(weight_variance, bias_variance, activation) + 0 * c
    i = np.flatnonzero(c < 1)
    w, b = weight_variance[i], bias_variance[i]
    slope[i] = correlation_slope(c[i], fixed_point_variance(w, b, activation), w, b, activation)
    return _depth(slope)


@_elementwise
def variance_depth(weight_variance, bias_variance, activation):
    """Return xi_q = -1 / log V'(q*), as :func:`correlation_depth` for the variance; NaN where q* is infinite."""
    q = fixed_point_variance(weight_variance, bias_variance, activation)
    small = np.clip(q, 1 / LARGEST, LARGEST)
    slope = _mean(lambda u: activation.value(u) * activation.slope(u) * u, small) / small
    return _depth(np.where(np.isinf(q), np.nan, weight_variance * slope))


def _depth(slope):
    with np.errstate(divide="ignore"):
        return np.where(np.abs(slope - 1) < ROUNDING, np.inf, 1 / np.abs(np.log(slope)))


def _root(function, a, b, at_a, at_b):
    """Return where ``function(x, i)``, for the entries i, is 0 between a and b, to 1e-10 at least.

    Its values ``at_a`` and ``at_b`` there have opposite signs, or are 0. This is false position as in
    N. Anderson and A. Bjorck, BIT 13 (1973) 253-264.
    """
    a, b, at_a, at_b = (np.array(v) for v in (a, b, at_a, at_b))
    i = np.arange(len(b))
    for _ in range(200):
        with np.errstate(invalid="ignore"):
            step = np.nan_to_num(at_b[i] * (b[i] - a[i]) / (at_b[i] - at_a[i]))  # where both are 0
        x = b[i] - step
        near = np.abs(step) < 1e-10
        b[i[near]], i, x = x[near], i[~near], x[~near]
        if not len(i):
            break
        at_x = function(x, i)
        ratio = at_x / at_b[i]
        less = np.where(ratio < 1, 1 - ratio, 1 / 2)
        a[i], at_a[i] = np.where(ratio > 0, a[i], b[i]), np.where(ratio > 0, less * at_a[i], at_b[i])
        b[i], at_b[i] = x, at_x
    return b
