"""Random weights to start from: one rule for the variance each, and orthogonal matrices."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import checks


@dataclass(frozen=True)
class Initializer:
    """A rule for random weights of a layer.

    Attributes
    ----------
    name : str
    draw : callable
        (rng, shape (..., n_out, n_in)) -> weights of that shape.
    """

    name: str
    draw: Callable


def _normal(name, variance):
    """Return the initializer that draws from N(0, variance(n_in, n_out))."""

    def draw(rng, shape):
        return np.sqrt(variance(shape[-1], shape[-2])) * rng.standard_normal(shape)

    return Initializer(name, draw)


def _uniform(name, variance):
    """Return the initializer that draws from the uniform distribution of that variance, around 0."""

    def draw(rng, shape):
        limit = np.sqrt(3 * variance(shape[-1], shape[-2]))
        return rng.uniform(-limit, limit, shape)

    return Initializer(name, draw)


def _orthogonal(rng, shape):
    """Draw matrices with orthonormal rows or columns, uniformly; see F. Mezzadri, Notices of the AMS 54 (2007) 592-604."""
    wide = shape[-2] < shape[-1]
    tall = (*shape[:-2], max(shape[-2:]), min(shape[-2:]))
    q, r = np.linalg.qr(rng.standard_normal(tall))
    signs = np.sign(np.diagonal(r, axis1=-2, axis2=-1))  # without these the choice of QR would show
    q = q * signs[..., None, :]
    return q.swapaxes(-1, -2) if wide else q


INITIALIZERS = {
    initializer.name: initializer
    for initializer in (
        _normal("standard_normal", lambda n_in, n_out: 1.0),
        # Y. LeCun, L. Bottou, G. B. Orr and K.-R. Mueller, Efficient BackProp (1998), eq. 16
        _normal("lecun_normal", lambda n_in, n_out: 1 / n_in),
        _uniform("lecun_uniform", lambda n_in, n_out: 1 / n_in),
        # X. Glorot and Y. Bengio, AISTATS (2010), eqs. 1 (the "commonly used heuristic"), 12 and 16
        _uniform("heuristic_uniform", lambda n_in, n_out: 1 / (3 * n_in)),
        _normal("glorot_normal", lambda n_in, n_out: 2 / (n_in + n_out)),
        _uniform("glorot_uniform", lambda n_in, n_out: 2 / (n_in + n_out)),
        # K. He, X. Zhang, S. Ren and J. Sun, ICCV (2015), eq. 10
        _normal("he_normal", lambda n_in, n_out: 2 / n_in),
        _uniform("he_uniform", lambda n_in, n_out: 2 / n_in),
        # A. M. Saxe, J. L. McClelland and S. Ganguli, ICLR (2014)
        Initializer("orthogonal", _orthogonal),
    )
}


def get(initializer):
    """Return the :class:`Initializer` of that name; an Initializer is handed back as it is.

    Raises
    ------
    ValueError
        If there is no initializer of that name.
    TypeError
        If ``initializer`` is neither a name nor an Initializer.
    """
    return checks.named(initializer, "initializer", INITIALIZERS)


def weights(initializer, sizes, rng, gain=1.0, networks=()):
    """Draw the weights of a network, layer by layer from the front.

    Parameters
    ----------
    initializer : str or Initializer
        A name of ``INITIALIZERS``.
    sizes : sequence of int
        The number of inputs, then the number of neurons of every layer.
    rng : numpy.random.Generator
    gain : float
        Multiplies all weights.
    networks : tuple of int
        Leading axes: how many networks to draw at once.

    Returns
    -------
    list of arrays, W_l of shape (\\*networks, n_l, n_(l-1))

    Raises
    ------
    TypeError, ValueError
        If an argument is not of the kind described.
    """
    initializer = get(initializer)
    sizes, networks = _counts(sizes, "sizes"), _counts(networks, "networks")
    if len(sizes) < 2:
        raise ValueError(
            f"sizes must hold the number of inputs and that of the neurons of each layer; it is {sizes}"
        )
    rng = checks.generator(rng, "rng")
    gain = checks.real(gain, "gain", "finite")
    return [gain * initializer.draw(rng, (*networks, n_out, n_in)) for n_in, n_out in zip(sizes, sizes[1:])]


def _counts(values, name):
    numbers = checks.sequence(values, name, "whole numbers")
    return [checks.whole(n, f"{name}[{i}]", 1) for i, n in enumerate(numbers)]
