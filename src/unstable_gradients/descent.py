"""Gradient descent, with a record of everything that happened on the way."""

from dataclasses import dataclass

import numpy as np

from .checks import _described


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
        Where to begin; n is at least 1.
    rate : float
        The learning rate, positive.
    steps : int
        How many steps to take.

    Returns
    -------
    History
        A run that leaves the finite numbers is cut there and says so; it raises nothing and prints no
        warning. What ``cost_and_gradient`` raises is passed on.

    Raises
    ------
    TypeError
        If an argument is not of the kind described, or ``cost_and_gradient`` does not return a cost and a gradient.
    ValueError
        If ``start`` is not one-dimensional and finite, the rate not positive and finite, the number of
        steps negative, or the gradient not of the shape of ``start``.
    """
    if not callable(cost_and_gradient):
        raise TypeError(f"cost_and_gradient must be a function, not {_described(cost_and_gradient)}")
    theta = _start(start)
    rate = _rate(rate)
    steps = _steps(steps)
    parameters, gradients, costs = [], [], []
    diverged_at = None
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            # The function gets a copy, and its gradient is copied: it may reuse its arrays.
            cost, gradient = _evaluated(cost_and_gradient, theta.copy())
            parameters.append(theta)
            gradients.append(gradient)
            costs.append(cost)
            if not (np.isfinite(cost) and np.isfinite(gradient).all() and np.isfinite(theta).all()):
                diverged_at = k
                break
            theta = theta - rate * gradient
    return History(np.array(parameters), np.array(gradients), np.array(costs), diverged_at)


def _start(start):
    try:
        array = np.array(start)
    except ValueError:  # rows of different length
        array = None
    if array is None or array.dtype.kind not in "iuf":
        raise TypeError(f"start must be an array of real numbers, not {_described(start)}")
    theta = array.astype(float)
    if theta.ndim != 1 or theta.size == 0 or not np.isfinite(theta).all():
        raise ValueError(f"start must be one-dimensional, not empty and finite; it is {_described(start)}")
    return theta


def _rate(rate):
    array = np.asarray(rate)
    if array.ndim or array.dtype.kind not in "iuf":
        raise TypeError(f"rate must be one real number, not {_described(rate)}")
    if not (array > 0 and np.isfinite(array)):
        raise ValueError(f"rate must be positive and finite; it is {rate!r}")
    return float(array)


def _steps(steps):
    array = np.asarray(steps)
    if array.ndim or array.dtype.kind not in "iuf":
        raise TypeError(f"steps must be one whole number, not {_described(steps)}")
    if not (array >= 0 and np.isfinite(array) and int(array) == array):
        raise ValueError(f"steps must be a whole number, 0 or more; it is {steps!r}")
    return int(array)


def _evaluated(cost_and_gradient, theta):
    returned = cost_and_gradient(theta)
    try:
        cost, gradient = returned
    except (TypeError, ValueError):
        raise TypeError(
            f"cost_and_gradient must return two things, a cost and a gradient; it returned {_described(returned)}"
        ) from None
    cost, gradient = np.asarray(cost), np.array(gradient)
    if cost.ndim or cost.dtype.kind not in "iuf":
        raise TypeError(f"the cost must be one real number, not {_described(cost)}")
    if gradient.dtype.kind not in "iuf":
        raise TypeError(f"the gradient must be an array of real numbers, not {_described(gradient)}")
    if gradient.shape != theta.shape:
        raise ValueError(f"the gradient must have shape {theta.shape}, as start has; it has {gradient.shape}")
    return float(cost), gradient.astype(float)
