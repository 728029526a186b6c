"""Gradient descent, with a record of everything that happened on the way."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class History:
    """A run of gradient descent. Row k is the state after k steps; row 0 is the start.

    Attributes
    ----------
    parameters, gradients : array, shape (steps + 1, n)
    costs : array, shape (steps + 1,)
    diverged_at : int or None
        The first row in which the cost, the gradient or a parameter is not finite. The run ends there.
    """

    parameters: np.ndarray
    gradients: np.ndarray
    costs: np.ndarray
    diverged_at: int | None


def descend(cost_and_gradient, start, rate, steps):
    """Take steps against the gradient: theta <- theta - rate * gradient.

    Parameters
    ----------
    cost_and_gradient : callable
        Takes an array of shape (n,), returns the cost and its gradient, of shape (n,).
    start : array, shape (n,)
        Where to begin.
    rate : float
        The learning rate, positive.
    steps : int
        How many steps to take.

    Returns
    -------
    History
        A run that leaves the finite numbers is cut there and says so; it raises nothing and prints no warning.

    Raises
    ------
    ValueError
        If ``start`` is not one-dimensional and finite, the rate not positive and finite, the number of
        steps negative, or the gradient not of the shape of ``start``.
    """
    theta = np.array(start, dtype=float)
    if theta.ndim != 1 or not np.all(np.isfinite(theta)):
        raise ValueError(f"start must be one-dimensional and finite; it is {start!r}")
    if not (rate > 0 and np.isfinite(rate)):
        raise ValueError(f"rate must be positive and finite; it is {rate!r}")
    if steps != int(steps) or steps < 0:
        raise ValueError(f"steps must be a whole number, 0 or more; it is {steps!r}")
    parameters, gradients, costs = [], [], []
    diverged_at = None
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(int(steps) + 1):
            cost, gradient = cost_and_gradient(theta)
            gradient = np.asarray(gradient, dtype=float)
            if gradient.shape != theta.shape:
                raise ValueError(f"the gradient must have shape {theta.shape}; it has {gradient.shape}")
            parameters.append(theta)
            gradients.append(gradient)
            costs.append(float(cost))
            if not (np.isfinite(cost) and np.all(np.isfinite(gradient)) and np.all(np.isfinite(theta))):
                diverged_at = k
                break
            theta = theta - rate * gradient
    return History(np.array(parameters), np.array(gradients), np.array(costs), diverged_at)
