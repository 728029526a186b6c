"""Many neurons in every layer: the passes of :mod:`~unstable_gradients.chain`, with matrices.

    z_l = W_l a_(l-1) + b_l,   a_l = sigma(z_l),   l = 1, ..., L,   a_0 = x

and on the way back, for delta_l = dC/dz_l,

    delta_l = sigma'(z_l) * (W_(l+1)^T delta_(l+1)),   dC/dW_l = delta_l a_(l-1)^T,   dC/db_l = delta_l.

An example is a row, so that many examples are a matrix, and W a is written ``a @ W.T``. The cost is
the mean over the examples. Axes before these two are many networks, or many sets of data, at once.

Source: M. A. Nielsen, Neural Networks and Deep Learning (2015), ch. 2, eqs. BP1 to BP4.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from . import activations, checks, costs, scaled


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron: its parameters, and how they are put together.

    Parameters
    ----------
    weights : sequence of L arrays, W_l of shape (..., n_l, n_(l-1))
    biases : sequence of L arrays, b_l of shape (..., n_l), optional
        All zero if left out.
    activation : str, Activation, or a sequence of L - 1 of them
        Of the hidden layers.
    output : str or Activation
        Of the last layer.
    cost : str or Cost
        A name of :mod:`unstable_gradients.costs`.
    gains : sequence of L arrays of shape (..., n_l), optional
        A layer that has one (not None) is batch-normalized: z_l = gain * (u - mean u) / sqrt(var u + epsilon) + b_l
        with u = W_l a_(l-1), mean and variance over the examples (Ioffe and Szegedy, ICML 2015, algorithm 1).
    shortcuts : dict of int to int
        ``{l: m}`` adds a_m to the output of the hidden layer l: a_l = sigma(z_l) + a_m, m < l (He et
        al., CVPR 2016). Layer 0 is the input.
    epsilon : float
        The epsilon of batch normalization, 0 or more.

    Attributes
    ----------
    leading : tuple of int
        How many networks there are: what the leading axes of all parameters broadcast to.

    Raises
    ------
    TypeError
        If something is not of the kind described.
    ValueError
        If shapes do not fit, or a name is unknown.
    """

    weights: tuple
    biases: tuple = None
    activation: object = "sigmoid"
    output: object = "sigmoid"
    cost: object = "quadratic"
    gains: tuple = None
    shortcuts: dict = field(default_factory=dict)
    epsilon: float = 1e-5
    leading: tuple = field(init=False)

    def __post_init__(self):
        weights = _arrays(self.weights, "weights", 2)
        if not weights:
            raise ValueError("weights must hold one matrix for each layer; there are none")
        for l, (below, above) in enumerate(zip(weights, weights[1:]), start=2):
            if above.shape[-1] != below.shape[-2]:
                raise ValueError(
                    f"weights[{l - 1}] must have {below.shape[-2]} columns, one for each neuron of layer {l - 1}; "
                    f"its shape is {above.shape}"
                )
        biases = self.biases
        if biases is None:
            biases = [np.zeros_like(w[..., 0]) for w in weights]
        biases = _one_for_each_neuron(biases, "biases", weights)
        gains = [None] * len(weights) if self.gains is None else self.gains
        gains = _one_for_each_neuron(gains, "gains", weights, optional=True)
        leading = _leading_axes(weights, [*biases, *(g for g in gains if g is not None)])
        set_ = object.__setattr__
        set_(self, "leading", leading)
        set_(self, "weights", weights)
        set_(self, "biases", biases)
        set_(self, "gains", gains)
        set_(self, "activation", _activations(self.activation, len(weights) - 1))
        set_(self, "output", activations.get(self.output, "output"))
        set_(self, "cost", costs.get(self.cost))
        set_(self, "shortcuts", _shortcuts(self.shortcuts, self.sizes))
        if self.cost is costs.CROSS_ENTROPY and self.output is not activations.SIGMOID:
            raise ValueError(
                f"output must be 'sigmoid' where the cost is 'cross_entropy'; it is {self.output.name!r}"
            )
        set_(self, "epsilon", checks.real(self.epsilon, "epsilon", "finite and not negative"))

    @property
    def sizes(self):
        """The number of inputs, then the number of neurons of every layer."""
        return (self.weights[0].shape[-1], *(w.shape[-2] for w in self.weights))


@dataclass(frozen=True)
class Trace:
    """What the forward pass computed. The index is the layer: ``a[0]`` is the input x, ``z[0]`` is None.

    Attributes
    ----------
    network : Network
    z, a, slope : list of arrays, shape (..., examples, n_l)
    standardized, spread : list
        For the batch-normalized layers: (u - mean u) / spread, and spread, the square root of var u + epsilon.
    """

    network: Network
    z: list
    a: list
    slope: list
    standardized: list
    spread: list


