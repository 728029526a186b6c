"""The chain: one neuron in every layer, and the gradient of its cost.

    z_l = w_l a_(l-1) + b_l,   a_l = sigma(z_l),   l = 1, ..., L,   a_0 = x,   C = (a_L - y)**2 / 2

:func:`forward` and :func:`backward` are written once, in plain arithmetic. Given symbols they
return the formula; given floats or arrays, the numbers; given mpmath numbers, the truth to any
number of digits; given complex numbers, what a complex-step check needs.

Source: M. A. Nielsen, Neural Networks and Deep Learning (2015), ch. 5, eq. 122.
"""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import activations, checks
from .scaled import Scaled


@dataclass(frozen=True)
class Trace:
    """What the forward pass computed. The index is the layer: ``a[0]`` is the input x, ``z[0]`` is None."""

    z: list
    a: list
    slope: list
    weights: list
    activation: activations.Activation


class Gradients(NamedTuple):
    """The cost (shape ``(...)``) and its derivatives (shape ``(..., L)``; layer j stands at j - 1).

    Symbols and mpmath numbers come in lists with one entry a layer.
    """

    cost: object
    weights: object
    biases: object


def forward(x, weights, biases, activation="sigmoid"):
    """Run the chain from its input to its output.

    Parameters
    ----------
    x : number or array, shape (...)
        The input.
    weights, biases : shape (..., L)
        One for each layer: L is the number of hidden layers plus one.
    activation : str or Activation
        The name of an activation of :mod:`unstable_gradients.activations`.

    Returns
    -------
    Trace
        z, a and sigma'(z) of every layer, in the type of number that came in.

    Raises
    ------
    TypeError
        If something is no number: text, a boolean, None.
    ValueError
        If the chain is empty, weights and biases differ in number, shapes do not fit, or the
        activation is unknown.
    """
    activation = activations.get(activation)
    x = checks.number(x, "x")
    weights, biases = checks.layers(weights, "weights"), checks.layers(biases, "biases")
    if len(weights) != len(biases):
        raise ValueError(
            f"weights and biases must have one entry for each layer; there are {len(weights)} weights and {len(biases)} biases"
        )
    _broadcast(x=x, weights=weights[0], biases=biases[0])
    return _forward(x, weights, biases, activation)


def _forward(x, weights, biases, activation):
    z, a, slope = [None], [x], [None]
    for w, b in zip(weights, biases):
        z.append(w * a[-1] + b)
        a.append(activation.value(z[-1]))
        slope.append(activation.slope(z[-1]))
    return Trace(z, a, slope, weights, activation)


def backward(trace, y):
    """Return the cost and its gradient: the chain rule, from the output back to the input.

    Parameters
    ----------
    trace : Trace
        From :func:`forward`.
    y : number or array, shape (...)
        The target.

    Returns
    -------
    Gradients
        In the type of number that came in. NaN in gives NaN out.

    Raises
    ------
    TypeError
        If ``y`` is no number, or ``trace`` no trace.
    ValueError
        If the shape of ``y`` does not fit the trace.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace must be what forward returns, not {type(trace).__name__}: {trace!r}")
    y = checks.number(y, "y")
    _broadcast(y=y, trace=trace.z[-1])
    return _gathered(*_backward(trace, y))


def _backward(trace, y):
    error = trace.activation.residual(trace.z[-1], y)  # dC/da_L
    cost = error * (error / 2)  # error * error could overflow alone
    weights, biases = [], []
    for l in reversed(range(1, len(trace.z))):
        delta = trace.slope[l] * error  # dC/dz_l, which is dC/db_l
        biases.insert(0, delta)
        weights.insert(0, trace.a[l - 1] * delta)
        error = trace.weights[l - 1] * delta  # dC/da_(l-1)
    return cost, weights, biases


def gradients(x, y, weights, biases, activation="sigmoid"):
    """Return the cost of the chain and all its derivatives.

    For real floats the result keeps full relative accuracy wherever it is a normal number, even
    where a partial product has left the range: such a pass is repeated with mantissa and exponent
    kept apart (:class:`~unstable_gradients.scaled.Scaled`). The one exception is the difference
    a_L - y of an activation without a residual of its own, such as tanh, where it cancels.

    Parameters
    ----------
    x, y : number or array, shape (...)
        Input and target.
    weights, biases : shape (..., L)
        One for each layer; the leading shapes of all four broadcast.
    activation : str or Activation
        The name of an activation of :mod:`unstable_gradients.activations`.

    Returns
    -------
    Gradients
        ``cost`` of shape (...), ``weights`` and ``biases`` of shape (..., L).

    Raises
    ------
    TypeError, ValueError
        As :func:`forward` and :func:`backward`.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        trace = forward(x, weights, biases, activation)
        plain = backward(trace, y)
        if not _is_real(plain.biases):
            return plain
        in_range = _stayed_in_range(trace, plain.biases)
        if np.all(in_range):
            return plain
        numbers = (np.asarray(n, dtype=plain.biases.dtype) for n in (x, y, weights, biases))
        repeated = _gathered(*scaled_pass(*numbers, trace.activation))
        # Chain by chain, so that one that left the range does not change the last bit of another.
        layers = in_range[..., np.newaxis]
        return Gradients(
            np.where(in_range, plain.cost, repeated.cost)[()],
            np.where(layers, plain.weights, repeated.weights),
            np.where(layers, plain.biases, repeated.biases),
        )


def scaled_pass(x, y, weights, biases, activation):
    """Return cost, weights and biases as :func:`gradients`, in Scaled numbers, one entry a layer; for real arrays."""
    x, y, *layers = (Scaled(n) for n in (x, y, weights, biases))
    return _backward(_forward(x, *(_unstacked(n) for n in layers), activation), y)


def _is_real(values):
    return isinstance(values, np.ndarray) and values.dtype in (np.float16, np.float32, np.float64)


def _stayed_in_range(trace, deltas):
    """Return, for each chain, whether every factor and every partial product is a normal number."""
    products = np.all(_is_normal(deltas), axis=-1)
    return functools.reduce(np.logical_and, map(_is_normal, (*trace.a[1:], *trace.slope[1:])), products)


def _is_normal(number):
    limits = np.finfo(np.asarray(number).dtype)
    return (np.abs(number) >= limits.tiny) & (np.abs(number) <= limits.max)


def _unstacked(scaled):
    mantissas, exponents = (np.moveaxis(part, -1, 0) for part in (scaled.mantissa, scaled.exponent))
    return [Scaled(m, e) for m, e in zip(mantissas, exponents)]


def _gathered(cost, weights, biases):
    """Return the Gradients, numbers that NumPy knows as arrays with the layers on the last axis."""
    cost, *numbers = (n.to_float() if isinstance(n, Scaled) else n for n in (cost, *weights, *biases))
    if not all(isinstance(n, (np.ndarray, np.generic, float, complex)) for n in numbers):
        return Gradients(cost, weights, biases)
    shape = np.broadcast_shapes(*(np.shape(n) for n in (cost, *numbers)))
    stacked = np.stack([np.broadcast_to(n, shape) for n in numbers], axis=-1)
    return Gradients(
        np.broadcast_to(cost, shape)[()], stacked[..., : len(weights)], stacked[..., len(weights) :]
    )


def _broadcast(**arguments):
    shapes = {name: np.shape(getattr(value, "mantissa", value)) for name, value in arguments.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"shapes must broadcast (for weights and biases: without their last axis); they are {found}"
        ) from None
