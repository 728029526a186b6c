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


def _evaluate(name, z):
    if hasattr(z, "context"):  # mpmath
        return getattr(z.context, name)(z)
    if hasattr(z, "free_symbols"):  # SymPy, which whoever made z has loaded
        return getattr(sys.modules["sympy"], name)(z)
    if hasattr(z, name):  # a type of number that brings its own, as Scaled does
        return getattr(z, name)()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return getattr(np, name)(z)