@dataclass(frozen=True)
class Gradients:
    """The cost and its derivatives; what belongs to layer l stands at l - 1.

    Attributes
    ----------
    cost : array, shape (...)
        The mean over the examples.
    weights, biases, gains : list of arrays
        In the shapes of the parameters; None for a layer without a gain.
    deltas : list of arrays, shape (..., examples, n_l)
        dC/dz_l, for every example.
    inputs : array, shape (..., examples, n_0)
        dC/dx.
    """

    cost: np.ndarray
    weights: list
    biases: list
    gains: list
    deltas: list
    inputs: np.ndarray

    @property
    def weight_norms(self):
        """The Frobenius norms of dC/dW_l, shape (..., L)."""
        return np.stack(self.norms[: len(self.weights)], axis=-1)

    @property
    def bias_norms(self):
        """The norms of dC/db_l, shape (..., L). Nielsen calls them the speeds at which the layers learn."""
        return np.stack(self.norms[len(self.weights) :], axis=-1)

    @property
    def norms(self):
        """All these in one list, first those of the weights, then those of the biases."""
        arrays = self.weights + self.biases
        if arrays[0].ndim == 2:  # one network: a dot product is the fastest sum of squares
            squares = [float(np.vdot(v, v)) for v in arrays]
            if scaled.squares_are_safe(min(squares), max(squares), arrays[0].dtype):
                return [math.sqrt(square) for square in squares]
        return [scaled.norm(w, (-2, -1)) for w in self.weights] + [scaled.norm(b, (-1,)) for b in self.biases]


def forward(network, x):
    """Run the network from its input to its output.

    Parameters
    ----------
    network : Network
    x : array, shape (..., examples, n_0)

    Returns
    -------
    Trace

    Raises
    ------
    TypeError, ValueError
        If ``network`` is no Network, or ``x`` is not of that shape.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, not {checks.described(network)}")
    x = _examples(x, "x", network.sizes[0], network.leading)
    with np.errstate(all="ignore"):
        return _forward(network, x)


def _forward(network, x):
    z, a, slope, standardized, spread = [None], [x], [None], [None], [None]
    layers = zip(network.weights, network.biases, network.gains, (*network.activation, network.output))
    for l, (w, b, gain, activation) in enumerate(layers, start=1):
        u, u_hat, s = a[-1] @ w.swapaxes(-1, -2), None, None
        if gain is not None:
            centered = u - np.mean(u, axis=-2, keepdims=True)
            s = np.sqrt(np.mean(centered * centered, axis=-2, keepdims=True) + network.epsilon)
            u_hat = centered / s
            u = gain[..., None, :] * u_hat
        z.append(u + b[..., None, :])
        value = activation.value(z[-1])
        a.append(value + a[network.shortcuts[l]] if l in network.shortcuts else value)
        slope.append(activation.slope(z[-1]))
        standardized.append(u_hat)
        spread.append(s)
    return Trace(network, z, a, slope, standardized, spread)


def backward(trace, y):
    """Return the cost and its gradient: the chain rule, from the output back to the input.

    Parameters
    ----------
    trace : Trace
        From :func:`forward`.
    y : array, shape (..., examples, n_L)
        The targets.

    Returns
    -------
    Gradients
        NaN in gives NaN out.

    Raises
    ------
    TypeError, ValueError
        If ``trace`` is no trace, or ``y`` is not of that shape.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace must be what forward returns, not {checks.described(trace)}")
    *leading, examples, outputs = trace.z[-1].shape
    y = _examples(y, "y", outputs, leading)
    if y.shape[-2] != examples:
        raise ValueError(f"y must have one row for each of the {examples} examples; it has {y.shape[-2]}")
    with np.errstate(all="ignore"):
        return _backward(trace, y)


def _backward(trace, y):
    network, last = trace.network, len(trace.network.weights)
    cost = np.mean(network.cost.value(network.output, trace.z[last], y), axis=-1)
    weights, biases, gains, deltas = [], [], [], []
    errors = [0] * last  # dC/da_l, as far as it has arrived
    delta = network.cost.delta(network.output, trace.z[last], y) / y.shape[-2]
    for l in reversed(range(1, last + 1)):
        if l < last:
            delta = trace.slope[l] * errors[l]  # dC/dz_l
        if l in network.shortcuts:
            m = network.shortcuts[l]
            errors[m] = errors[m] + errors[l]
        through, gain = delta, None  # dC/du: what W_l passes on
        if network.gains[l - 1] is not None:
            through, gain = _through_normalization(
                delta, network.gains[l - 1], trace.standardized[l], trace.spread[l]
            )
        deltas.insert(0, delta)
        gains.insert(0, gain)
        biases.insert(0, np.sum(delta, axis=-2))
        weights.insert(0, through.swapaxes(-1, -2) @ trace.a[l - 1])
        errors[l - 1] = errors[l - 1] + through @ network.weights[l - 1]
    return Gradients(cost, weights, biases, gains, deltas, inputs=errors[0])


