"""A published training run, with the random numbers that PyTorch drew for it, and many runs like it at once.

The run is from D. V. Godoy, Deep Learning with PyTorch Step-by-Step (2021), extra chapter. PyTorch takes
its random numbers from an MT19937 generator, and so can NumPy: :func:`start` and :func:`batches` return
what ``torch.nn.Linear`` and ``torch.utils.data.DataLoader`` return for the same seeds, bit for bit.
"""

import itertools
from dataclasses import dataclass, replace

import numpy as np

from . import checks, initializers
from . import network as networks


def start(sizes, seed):
    """Return the parameters that ``torch.nn.Linear`` draws, layer by layer from the front.

    Weights and biases are uniform between -1/sqrt(n_in) and 1/sqrt(n_in), in float32.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, then the number of neurons of every layer.
    seed : int
        Of ``torch.manual_seed``, just before the layers are made.

    Returns
    -------
    weights : list of arrays, W_l of shape (n_l, n_(l-1))
    biases : list of arrays, b_l of shape (n_l,)

    Raises
    ------
    TypeError, ValueError
        If a size or the seed is no whole number of the right range.
    """
    sizes = [
        checks.whole(n, f"sizes[{i}]", 1) for i, n in enumerate(checks.sequence(sizes, "sizes", "sizes"))
    ]
    raw = _stream(seed)
    weights, biases = [], []
    for n_in, n_out in itertools.pairwise(sizes):
        limit = float(np.float32(1 / np.sqrt(n_in)))
        for parameters, shape in ((weights, (n_out, n_in)), (biases, (n_out,))):
            shares = (raw(np.prod(shape)) & 0xFFFFFF) * 2.0**-24  # 24 bits: what a float32 holds
            drawn = shares * (2 * limit) - limit
            parameters.append(drawn.astype(np.float32).reshape(shape))
    return weights, biases


def starts(sizes, copies, rng):
    """Return parameters drawn as for :func:`start`, many at once, from a generator of NumPy.

    Parameters
    ----------
    sizes : sequence of int
    copies : int
        How many networks.
    rng : numpy.random.Generator

    Returns
    -------
    weights : list of arrays, W_l of shape (copies, n_l, n_(l-1))
    biases : list of arrays, b_l of shape (copies, n_l)

    Raises
    ------
    TypeError, ValueError
        If an argument is not of the kind described.
    """
    weights = initializers.weights("heuristic_uniform", sizes, rng, networks=(copies,))
    limits = [1 / np.sqrt(w.shape[-1]) for w in weights]
    biases = [rng.uniform(-limit, limit, w.shape[:-1]) for limit, w in zip(limits, weights)]
    return [w.astype(np.float32) for w in weights], [b.astype(np.float32) for b in biases]


def batches(examples, size, epochs, seed):
    """Return the rows of every batch, as a shuffling ``torch.utils.data.DataLoader`` visits them.

    Parameters
    ----------
    examples, size, epochs : int
        How many examples there are, how many belong to a batch, and how often all are seen.
    seed : int
        Of the generator, which is seeded once, before the first epoch.

    Returns
    -------
    list of arrays of int
        The last batch of an epoch is smaller where the numbers ask for it.

    Raises
    ------
    TypeError, ValueError
        If an argument is no whole number of the right range.
    """
    examples, size, epochs = (
        checks.whole(value, name, 1)
        for name, value in (("examples", examples), ("size", size), ("epochs", epochs))
    )
    raw = _stream(seed)
    rows = []
    for _ in range(epochs):
        raw(4)  # the loader draws seeds of its own before it shuffles
        order = np.arange(examples)
        for i, number in enumerate(raw(examples - 1)):
            j = i + int(number) % (examples - i)
            order[i], order[j] = order[j], order[i]
        rows += [order[first : first + size] for first in range(0, examples, size)]
    return rows


def _stream(seed):
    """Return a function that hands out the next 32-bit numbers of the MT19937 generator of this seed."""
    random = np.random.RandomState(checks.whole(seed, "seed"))
    return lambda count: random.randint(0, 2**32, size=int(count), dtype=np.uint32)


