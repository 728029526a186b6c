"""The chain at any depth: gradients as mantissa and exponent, which neither vanish nor explode."""

from typing import NamedTuple

import numpy as np

from . import activations, chain


class ScaledGradients(NamedTuple):
    """Each a pair of arrays (mantissa, exponent), as from :func:`numpy.frexp`: the number is mantissa * 2**exponent.

    ``cost`` has shape (...), ``weights`` and ``biases`` have shape (..., L).
    """

    cost: tuple
    weights: tuple
    biases: tuple


def scaled_gradients(x, y, weights, biases, activation="sigmoid"):
    """Return what :func:`unstable_gradients.chain.gradients` returns, for chains of any depth.

    Parameters and errors are the same. A base-10 logarithm of the size is
    ``np.log10(np.abs(mantissa)) + exponent * np.log10(2)``.

    Returns
    -------
    ScaledGradients
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        plain = chain.backward(chain.forward(x, weights, biases, activation), y)
        if not isinstance(plain.biases, np.ndarray) or plain.biases.dtype.kind != "f":
            raise TypeError("x, y, weights and biases must be real floats, or arrays of them")
        numbers = (np.asarray(n, dtype=plain.biases.dtype) for n in (x, y, weights, biases))
        cost, weights, biases = chain.scaled_pass(*numbers, activations.get(activation))
    return ScaledGradients(_pair(cost, plain.cost.shape), _stacked(weights, plain.cost.shape), _stacked(biases, plain.cost.shape))


def _pair(number, shape):
    exponent = np.where(number.mantissa == 0, 0, number.exponent)
    return np.broadcast_to(number.mantissa, shape)[()], np.broadcast_to(exponent, shape)[()]


def _stacked(numbers, shape):
    mantissas, exponents = zip(*(_pair(number, shape) for number in numbers))
    return np.stack(mantissas, axis=-1), np.stack(exponents, axis=-1)
