"""What a network pays: the cost of its outputs, and the derivative with which the way back begins."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import checks
from .activations import SOFTPLUS


@dataclass(frozen=True)
class Cost:
    """A cost of the last layer, for one example.

    Attributes
    ----------
    name : str
        What to write for ``cost=`` elsewhere in the package.
    value : callable
        (activation of the last layer, z, y) -> cost, for arrays of shape (..., outputs) one of shape (...).
    delta : callable
        (activation of the last layer, z, y) -> dC/dz, of shape (..., outputs).
    """

    name: str
    value: Callable
    delta: Callable


def _quadratic_value(activation, z, y):
    error = activation.residual(z, y)
    return np.sum(error * (error / 2), axis=-1)


# Half the squared distance, as for the chain.
QUADRATIC = Cost(
    name="quadratic",
    value=_quadratic_value,
    delta=lambda activation, z, y: activation.slope(z) * activation.residual(z, y),
)

# The mean over the outputs, without the half: what libraries call MSE.
MEAN_SQUARES = Cost(
    name="mean_squares",
    value=lambda activation, z, y: np.mean(activation.residual(z, y) ** 2, axis=-1),
    delta=lambda activation, z, y: activation.slope(z) * activation.residual(z, y) * (2 / np.shape(z)[-1]),
)

# For sigmoid outputs: -[y ln a + (1 - y) ln(1 - a)], summed over the outputs. The slope of the last
# layer cancels (M. A. Nielsen, 2015, eq. 68). softplus(-z) is -ln a, without a logarithm of 0.
CROSS_ENTROPY = Cost(
    name="cross_entropy",
    value=lambda activation, z, y: np.sum(y * SOFTPLUS.value(-z) + (1 - y) * SOFTPLUS.value(z), axis=-1),
    delta=lambda activation, z, y: activation.residual(z, y),
)

COSTS = {cost.name: cost for cost in (QUADRATIC, MEAN_SQUARES, CROSS_ENTROPY)}


def get(cost):
    """Return the :class:`Cost` of that name; a Cost is handed back as it is.

    Raises
    ------
    ValueError
        If there is no cost of that name.
    TypeError
        If ``cost`` is neither a name nor a Cost.
    """
    return checks.named(cost, "cost", COSTS)
