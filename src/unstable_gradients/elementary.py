"""Elementary functions of any number: the only place that knows the types of numbers.

The rest of the package is plain arithmetic (``+ - * /``) on top of these, so that the same lines
serve symbols, floats, arrays, complex numbers, 50-digit numbers and :class:`~unstable_gradients.scaled.Scaled`.
"""

import sys

import numpy as np


def exp(z):
    """Return e**z for a float, an array, a complex, mpmath, SymPy or Scaled number.

    Overflow gives infinity without a warning: in 1 / (1 + exp(-z)) it is the right answer.
    """
    return _evaluate("exp", z)


def tanh(z):
    """Return the hyperbolic tangent of z; for the same types of numbers as :func:`exp`."""
    return _evaluate("tanh", z)


def log1p(z):
    """Return log(1 + z), accurate for small z; for the same types of numbers as :func:`exp`."""
    if hasattr(z, "free_symbols"):  # SymPy has no function of that name
        return sys.modules["sympy"].log(1 + z)
    return _evaluate("log1p", z)


def positive(z):
    """Return z where it is positive, and 0 elsewhere.

    Raises
    ------
    TypeError
        If z is complex: complex numbers have no order.
    """
    _ordered(z)
    if hasattr(z, "free_symbols"):
        return sys.modules["sympy"].Max(z, 0)
    if hasattr(z, "context"):
        return max(z, z.context.mpf(0))
    if hasattr(z, "positive"):
        return z.positive()
    return np.maximum(z, 0)


def step(z):
    """Return 1 where z is positive, and 0 elsewhere, 0 itself included; NaN for NaN.

    Raises
    ------
    TypeError
        If z is complex.
    """
    _ordered(z)
    if hasattr(z, "free_symbols"):
        return sys.modules["sympy"].Heaviside(z, 0)
    if hasattr(z, "context"):
        return z.context.mpf(z > 0) if z == z else z
    if hasattr(z, "step"):
        return z.step()
    return np.heaviside(z, 0)


def _ordered(z):
    if np.iscomplexobj(z) or hasattr(z, "_mpc_"):
        raise TypeError(
            "this activation asks which numbers are positive, and complex numbers have no order; "
            "differentiate at real numbers, or take another activation"
        )


def _evaluate(name, z):
    if hasattr(z, "context"):  # mpmath
        return getattr(z.context, name)(z)
    if hasattr(z, "free_symbols"):  # SymPy, which whoever made z has loaded
        return getattr(sys.modules["sympy"], name)(z)
    if hasattr(z, name):  # a type of number that brings its own, as Scaled does
        return getattr(z, name)()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return getattr(np, name)(z)
