"""Every activation once: its value, its exact slope and the largest slope it can have.

The functions are plain arithmetic on :func:`~unstable_gradients.elementary.exp`, so the SymPy
expression of an activation is its value at a symbol: ``SIGMOID.value(sympy.Symbol("z"))``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .elementary import exp, tanh


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
        z -> sigma'(z), with full relative accuracy wherever the result is a normal number.
    largest_slope : float
        The largest abs(sigma'(z)) over all real z.
    residual : callable
        (z, y) -> sigma(z) - y; the plain difference unless a better form is given.
    """

    name: str
    value: Callable
    slope: Callable
    largest_slope: float
    residual: Callable = None

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

ACTIVATIONS = {activation.name: activation for activation in (SIGMOID, TANH)}


def get(activation):
    """Return the :class:`Activation` of that name; an Activation is handed back as it is.

    Raises
    ------
    ValueError
        If there is no activation of that name.
    TypeError
        If ``activation`` is neither a name nor an Activation.
    """
    if isinstance(activation, Activation):
        return activation
    if not isinstance(activation, str):
        raise TypeError(
            f"activation must be a name or an Activation, not {type(activation).__name__}: {activation!r}"
        )
    if activation not in ACTIVATIONS:
        known = ", ".join(repr(name) for name in ACTIVATIONS)
        raise ValueError(f"activation {activation!r} is not known; known are {known}")
    return ACTIVATIONS[activation]
