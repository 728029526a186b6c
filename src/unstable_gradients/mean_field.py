"""Signal propagation in wide random networks: the mean-field maps, their fixed points and depth scales.

In a layer of n inputs with weights N(0, weight_variance / n) and biases N(0, bias_variance), the
pre-activations of an input tend, for large n, to a Gaussian of variance q; those of two inputs have
the correlation c. With z ~ N(0, 1), and u, v Gaussian of variance q and correlation c, one layer does

    q  ->  V(q) = weight_variance E[sigma(sqrt(q) z)^2] + bias_variance
    c  ->  (weight_variance E[sigma(u) sigma(v)] + bias_variance) / V(q)

and a squared gradient norm is multiplied by chi_1 = weight_variance E[sigma'(sqrt(q) z)^2].

**How the means are computed.** sigma changes within a width of about 1 around 0, and may have a kink
there; in z that is a width of 1 / sqrt(q), which polynomials over the whole line (Gauss-Hermite) do not
see. Here 0 is always the end of an interval, and double exponential formulas crowd their points at the
ends, so neither a kink nor a steep place costs accuracy. In one dimension the intervals are the two
half-lines. In two, u = sqrt(q) r cos(phi - alpha / 2) and v = sqrt(q) r cos(phi + alpha / 2) with
cos(alpha) = c: the kinks u = 0 and v = 0 are four rays, for every c, and the intervals are the radius and
the sectors between the rays. The two equal correlations c = 1 and c = -1 make a sector empty, no more.

Every argument but ``activation`` may be an array; they broadcast. A TypeError says what is no real number,
or no activation; a ValueError which number is out of range, or that an activation has a kink elsewhere.

Sources: B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein and S. Ganguli, NeurIPS (2016); S. S.
Schoenholz, J. Gilmer, S. Ganguli and J. Sohl-Dickstein, ICLR (2017); H. Takahasi and M. Mori, Publ.
RIMS 9 (1974) 721-741, for the formulas of integration.
"""

from functools import lru_cache

import numpy as np

from . import activations
from .checks import _described, _numeric_array

LARGEST = 2.0**64  # a fixed point of the variance above it counts as infinite, one below 1 / LARGEST as 0
ROUNDING = 1e-12  # a slope that differs from 1 by less counts as 1


def variance_map(q, weight_variance, bias_variance, activation):
    """Return V(q), the variance in the next layer; shape (...).

    The error is below 1e-8 of the result for q up to 1e9.
    """
    activation = _smooth_but_at_zero(activation)
    (q, weight_variance, bias_variance), shape = _flat(
        q=q, weight_variance=weight_variance, bias_variance=bias_variance
    )
    return _variance(q, weight_variance, bias_variance, activation).reshape(shape)[()]


def correlation_map(c, q, weight_variance, bias_variance, activation):
    """Return the correlation in the next layer of two inputs of variance q and correlation c; shape (...).

    The next variance is V(q), which is q itself at the fixed point. At q = 0 it is the limit of small q.
    NaN where the next layer is 0 for every input. The error is below 1e-6 for q up to 1e4.
    """
    activation = _smooth_but_at_zero(activation)
    (c, q, weight_variance, bias_variance), shape = _flat(
        c=c, q=q, weight_variance=weight_variance, bias_variance=bias_variance
    )
    q = np.maximum(q, 1 / LARGEST)
    # 1 - c without the subtraction, so that c = 1 stays 1 and its neighborhood keeps its digits
    with np.errstate(invalid="ignore"):
        distance = weight_variance * _half_square_distance(c, q, activation)
        distance = distance / _variance(q, weight_variance, bias_variance, activation)
    return np.maximum(1 - distance, -1).reshape(shape)[()]


def correlation_slope(c, q, weight_variance, bias_variance, activation):
    """Return the derivative of :func:`correlation_map` with respect to c; shape (...).

    It is weight_variance E[sigma'(u) sigma'(v)] q / V(q); at c = 1 and the fixed point q* it is chi_1.
    """
    activation = _smooth_but_at_zero(activation)
    (c, q, weight_variance, bias_variance), shape = _flat(
        c=c, q=q, weight_variance=weight_variance, bias_variance=bias_variance
    )
    return _correlation_slope(c, q, weight_variance, bias_variance, activation).reshape(shape)[()]