def _through_normalization(delta, gain, standardized, spread):
    """Return dC/du and dC/dgain for z = gain * standardized + b; u moves its own mean and variance, too."""
    scaled_delta = gain[..., None, :] * delta
    along = np.mean(scaled_delta * standardized, axis=-2, keepdims=True)
    centered = scaled_delta - np.mean(scaled_delta, axis=-2, keepdims=True)
    return (centered - standardized * along) / spread, np.sum(delta * standardized, axis=-2)


def gradients(network, x, y):
    """Return the cost of the network and all its derivatives.

    Parameters
    ----------
    network : Network
    x : array, shape (..., examples, n_0)
    y : array, shape (..., examples, n_L)

    Returns
    -------
    Gradients

    Raises
    ------
    TypeError, ValueError
        As :func:`forward` and :func:`backward`.
    """
    return backward(forward(network, x), y)


def _arrays(values, name, ndim):
    values = checks.sequence(values, name, "one array for each layer")
    return tuple(_array(value, f"{name}[{i}]", ndim) for i, value in enumerate(values))


def _array(value, name, ndim):
    array = checks.real_array(value, name)
    if array.ndim < ndim or 0 in array.shape:
        kind = {1: "one number for each neuron", 2: "rows and columns"}[ndim]
        raise ValueError(
            f"{name} must have {kind} on its last axes, and none empty; its shape is {array.shape}"
        )
    return array


def _one_for_each_neuron(values, name, weights, optional=False):
    values = checks.sequence(values, name, "one array for each layer")
    if len(values) != len(weights):
        raise ValueError(
            f"{name} must have one entry for each of the {len(weights)} layers; it has {len(values)}"
        )
    arrays = []
    for i, (value, w) in enumerate(zip(values, weights)):
        if value is None and optional:
            arrays.append(None)
            continue
        array = _array(value, f"{name}[{i}]", 1)
        if array.shape[-1] != w.shape[-2]:
            raise ValueError(
                f"{name}[{i}] must have one number for each of the {w.shape[-2]} neurons of layer {i + 1}; "
                f"its shape is {array.shape}"
            )
        arrays.append(array)
    return tuple(arrays)


def _leading_axes(matrices, vectors):
    shapes = [*(m.shape[:-2] for m in matrices), *(v.shape[:-1] for v in vectors)]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"the leading axes of weights, biases and gains must broadcast; they are {shapes}"
        ) from None


def _activations(activation, hidden):
    if not isinstance(activation, (list, tuple)):
        return (activations.get(activation),) * hidden
    if len(activation) != hidden:
        raise ValueError(
            f"activation must be one, or one for each of the {hidden} hidden layers; there are {len(activation)}"
        )
    return tuple(activations.get(a, f"activation[{i}]") for i, a in enumerate(activation))


def _shortcuts(shortcuts, sizes):
    if not isinstance(shortcuts, dict):
        raise TypeError(
            f"shortcuts must be a dict of layer to earlier layer, not {checks.described(shortcuts)}"
        )
    whole = {}
    for l, m in shortcuts.items():
        l, m = checks.whole(l, "a layer in shortcuts"), checks.whole(m, "a layer in shortcuts")
        if not m < l < len(sizes) - 1:
            raise ValueError(
                f"shortcuts must lead from an earlier layer to a hidden one, 1 to {len(sizes) - 2}; "
                f"there is one from {m} to {l}"
            )
        if sizes[m] != sizes[l]:
            raise ValueError(
                f"shortcuts must join layers of the same width; layer {m} has {sizes[m]} neurons and layer {l} {sizes[l]}"
            )
        whole[l] = m
    return whole


def _examples(values, name, width, leading):
    array = _array(values, name, 2)
    if array.shape[-1] != width:
        raise ValueError(
            f"{name} must have {width} columns, one for each {'input' if name == 'x' else 'output'} of the network; "
            f"it has {array.shape[-1]}"
        )
    if array.ndim > 2:
        try:
            np.broadcast_shapes(array.shape[:-2], tuple(leading))
        except ValueError:
            raise ValueError(
                f"the leading axes of {name}, {array.shape[:-2]}, must broadcast with those of the network, {tuple(leading)}"
            ) from None
    return array
