"""Floating-point numbers that neither vanish nor explode: mantissa and exponent kept apart.

A product of many small factors leaves the range of float64 long before it is zero. Here each
number is ``mantissa * 2**exponent`` with an integer exponent of its own, so a product of any length
keeps its full relative accuracy. Multiplying by a power of two is exact: as long as nothing leaves
the range, the results agree with plain floating point to the last bit.
"""

import functools

import numpy as np

# ln 2 = LN2_HIGH + LN2_LOW, the first with its last 20 bits zero, so that k * LN2_HIGH is exact for
# |k| < 2**20 (W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980, ch. 6).
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")

ZERO_EXPONENT = -(2**60)  # below every other, so that adding zero changes nothing
BEYOND = 1e15  # exp of anything larger counts as infinite (or, with a minus sign, as zero)


class Scaled:
    """An array of numbers ``mantissa * 2**exponent``.

    Parameters
    ----------
    mantissa : array of float32 or float64, any shape
        Brought to 1/2 <= abs(mantissa) < 1, as by :func:`numpy.frexp`.
    exponent : array of int, broadcastable with ``mantissa``
        The power of two by which ``mantissa`` is multiplied.
    """

    __array_ufunc__ = None  # array * Scaled is Scaled's business

    def __init__(self, mantissa, exponent=0):
        self.mantissa, shift = np.frexp(mantissa)
        self.exponent = np.where(
            self.mantissa == 0, ZERO_EXPONENT, shift + np.asarray(exponent, dtype=np.int64)
        )

    def to_float(self):
        """Return the plain floats: 0 or infinity where they cannot hold the number."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(self.mantissa, _shift(self.exponent))

    def exp(self):
        """Return e to the power of this number, for results of any size."""
        z = np.asarray(self.to_float(), dtype=np.float64)
        z = np.where(np.abs(z) > BEYOND, np.copysign(np.inf, z), z)
        in_range = np.abs(z) < -np.log(float(np.finfo(self.mantissa.dtype).tiny))
        k = np.where(in_range | ~np.isfinite(z), 0.0, np.rint(z / np.log(2)))
        power = np.exp(np.asarray(z - k * LN2_HIGH - k * LN2_LOW, dtype=self.mantissa.dtype))
        return Scaled(power, k.astype(np.int64))

    def tanh(self):
        """Return the hyperbolic tangent of this number."""
        tiny = self.exponent < -60  # z to the last bit, for tanh z = z - z**3 / 3 + ...
        return Scaled(
            np.where(tiny, self.mantissa, np.tanh(self.to_float())), np.where(tiny, self.exponent, 0)
        )

    def log1p(self):
        """Return log(1 + this number)."""
        tiny = self.exponent < -60  # z to the last bit, for log(1 + z) = z - z**2 / 2 + ...
        return Scaled(
            np.where(tiny, self.mantissa, np.log1p(self.to_float())), np.where(tiny, self.exponent, 0)
        )

    def positive(self):
        """Return this number where it is positive, and 0 elsewhere."""
        return Scaled(np.maximum(self.mantissa, 0), self.exponent)

    def step(self):
        """Return 1 where this number is positive, and 0 elsewhere."""
        return Scaled(np.heaviside(self.mantissa, 0))

    def __neg__(self):
        return Scaled(-self.mantissa, self.exponent)

    def __mul__(self, other):
        other = self._lift(other)
        with np.errstate(invalid="ignore"):
            return Scaled(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other):
        other = self._lift(other)
        with np.errstate(divide="ignore", invalid="ignore"):
            return Scaled(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __rtruediv__(self, other):
        return self._lift(other) / self

    def __add__(self, other):
        other = self._lift(other)
        top = np.maximum(self.exponent, other.exponent)
        with np.errstate(under="ignore", invalid="ignore"):
            total = np.ldexp(self.mantissa, _shift(self.exponent - top)) + np.ldexp(
                other.mantissa, _shift(other.exponent - top)
            )
        return Scaled(total, top)

    def __sub__(self, other):
        return self + -self._lift(other)

    def __rsub__(self, other):
        return self._lift(other) + -self

    __rmul__ = __mul__
    __radd__ = __add__

    def _lift(self, other):
        if isinstance(other, Scaled):
            return other
        # A Python number takes the precision of the array that it meets, as in NumPy.
        dtype = self.mantissa.dtype if isinstance(other, (int, float)) else None
        return Scaled(np.asarray(other, dtype=dtype))


def norm(values, axes):
    """Return the Euclidean norm of an array over some of its axes.

    It neither underflows nor overflows before the norm itself leaves the range: where a square does,
    the numbers are multiplied by a power of two first, which is exact.

    Parameters
    ----------
    values : array of floats
    axes : tuple of int
        The axes to sum over, as for :func:`numpy.sum`.

    Returns
    -------
    array
        ``values`` without these axes; infinity if there is an infinite number, NaN if there is a NaN.

    Notes
    -----
    J. L. Blue, ACM Transactions on Mathematical Software 4 (1978) 15-23.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        square = np.sum(values * values, axis=axes)
        if squares_are_safe(np.min(square, initial=np.inf), np.max(square, initial=0), square.dtype):
            return np.sqrt(square)
        largest = np.max(np.abs(values), axis=axes, keepdims=True, initial=0)
        exponent = np.frexp(largest)[1]
        scaled = np.ldexp(values, -exponent)
        size = np.sqrt(np.sum(scaled * scaled, axis=axes))
        size = np.ldexp(size, np.squeeze(exponent, axis=axes))
        return np.where(np.isinf(np.squeeze(largest, axis=axes)), np.inf, size)[()]


def squares_are_safe(smallest, largest, dtype):
    """Return whether sums of squares of these sizes are right: none overflowed, and what underflowed does not count."""
    least, most = _safe_squares(dtype)
    return smallest > least and largest <= most


@functools.cache
def _safe_squares(dtype):
    limits = np.finfo(dtype)
    return float(limits.tiny) / float(limits.eps) ** 2, float(limits.max)


def _shift(exponent):
    """Return the exponent as the C integer that ldexp wants, cut where the result is 0 or infinite anyway."""
    return np.clip(exponent, -5000, 5000).astype(np.intc)