def fixed_point_variance(weight_variance, bias_variance, activation):
    """Return q*, the variance that the layers of a deep network settle at; shape (...).

    It is where q -> V(q) leads from q = 1: of several fixed points the next one in that direction, which
    is infinite where the variance grows for ever, and 1 where V(1) = 1 (ReLU with weight variance 2 and
    no biases keeps every q). V must not decrease, which holds for every activation of the package.
    """
    activation = _smooth_but_at_zero(activation)
    (weight_variance, bias_variance), shape = _flat(
        weight_variance=weight_variance, bias_variance=bias_variance
    )
    return _fixed_variance(weight_variance, bias_variance, activation).reshape(shape)[()]


def chi(weight_variance, bias_variance, activation):
    """Return chi_1 at q*, the factor of a squared gradient norm in each layer; shape (...).

    Below 1 gradients vanish and nearby inputs become the same, above 1 gradients explode and inputs part.
    Where q* is infinite it is the limit of large q.
    """
    activation = _smooth_but_at_zero(activation)
    (weight_variance, bias_variance), shape = _flat(
        weight_variance=weight_variance, bias_variance=bias_variance
    )
    q = _fixed_variance(weight_variance, bias_variance, activation)
    return _chi(q, weight_variance, activation).reshape(shape)[()]


def critical_weight_variance(bias_variance, activation):
    """Return the weight variance at the edge of chaos, where chi_1 reaches 1 from below; shape (...).

    Where q* jumps (GELU and SiLU: from a small number to infinity), it is where chi_1 jumps over 1.
    Infinite if chi_1 stays below 1.
    """
    activation = _smooth_but_at_zero(activation)
    (bias_variance,), shape = _flat(bias_variance=bias_variance)

    def excess(exponent):
        weight_variance = 2**exponent
        q = _fixed_variance(weight_variance, bias_variance, activation)
        return _chi(q, weight_variance, activation) - 1

    low = np.full(len(bias_variance), -2 * np.log2(activation.largest_slope))  # chi_1 is 1 there at most
    high, at_low = low + 1, np.minimum(excess(low), 0)
    at_high = excess(high)
    while np.any(climbing := (at_high <= 0) & (high < 64)):
        low, at_low = np.where(climbing, high, low), np.where(climbing, at_high, at_low)
        high = np.where(climbing, high + 1, high)
        at_high = excess(high)
    critical = np.where(at_high > 0, 2 ** _root(excess, low, high, at_low, at_high), np.inf)
    return critical.reshape(shape)[()]


def fixed_point_correlation(weight_variance, bias_variance, activation):
    """Return c*, the correlation that any two inputs settle at, at the variance q*; shape (...).

    It is 1 where chi_1 <= 1 and below 1 elsewhere; NaN where q* is infinite.
    """
    activation = _smooth_but_at_zero(activation)
    (weight_variance, bias_variance), shape = _flat(
        weight_variance=weight_variance, bias_variance=bias_variance
    )
    return _fixed_correlation(weight_variance, bias_variance, activation)[0].reshape(shape)[()]


def correlation_depth(weight_variance, bias_variance, activation):
    """Return xi_c = -1 / log(slope of the correlation map at c*), in layers; shape (...).

    The distance of a correlation from c* shrinks by the factor e in so many layers. Infinite where
    chi_1 = 1, NaN where q* is infinite.
    """
    activation = _smooth_but_at_zero(activation)
    (weight_variance, bias_variance), shape = _flat(
        weight_variance=weight_variance, bias_variance=bias_variance
    )
    c, q, slope = _fixed_correlation(weight_variance, bias_variance, activation)
    inside = c < 1
    slope[inside] = _correlation_slope(
        c[inside], q[inside], weight_variance[inside], bias_variance[inside], activation
    )
    return _depth(slope, q).reshape(shape)[()]


