"""Gradient descent, with a record of everything that happened on the way.

:func:`descend` follows any function of a few parameters; :func:`train` follows a network, batch by batch.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from . import checks, scaled
from . import network as networks


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
        raise TypeError(f"cost_and_gradient must be a function, not {checks.described(cost_and_gradient)}")
    theta = _start(start)
    rate, steps = checks.real(rate, "rate", "positive and finite"), checks.whole(steps, "steps")
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


@dataclass(frozen=True)
class Divergence:
    """Where a training run left the finite numbers.

    Attributes
    ----------
    update : int
        The update that could not be made, counted from 1.
    layer : int
        The first layer, in the order of the computation, with a number that is not finite.
    quantity : str
        What is not finite there: "z", "a", "cost", "delta", "gradient" or "parameters"; for a layer
        with batch normalization also "spread", before z.
    """

    update: int
    layer: int
    quantity: str

    def __str__(self):
        return (
            f"update {self.update} could not be made: not finite is the {self.quantity} of layer {self.layer}"
        )


@dataclass(frozen=True)
class TrainingHistory:
    """A training run. Row k is what update k + 1 saw, before it was made.

    Attributes
    ----------
    network : Network
        After the last update; of a run that diverged, the last one whose parameters are finite.
    costs : array, shape (updates,)
        Of each batch.
    weight_norms, bias_norms : array, shape (updates, L)
        The norms of dC/dW_l and dC/db_l, before clipping.
    divergence : Divergence or None
        Where the run left the finite numbers; it ends there, with a last row that shows it.
    """

    network: networks.Network
    costs: np.ndarray
    weight_norms: np.ndarray
    bias_norms: np.ndarray
    divergence: Divergence | None


def minibatches(examples, size, epochs, rng):
    """Return the rows of every batch, in an order shuffled anew for each epoch.

    Parameters
    ----------
    examples, size, epochs : int
        How many examples there are, how many belong to a batch, and how often all are seen. The last
        batch of an epoch is smaller where the numbers ask for it.
    rng : numpy.random.Generator

    Returns
    -------
    list of arrays of int

    Raises
    ------
    TypeError, ValueError
        If one of the three is not a whole number, 1 or more, or ``rng`` no generator.
    """
    rng = checks.generator(rng, "rng")
    examples, size, epochs = (
        checks.whole(value, name, 1)
        for name, value in (("examples", examples), ("size", size), ("epochs", epochs))
    )
    orders = [rng.permutation(examples) for _ in range(epochs)]
    return [order[start : start + size] for order in orders for start in range(0, examples, size)]


def clip_by_value(gradients, limit):
    """Return the gradients with every number cut to the range from -limit to limit.

    The direction changes where some numbers are cut and others are not.

    Parameters
    ----------
    gradients : list of arrays
    limit : float
        Positive.

    Returns
    -------
    list of arrays, in the same shapes

    Raises
    ------
    TypeError, ValueError
        If the limit is not one positive number.
    """
    limit = checks.real(limit, "limit", "positive")
    return [np.clip(g, -limit, limit) for g in _arrays(gradients, "gradients")]


def clip_by_norm(gradients, limit):
    """Return the gradients, scaled down together so that their common norm is at most the limit.

    The direction stays (R. Pascanu, T. Mikolov and Y. Bengio, ICML 2013, algorithm 1).

    Parameters
    ----------
    gradients : list of arrays
    limit : float
        Positive.

    Returns
    -------
    list of arrays, in the same shapes

    Raises
    ------
    TypeError, ValueError
        If the limit is not one positive number.
    """
    limit = checks.real(limit, "limit", "positive")
    gradients = _arrays(gradients, "gradients")
    norm = scaled.norm(np.concatenate([np.ravel(g) for g in gradients]), (0,))
    if not norm > limit:
        return gradients
    with np.errstate(all="ignore"):  # an infinite gradient has no direction: it becomes NaN
        # Divided first: of huge gradients the norm, of tiny limits the quotient, may leave the range.
        return [g / norm * limit for g in gradients]


def _arrays(values, name):
    return [
        checks.real_array(v, f"{name}[{i}]") for i, v in enumerate(checks.sequence(values, name, "arrays"))
    ]


def train(network, x, y, rate, batches, clip=None, weight_decay=0.0, observe=None):
    """Train a network by gradient descent, batch by batch, and record every update.

    Parameters
    ----------
    network : Network
        Where to begin; it is left as it is.
    x, y : array, shape (examples, n_0) and (examples, n_L)
    rate : float
        The learning rate, positive.
    batches : iterable of int
        How many updates with all examples; or an iterable of the rows of each batch, as :func:`minibatches` returns.
    clip : callable, optional
        Takes the list of all gradients, returns a list to use instead, of the same shapes: as
        ``lambda g: clip_by_norm(g, 1.0)``.
    weight_decay : float
        Every update also multiplies the weights, not the biases, by 1 - rate * weight_decay.
    observe : callable, optional
        Called before every update with its number, from 1, the trace and the gradients. The arrays of
        the network that the trace holds change with the next update.

    Returns
    -------
    TrainingHistory
        A run that leaves the finite numbers is cut there and says where; it raises nothing and
        prints no warning.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of the kind described, or data or parameters are not finite at the start.
        What ``clip`` and ``observe`` raise is passed on.
    """
    x, y, batches = _training_data(network, x, y, batches)
    for name, function in (("clip", clip), ("observe", observe)):
        if not (function is None or callable(function)):
            raise TypeError(f"{name} must be a function, not {checks.described(function)}")
    rate = checks.real(rate, "rate", "positive and finite")
    decay = checks.real(weight_decay, "weight_decay", "finite and not negative")
    network = replace(
        network,
        weights=[w.copy() for w in network.weights],
        biases=[b.copy() for b in network.biases],
        gains=[None if g is None else g.copy() for g in network.gains],
    )
    gained = [l for l, gain in enumerate(network.gains) if gain is not None]
    parameters = [*network.weights, *network.biases, *(network.gains[l] for l in gained)]
    depth = len(network.weights)
    layers = [*range(1, depth + 1), *range(1, depth + 1), *(l + 1 for l in gained)]
    harmless = math.sqrt(min(np.finfo(p.dtype).max for p in parameters)) / rate
    uncertain = clip is not None or gained or decay > 1 or rate * decay > 1
    costs, norms, divergence = [], [], None
    with np.errstate(all="ignore"):
        for update, rows in enumerate(batches, start=1):
            inputs, targets = _batch(x, y, rows, update)
            trace = networks.forward(network, inputs)
            g = networks.backward(trace, targets)
            costs.append(g.cost)
            norms.append(g.norms)
            if observe is not None:
                observe(update, trace, g)
            size = sum(norms[-1])
            # A sum of squares is the fastest way to see that all is finite; if it is not, look closer.
            watched = trace.z[1:]
            if gained:
                watched += [v for l in gained for v in (trace.spread[l + 1], g.gains[l])]
            if not math.isfinite(size + g.cost + sum([np.vdot(v, v) for v in watched])):
                divergence = _first_not_finite(update, trace, g)
                if divergence is not None:
                    break
            steps = g.weights + g.biases
            if gained:
                steps += [g.gains[l] for l in gained]
            if clip is not None:
                steps = _clipped(clip, steps)
            if decay:
                steps = [step + decay * p for step, p in zip(steps[:depth], parameters)] + steps[depth:]
            # Below this size no step can take a parameter out of the range.
            if uncertain or size > harmless:
                moved = [(p - rate * step).astype(p.dtype) for p, step in zip(parameters, steps)]
                divergence = _left_range(update, layers, moved)
                if divergence is not None:
                    break
            for p, step in zip(parameters, steps):
                p -= rate * step
            del trace, g  # the next pass finds their memory still in the cache
    norms = np.reshape(norms, (-1, 2 * depth))
    return TrainingHistory(network, np.array(costs), norms[:, :depth], norms[:, depth:], divergence)


def _batch(x, y, rows, update):
    try:
        inputs, targets = x[rows], y[rows]
    except IndexError:
        inputs = targets = np.empty(0)
    if inputs.ndim != 2 or not len(inputs):
        raise ValueError(
            f"batches must hold, for every update, a list of rows between 0 and {len(x) - 1}; "
            f"for update {update} it holds {checks.described(rows)}"
        )
    return inputs, targets


def _clipped(clip, gradients):
    clipped = _arrays(clip(gradients), "clip(gradients)")
    shapes, expected = [g.shape for g in clipped], [g.shape for g in gradients]
    if shapes != expected:
        raise ValueError(f"clip(gradients) must have the shapes {expected}; they are {shapes}")
    return clipped


def _first_not_finite(update, trace, g):
    """Return the Divergence of this pass, in the order of its computation, or None."""
    last = len(g.weights)
    for l in range(1, last + 1):
        for quantity, values in (("spread", trace.spread[l]), ("z", trace.z[l]), ("a", trace.a[l])):
            if not (values is None or np.isfinite(values).all()):
                return Divergence(update, l, quantity)
    if not np.isfinite(g.cost):
        return Divergence(update, last, "cost")
    for l in reversed(range(1, last + 1)):
        if not np.isfinite(g.deltas[l - 1]).all():
            return Divergence(update, l, "delta")
        if not all(
            v is None or np.isfinite(v).all() for v in (g.weights[l - 1], g.biases[l - 1], g.gains[l - 1])
        ):
            return Divergence(update, l, "gradient")
    return None  # a square may be infinite where no number is


def _left_range(update, layers, parameters):
    left = [l for l, p in zip(layers, parameters) if not np.isfinite(p).all()]
    return Divergence(update, min(left), "parameters") if left else None


def _training_data(network, x, y, batches):
    if not isinstance(network, networks.Network):
        raise TypeError(f"network must be a Network, not {checks.described(network)}")
    if network.leading:
        raise ValueError(
            f"network must be one network; the leading axes of its parameters, {network.leading}, make it many"
        )
    x, y = checks.real_array(x, "x"), checks.real_array(y, "y")
    for name, array, width in (("x", x, network.sizes[0]), ("y", y, network.sizes[-1])):
        if array.ndim != 2 or array.shape[1] != width or not len(array):
            raise ValueError(f"{name} must have the shape (examples, {width}); its shape is {array.shape}")
    if len(x) != len(y):
        raise ValueError(f"x and y must have one row for each example; they have {len(x)} and {len(y)}")
    gains = [gain for gain in network.gains if gain is not None]
    given = {"x": [x], "y": [y], "weights": network.weights, "biases": network.biases, "gains": gains}
    for name, arrays in given.items():
        if not all(np.isfinite(array).all() for array in arrays):
            raise ValueError(f"{name} must be finite at the start")
    if isinstance(batches, (int, np.integer)) and not isinstance(batches, bool):
        return x, y, [slice(None)] * checks.whole(batches, "batches")
    if isinstance(batches, (str, bytes)) or not hasattr(batches, "__iter__"):
        raise TypeError(
            f"batches must be a number of updates, or the rows of each batch, not {checks.described(batches)}"
        )
    return x, y, batches


def _start(start):
    theta = checks.real_array(start, "start").astype(float)
    if theta.ndim != 1 or theta.size == 0 or not np.isfinite(theta).all():
        raise ValueError(
            f"start must be one-dimensional, not empty and finite; it is {checks.described(start)}"
        )
    return theta


def _evaluated(cost_and_gradient, theta):
    returned = cost_and_gradient(theta)
    try:
        cost, gradient = returned
    except (TypeError, ValueError):
        raise TypeError(
            f"cost_and_gradient must return two things, a cost and a gradient; it returned {checks.described(returned)}"
        ) from None
    cost, gradient = checks.real(cost, "the cost"), checks.real_array(gradient, "the gradient").astype(float)
    if gradient.shape != theta.shape:
        raise ValueError(f"the gradient must have shape {theta.shape}, as start has; it has {gradient.shape}")
    return cost, gradient
