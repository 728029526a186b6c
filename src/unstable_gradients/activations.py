"""Every activation once: its value, its exact slope and the largest slope it can have.

The functions are plain arithmetic on :mod:`~unstable_gradients.elementary`, so the SymPy expression
of an activation is its value at a symbol: ``SIGMOID.value(sympy.Symbol("z"))``.

At a kink there is no derivative, and a convention takes its place: here the slope at a kink is the
slope on its left, so that ReLU'(0) = 0. PyTorch has the same convention.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from . import checks
from .elementary import exp, log1p, positive, step, tanh


def _difference(activation):
    return lambda z, y: activation(z) - y


@dataclass(frozen=True)
class Activation:
    """An activation function sigma.

    Attributes
    ----------
    name : str
        What to write for ``activation=`` elsewhere in the package.
    value : callable
        z -> sigma(z), for every type of number that the package knows.
    slope : callable
        z -> sigma'(z), with full relative accuracy wherever the result is a normal number, except
        near the zeros that the slopes of GELU and SiLU have, and of GELU's far left, where its
        argument, which grows like z**3, is itself rounded.
    largest_slope : float
        The largest abs(sigma'(z)) over all real z.
    residual : callable
        (z, y) -> sigma(z) - y; the plain difference unless a better form is given.
    kinks : tuple of float
        Where value, slope or curvature jump.
    """

    name: str
    value: Callable
    slope: Callable
    largest_slope: float
    residual: Callable = None
    kinks: tuple = ()

    def __post_init__(self):
        if self.residual is None:
            object.__setattr__(self, "residual", _difference(self.value))


def _sigmoid(z):
    return 1 / (1 + exp(-z))


# The slope is usually written s(1 - s), which is exactly zero from z = 36.74 on, because s rounds to
# 1. sigma(-z) is 1 - sigma(z) without the subtraction, in the slope and in the residual alike.
SIGMOID = Activation(
    name="sigmoid",
    value=_sigmoid,
    slope=lambda z: _sigmoid(z) * _sigmoid(-z),
    largest_slope=1 / 4,
    residual=lambda z, y: _sigmoid(z) * (1 - y) - _sigmoid(-z) * y,
)

# tanh(z) = 2 sigma(2z) - 1, hence the slope; the value itself would lose its digits near z = 0.
TANH = Activation(
    name="tanh",
    value=tanh,
    slope=lambda z: 4 * SIGMOID.slope(2 * z),
    largest_slope=1.0,
)

# The output layer of a regression, and the linear networks in which everything can be solved.
IDENTITY = Activation(name="identity", value=lambda z: z, slope=lambda z: 0 * z + 1, largest_slope=1.0)

RELU = Activation(name="relu", value=positive, slope=step, largest_slope=1.0, kinks=(0.0,))

LEAK = 0.01  # A. L. Maas, A. Y. Hannun and A. Y. Ng, ICML workshop (2013)
LEAKY_RELU = Activation(
    name="leaky_relu",
    value=lambda z: positive(z) - LEAK * positive(-z),
    slope=lambda z: step(z) + LEAK * (1 - step(z)),
    largest_slope=1.0,
    kinks=(0.0,),
)


def _elu(alpha, scale):
    """Return value and slope of scale * (z if z > 0 else alpha * (e**z - 1))."""

    def value(z):
        negative = -positive(-z)
        # e**z - 1 = tanh(z / 2) (e**z + 1), without the subtraction
        return scale * (positive(z) + alpha * (tanh(negative / 2) * (exp(negative) + 1)))

    def slope(z):
        return scale * (step(z) + alpha * exp(-positive(-z)) * (1 - step(z)))

    return value, slope


# D.-A. Clevert, T. Unterthiner and S. Hochreiter, ICLR (2016), with alpha = 1
ELU = Activation("elu", *_elu(1.0, 1.0), largest_slope=1.0, kinks=(0.0,))

# G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, NeurIPS (2017), eq. 14: the two numbers
# for which mean 0 and variance 1 are a fixed point of the layer.
_TAIL = math.exp(1 / 2) * math.erfc(1 / math.sqrt(2))
SELU_ALPHA = -math.sqrt(2 / math.pi) / (_TAIL - 1)
SELU_SCALE = (
    (1 - _TAIL)
    * math.sqrt(2 * math.pi)
    / math.sqrt(
        2 * math.erfc(math.sqrt(2)) * math.exp(2)
        + math.pi * _TAIL**2
        - 2 * (2 + math.pi) * _TAIL
        + math.pi
        + 2
    )
)
SELU = Activation("selu", *_elu(SELU_ALPHA, SELU_SCALE), largest_slope=SELU_ALPHA * SELU_SCALE, kinks=(0.0,))

SOFTPLUS = Activation(
    name="softplus",
    value=lambda z: positive(z) + log1p(exp(-positive(z) - positive(-z))),  # log(1 + e**z)
    slope=_sigmoid,
    largest_slope=1.0,
)

# P. Ramachandran, B. Zoph and Q. V. Le, arXiv:1710.05941 (2017), there called Swish
SILU = Activation(
    name="silu",
    value=lambda z: z * _sigmoid(z),
    slope=lambda z: _sigmoid(z) * (1 + z * _sigmoid(-z)),
    largest_slope=1.099839320128867,
)

GELU_SCALE, GELU_CUBIC = math.sqrt(8 / math.pi), 0.044715


def _gelu_argument(z):
    return GELU_SCALE * (z + GELU_CUBIC * (z * z * z))


def _gelu_slope(z):
    u = _gelu_argument(z)
    q = z * (_sigmoid(u) * _sigmoid(-u))  # before z * z, which may overflow where q is 0
    return _sigmoid(u) + GELU_SCALE * (q + 3 * GELU_CUBIC * (q * z * z))


# The form with tanh, z (1 + tanh(u / 2)) / 2, of D. Hendrycks and K. Gimpel, arXiv:1606.08415 (2016):
# NumPy has no erf. It differs from z Phi(z) by less than 5e-4.
GELU = Activation(
    name="gelu",
    value=lambda z: z * _sigmoid(_gelu_argument(z)),
    slope=_gelu_slope,
    largest_slope=1.128993068658772,
)

ACTIVATIONS = {
    activation.name: activation
    for activation in (SIGMOID, TANH, IDENTITY, RELU, LEAKY_RELU, ELU, SELU, SOFTPLUS, SILU, GELU)
}


def get(activation, argument="activation"):
    """Return the :class:`Activation` of that name; an Activation is handed back as it is.

    ``argument`` is what a message of error calls it.

    Raises
    ------
    ValueError
        If there is no activation of that name.
    TypeError
        If ``activation`` is neither a name nor an Activation.
    """
    return checks.named(activation, argument, ACTIVATIONS)