def variance_depth(weight_variance, bias_variance, activation):
    """Return xi_q = -1 / log V'(q*), in layers; shape (...). As :func:`correlation_depth`, for the variance."""
    activation = _smooth_but_at_zero(activation)
    (weight_variance, bias_variance), shape = _flat(
        weight_variance=weight_variance, bias_variance=bias_variance
    )
    fixed = _fixed_variance(weight_variance, bias_variance, activation)
    q = np.clip(fixed, 1 / LARGEST, LARGEST)
    growth = _mean(lambda u: activation.value(u) * activation.slope(u) * u, q) / q
    return _depth(weight_variance * growth, fixed).reshape(shape)[()]


# --- The same for checked arguments, all of shape (n,)


def _variance(q, weight_variance, bias_variance, activation):
    return weight_variance * _mean(lambda u: activation.value(u) ** 2, q) + bias_variance


def _chi(q, weight_variance, activation):
    q = np.clip(q, 1 / LARGEST, LARGEST)
    return weight_variance * _mean(lambda u: activation.slope(u) ** 2, q)


def _half_square_distance(c, q, activation):
    """Return E[(sigma(u) - sigma(v))^2] / 2 = E[sigma(u)^2] - E[sigma(u) sigma(v)]."""
    return _mean_of_pairs(lambda u, v: (activation.value(u) - activation.value(v)) ** 2 / 2, c, q)


def _correlation_slope(c, q, weight_variance, bias_variance, activation):
    q = np.maximum(q, 1 / LARGEST)
    product = weight_variance * _mean_of_pairs(lambda u, v: activation.slope(u) * activation.slope(v), c, q)
    with np.errstate(invalid="ignore"):
        return product * q / _variance(q, weight_variance, bias_variance, activation)


def _fixed_variance(weight_variance, bias_variance, activation):
    exponents, moments = _table(activation)
    one = len(exponents) // 2  # where q = 1

    def growth(exponent):
        q = 2**exponent
        return _variance(q, weight_variance, bias_variance, activation) / q - 1

    q = 2**exponents
    table = (weight_variance[:, None] * moments + bias_variance[:, None]) / q - 1
    shrinks, grows = table < -ROUNDING, table > ROUNDING
    above, below = shrinks[:, one:], grows[:, one::-1]
    up, down = grows[:, one] & above.any(axis=1), shrinks[:, one] & below.any(axis=1)
    left = np.where(up, one + above.argmax(axis=1) - 1, one - below.argmax(axis=1))
    left = np.where(up | down, left, one)
    rows = np.arange(len(table))
    root = _root(
        growth,
        exponents[left],
        exponents[left + 1],
        np.maximum(table[rows, left], 0),
        np.minimum(table[rows, left + 1], 0),
    )
    ends = [up | down, grows[:, one], shrinks[:, one]]
    return np.select(ends, [2**root, np.inf, 0.0], default=1.0)


@lru_cache
def _table(activation):
    """Return log2(q) in steps of 1/4, and E[sigma(sqrt(q) z)^2] there: enough to see where V crosses q."""
    exponents = np.arange(-256, 257) / 4
    return exponents, _mean(lambda u: activation.value(u) ** 2, 2**exponents)


def _fixed_correlation(weight_variance, bias_variance, activation):
    """Return c*, q* and chi_1."""
    q = _fixed_variance(weight_variance, bias_variance, activation)
    slope = _chi(q, weight_variance, activation)
    c = np.where(np.isinf(q), np.nan, 1.0)
    chaotic = (slope > 1 + ROUNDING) & np.isfinite(q) & (q > 0)
    factor = weight_variance[chaotic] / q[chaotic]

    def excess(c):  # (1 - next c) / (1 - c) - 1: no root at c = 1, where it is chi_1 - 1
        distance = factor * _half_square_distance(c, q[chaotic], activation)
        return distance / np.maximum(1 - c, 1e-15) - 1

    zeros = np.zeros(chaotic.sum())
    c[chaotic] = _root(excess, zeros + 1, zeros, slope[chaotic] - 1, np.minimum(excess(zeros), 0))
    return c, q, slope


def _depth(slope, q):
    with np.errstate(divide="ignore"):
        depth = 1 / np.abs(np.log(slope))
    depth = np.where(np.abs(slope - 1) < ROUNDING, np.inf, depth)
    return np.where(np.isinf(q), np.nan, depth)


