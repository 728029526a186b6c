"""Three ways to check a gradient without trusting the code that computed it."""

from dataclasses import dataclass

import numpy as np


def central_differences(f, theta, step=None):
    """Return the gradient of ``f`` at ``theta`` by central differences.

    The error has two parts, truncation of order step**2 and rounding of order eps/step; both are
    absolute, so the relative error grows without bound as the gradient vanishes.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns a real number.
    theta : array, shape (n,)
        Where.
    step : float, optional
        The step. If left out, the cube root of the machine epsilon, times the size of each
        parameter where that is above 1: near the best choice when f and its third derivative
        are of order 1.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If ``theta`` is not one-dimensional, or the step is not positive.

    Notes
    -----
    Nocedal and Wright, Numerical Optimization (2006), sec. 8.1.
    """
    theta = _parameters(theta)
    if step is None:
        step = np.cbrt(np.finfo(float).eps) * np.maximum(1, np.abs(theta))
    steps = np.broadcast_to(_positive(step), theta.shape)
    gradient = np.empty_like(theta)
    for k, h in enumerate(steps):
        above, below = theta.copy(), theta.copy()
        above[k] += h
        below[k] -= h
        gradient[k] = (f(above) - f(below)) / (above[k] - below[k])
    return gradient


def complex_step(f, theta, step=1e-100):
    """Return the gradient of ``f`` at ``theta`` from its value a tiny imaginary step away.

    Im f(theta + i h) / h subtracts nothing, so nothing cancels and h may be as small as one likes:
    the truncation error, of order h**2, is zero for all purposes.

    Parameters
    ----------
    f : callable
        Takes a complex array of shape (n,), returns a complex number. It must be analytic: no
        abs, no maximum, no conjugate.
    theta : array, shape (n,)
        Where.
    step : float
        h.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    TypeError
        If ``f`` returns a real number: it has thrown away the part that was asked for.
    ValueError
        If ``theta`` is not one-dimensional, or the step is not positive.

    Notes
    -----
    W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112.
    """
    theta, h = _parameters(theta), float(_positive(step))
    gradient = np.empty_like(theta)
    for k in range(len(theta)):
        shifted = theta.astype(complex)
        shifted[k] += 1j * h
        value = f(shifted)
        if not np.iscomplexobj(value):
            raise TypeError(
                f"f must return a complex number when it is given one, not {type(value).__name__}: {value!r}"
            )
        gradient[k] = value.imag / h
    return gradient


@dataclass(frozen=True)
class Comparison:
    """Where and by how much two gradients differ.

    Attributes
    ----------
    names : tuple of str
        One for each entry.
    absolute, relative : array
        abs(got - expected), and that divided by abs(expected): 0 where both are equal.
    """

    names: tuple
    absolute: np.ndarray
    relative: np.ndarray

    @property
    def worst(self):
        """The name of the entry with the largest relative error; one that is NaN counts as largest."""
        return self.names[int(np.argmax(np.where(np.isnan(self.relative), np.inf, self.relative)))]

    def __str__(self):
        return (
            f"largest error {np.max(self.absolute):.1e}; relative to the gradient {np.max(self.relative):.1e}, "
            f"at {self.worst}"
        )


def compare(got, expected, names=None):
    """Compare two gradients, entry by entry.

    Parameters
    ----------
    got, expected : sequences of numbers, of the same length
        mpmath numbers are compared in their own precision.
    names : sequence of str, optional
        One for each entry; otherwise the entries are numbered.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the lengths differ, or there is nothing to compare.
    """
    got, expected = list(got), list(expected)
    names = tuple(f"[{i}]" for i in range(len(expected))) if names is None else tuple(names)
    if not (len(got) == len(expected) == len(names) and names):
        raise ValueError(
            f"got, expected and names must have the same length, at least 1; they have {len(got)}, {len(expected)} and {len(names)}"
        )
    absolute = [abs(g - e) for g, e in zip(got, expected)]
    relative = [0.0 if d == 0 else float(d / abs(e)) if e else np.inf for d, e in zip(absolute, expected)]
    return Comparison(names, np.array([float(d) for d in absolute]), np.array(relative))


def _parameters(theta):
    theta = np.array(theta, dtype=float)
    if theta.ndim != 1:
        raise ValueError(f"theta must be one-dimensional; its shape is {theta.shape}")
    return theta


def _positive(step):
    step = np.asarray(step, dtype=float)
    if not np.all((step > 0) & np.isfinite(step)):
        raise ValueError(f"step must be positive; it is {step}")
    return step