@dataclass(frozen=True)
class Runs:
    """Many training runs. Row k is what update k + 1 saw, before it was made.

    Attributes
    ----------
    costs : array, shape (updates, networks)
        Of each batch.
    means : array, shape (updates, networks)
        The means of dC/dW_1, all its entries: what the published run logs.
    norms : array, shape (updates, networks, L)
        The norms of dC/dW_l.
    """

    costs: np.ndarray
    means: np.ndarray
    norms: np.ndarray

    @property
    def ends(self):
        """The first update with a mean that is not finite, for each network; 0 if there is none."""
        lost = ~np.isfinite(self.means)
        return np.where(lost.any(axis=0), lost.argmax(axis=0) + 1, 0)

    @property
    def jumps(self):
        """The largest factor by which the norm of dC/dW_1 grows from one update to the next, as long as it is finite."""
        sizes = self.norms[..., 0].astype(float)
        with np.errstate(all="ignore"):
            factors = sizes[1:] / sizes[:-1]
        return np.max(factors, axis=0, initial=0, where=np.isfinite(factors))


def follow(network, x, y, rate, batches, clip=None):
    """Train many networks at once by plain gradient descent. Nothing stops a run, not even NaN.

    Parameters
    ----------
    network : Network
        With one leading axis, the networks; or without, where all start alike. It is left as it is.
    x, y : array, shape (examples, n_0) and (examples, n_L)
    rate : float
    batches : iterable of arrays of int, shape (networks, size) or (size,)
        The rows of each batch.
    clip : callable, optional
        As for :func:`unstable_gradients.descent.train`. It sees the gradients of all networks
        together, so it must treat each number by itself, as ``clip_by_value`` does.

    Returns
    -------
    Runs
    """
    costs, means, norms = [], [], []
    with np.errstate(all="ignore"):
        for rows in batches:
            g = networks.gradients(network, x[rows], y[rows])
            costs.append(g.cost)
            means.append(np.mean(g.weights[0], axis=(-2, -1)))
            norms.append(g.weight_norms)
            steps = [*g.weights, *g.biases]
            if clip is not None:
                steps = clip(steps)
            moved = [p - rate * step for p, step in zip((*network.weights, *network.biases), steps)]
            depth = len(network.weights)
            network = replace(network, weights=moved[:depth], biases=moved[depth:])
    return Runs(np.array(costs), np.array(means), np.array(norms))


def reordered(network, batches, copies, rng):
    """Return copies of a network with one hidden layer that compute the same sums, each in another order.

    The hidden neurons are permuted, which changes nothing but their names, and so are the rows of
    every batch. In exact arithmetic all copies are trained alike.

    Parameters
    ----------
    network : Network
        With one hidden layer and no leading axes.
    batches : sequence of arrays of int, shape (size,)
    copies : int
    rng : numpy.random.Generator

    Returns
    -------
    network : Network
        With a leading axis, the copies.
    batches : list of arrays of int, shape (copies, size)
    """
    neurons = _orders(network.sizes[1], copies, rng)
    (w_1, w_2), (b_1, b_2) = network.weights, network.biases
    copied = replace(
        network,
        weights=[w_1[neurons], w_2[:, neurons].swapaxes(0, 1)],
        biases=[b_1[neurons], np.tile(b_2, (copies, 1))],
    )
    return copied, [rows[_orders(len(rows), copies, rng)] for rows in batches]


def shuffled(examples, size, epochs, copies, rng):
    """Yield the rows of every batch for many runs at once, each in an order of its own, anew for each epoch.

    Parameters
    ----------
    examples, size, epochs, copies : int
    rng : numpy.random.Generator

    Yields
    ------
    array of int, shape (copies, size)
        The last of an epoch is smaller where the numbers ask for it.
    """
    for _ in range(epochs):
        order = _orders(examples, copies, rng)
        yield from (order[:, first : first + size] for first in range(0, examples, size))


def _orders(length, copies, rng):
    return rng.permuted(np.tile(np.arange(length), (copies, 1)), axis=1)
