"""The chain at any depth: gradients as mantissa and exponent, which neither vanish nor explode."""

from typing import NamedTuple

import numpy as np

from . import activations, chain


class ScaledGradients(NamedTuple):
    """Each a pair of arrays (mantissa, exponent), as from :func:`numpy.frexp`: the number is mantissa * 2**exponent.

    ``cost`` has shape (...), ``weights`` and ``biases`` have shape (..., L). Zero, infinity and NaN
    stand in the mantissa, with exponent 0.
    """

    cost: tuple
    weights: tuple
    biases: tuple


def scaled_gradients(x, y, weights, biases, activation="sigmoid"):
    """Return what :func:`unstable_gradients.chain.gradients` returns, for chains of any depth.

    Where a result of ``chain.gradients`` is a normal number, ``numpy.ldexp(mantissa, exponent)`` is
    that number, to the last bit.

    Parameters
    ----------
    x, y : float or array of floats, shape (...)
        Input and target.
    weights, biases : shape (..., L)
        One for each layer; the leading shapes of all four broadcast.
    activation : str or Activation
        The name of an activation of :mod:`unstable_gradients.activations`.

    Returns
    -------
    ScaledGradients
        The mantissas in the precision of the arguments, the exponents as 64-bit integers.

    Raises
    ------
    TypeError
        If something is no real float: text, a symbol, a complex or an mpmath number.
    ValueError
        As :func:`unstable_gradients.chain.forward`.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        plain = chain.backward(chain.forward(x, weights, biases, activation), y)
        if not isinstance(plain.biases, np.ndarray) or plain.biases.dtype.kind != "f":
            raise TypeError("x, y, weights and biases must be real floats, or arrays of them")
        numbers = (np.asarray(n, dtype=plain.biases.dtype) for n in (x, y, weights, biases))
        cost, weights, biases = chain.scaled_pass(*numbers, activations.get(activation))
    shape = plain.cost.shape
    return ScaledGradients(_pair(cost, shape), _stacked(weights, shape), _stacked(biases, shape))


def log10_size(scaled):
    """Return log10(abs(number)) for a pair (mantissa, exponent) of any size; minus infinity for 0.

    Parameters
    ----------
    scaled : tuple of two arrays of the same shape
        One of the entries of :class:`ScaledGradients`.

    Returns
    -------
    array of float64, of that shape
    """
    mantissa, exponent = scaled
    with np.errstate(divide="ignore"):
        return np.log10(np.abs(np.asarray(mantissa, dtype=float))) + exponent * np.log10(2.0)


def _pair(number, shape):
    ordinary = np.isfinite(number.mantissa) & (number.mantissa != 0)
    exponent = np.where(ordinary, number.exponent, 0)
    return np.broadcast_to(number.mantissa, shape)[()], np.broadcast_to(exponent, shape)[()]


def _stacked(numbers, shape):
    mantissas, exponents = zip(*(_pair(number, shape) for number in numbers))
    return np.stack(mantissas, axis=-1), np.stack(exponents, axis=-1)