def _root(function, a, b, at_a, at_b):
    """Return where ``function`` is 0 between a and b, to 1e-13: false position, the Illinois variant.

    M. Dowell and P. Jarratt, BIT 11 (1971) 168-174. ``at_a`` and ``at_b`` differ in sign, or are 0.
    """
    for _ in range(200):
        with np.errstate(invalid="ignore"):
            step = np.nan_to_num(at_b * (b - a) / (at_b - at_a))
        if np.all(np.abs(step) < 1e-13):
            break
        x = b - step
        at_x = function(x)
        same = np.sign(at_x) == np.sign(at_b)
        a, at_a = np.where(same, a, b), np.where(same, at_a / 2, at_b)
        b, at_b = x, at_x
    return b


# --- Means over Gaussians


def _half_line(step, first, last):
    """Return points and weights on (0, infinity), for what falls off like a Gaussian."""
    t = np.arange(first, last, step)
    z = np.exp(t - np.exp(-t))
    return z, step * z * (1 + np.exp(-t))


def _half_interval(step, last):
    """Return the positive points, and their weights, of a symmetric rule on (-1, 1)."""
    t = np.arange(step / 2, last, step)
    s = np.pi / 2 * np.sinh(t)
    return np.tanh(s), step * np.pi / 2 * np.cosh(t) / np.cosh(s) ** 2


Z, Z_WEIGHT = _half_line(1 / 25, -3.5, 2.25)
Z_WEIGHT = Z_WEIGHT * np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)
R, R_WEIGHT = _half_line(1 / 8, -2.5, 2.25)
R_WEIGHT = R_WEIGHT * R * np.exp(-(R**2) / 2) / np.pi
X, X_WEIGHT = _half_interval(1 / 10, 2.7)


def _mean(function, q):
    """Return E[function(sqrt(q) z)], z ~ N(0, 1)."""

    def part(q):
        u = np.sqrt(q)[:, None] * Z
        return (function(u) + function(-u)) @ Z_WEIGHT

    return _in_parts(part, 128, q)


def _mean_of_pairs(function, c, q):
    """Return E[function(u, v)] for a symmetric function of two Gaussians of variance q and correlation c."""

    def part(c, q):
        r = np.sqrt(q)[:, None, None] * R[:, None]
        total = 0
        for sign in (1, -1):  # sectors where u v > 0; then those where it is < 0: -v has correlation -c
            half = np.arccos(sign * c)[:, None, None] / 2
            width = np.pi / 2 - half
            u, v = r * np.cos(width * X - half), sign * r * np.cos(width * X + half)
            total = total + width[:, :, 0] * ((function(u, v) + function(-u, -v)) @ X_WEIGHT)
        return total @ R_WEIGHT

    return _in_parts(part, 32, c, q)


def _in_parts(function, size, *arrays):
    """Return function(*arrays), computed for ``size`` entries at a time, which stay in the cache."""
    n = len(arrays[0])
    return np.concatenate([function(*(a[i : i + size] for a in arrays)) for i in range(0, max(n, 1), size)])


# --- Arguments


def _smooth_but_at_zero(activation):
    activation = activations.get(activation)
    if any(kink != 0 for kink in activation.kinks):
        raise ValueError(
            f"activation {activation.name!r} has kinks at {activation.kinks}; only a kink at 0 is provided for"
        )
    return activation


def _flat(**values):
    """Return the values as checked arrays of one shape, flattened, and that shape."""
    arrays = []
    for name, value in values.items():
        array = _numeric_array(value)
        if array is None or array.dtype.kind != "f":
            raise TypeError(f"{name} must be a real number or an array of them, not {_described(value)}")
        low, high, expected = (-1, 1, "from -1 to 1") if name == "c" else (0, LARGEST, "0 or more, and finite")
        if not np.all((array >= low) & (array <= high)):
            raise ValueError(f"{name} must be {expected}; it is {_described(value)}")
        arrays.append(array.astype(float))
    try:
        arrays = np.broadcast_arrays(*arrays)
    except ValueError:
        shapes = {name: array.shape for name, array in zip(values, arrays)}
        raise ValueError(f"the arguments must broadcast; their shapes are {shapes}") from None
    return [array.ravel() for array in arrays], arrays[0].shape
