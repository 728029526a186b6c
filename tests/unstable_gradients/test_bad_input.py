"""Bad input: every row was tried, and is refused with an error that names the argument, what came, what was expected.

``python tests/unstable_gradients/test_bad_input.py`` prints the table in Markdown. Of the chain, see test_checks.py.
"""

# ruff: noqa: F401  (the rows use what is imported)

import re

import numpy as np
import pytest

from unstable_gradients import activations, costs, datasets, descent, initializers, network
from unstable_gradients.descent import clip_by_norm, clip_by_value, minibatches, train
from unstable_gradients.network import Network

rng = np.random.default_rng(1)
W = [rng.standard_normal((4, 3)), rng.standard_normal((2, 4))]
B = [rng.standard_normal(4), rng.standard_normal(2)]
x, y = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
net = Network(W, B)
many = Network([np.stack([w, w]) for w in W], B)
trace = network.forward(net, x)
nan, inf = np.nan, np.inf


def with_one(array, value):
    array = array.copy()
    array.flat[0] = value
    return array


T, V = TypeError, ValueError
# fmt: off
TRIED = [  # what, error, beginning of the message
    # The network
    ("Network(7)", T, "weights must be a list of one array for each layer, not int: 7"),
    ("Network(W[0])", T, "weights must be a list of one array for each layer, not ndarray: array("),
    ("Network([])", V, "weights must hold one matrix for each layer; there are none"),
    ("Network([W[0], 'W2'])", T, "weights[1] must be an array of real numbers, not str: 'W2'"),
    ("Network([1j * W[0]])", T, "weights[0] must be an array of real numbers, not ndarray: array([["),
    ("Network([[[1.0, 2.0], [3.0]]])", T, "weights[0] must be an array of real numbers, not list: [[1.0, 2.0], [3.0]]"),
    ("Network([[[True, False]]])", T, "weights[0] must be an array of real numbers, not list: [[True, False]]"),
    ("Network([[1.0, 2.0]])", V, "weights[0] must have rows and columns on its last axes, and none empty; its shape is (2,)"),
    ("Network([np.ones((0, 3))])", V, "weights[0] must have rows and columns on its last axes, and none empty; its shape is (0, 3)"),
    ("Network([W[0], W[0]])", V, "weights[1] must have 4 columns, one for each neuron of layer 1; its shape is (4, 3)"),
    ("Network(W, B[0])", T, "biases must be a list of one array for each layer, not ndarray: array("),
    ("Network(W, B[:1])", V, "biases must have one entry for each of the 2 layers; it has 1"),
    ("Network(W, [B[0], None])", T, "biases[1] must be an array of real numbers, not NoneType: None"),
    ("Network(W, [B[0], 0.5])", V, "biases[1] must have one number for each neuron on its last axes, and none empty; its shape is ()"),
    ("Network(W, [B[0], B[0]])", V, "biases[1] must have one number for each of the 2 neurons of layer 2; its shape is (4,)"),
    ("Network(W, B, gains=[None])", V, "gains must have one entry for each of the 2 layers; it has 1"),
    ("Network(W, B, gains=[B[1], None])", V, "gains[0] must have one number for each of the 4 neurons of layer 1; its shape is (2,)"),
    ("Network([np.ones((3, 4, 3)), np.ones((2, 2, 4))])", V, "the leading axes of weights, biases and gains must broadcast; they are [(3,), (2,), (3,), (2,)]"),
    ("Network(W, B, 'rleu')", V, "activation 'rleu' is not known; known are 'sigmoid', 'tanh', 'identity', 'relu', "),
    ("Network(W, B, None)", T, "activation must be a name or an Activation, not NoneType: None"),
    ("Network(W, B, ['tanh', 'tanh'])", V, "activation must be one, or one for each of the 1 hidden layers; there are 2"),
    ("Network(W, B, ['rleu'])", V, "activation[0] 'rleu' is not known; known are "),
    ("Network(W, B, output='softmax')", V, "output 'softmax' is not known; known are 'sigmoid', "),
    ("Network(W, B, output=np.tanh)", T, "output must be a name or an Activation, not ufunc: <ufunc 'tanh'>"),
    ("Network(W, B, cost='hinge')", V, "cost 'hinge' is not known; known are 'quadratic', 'mean_squares', 'cross_entropy'"),
    ("Network(W, B, cost=3)", T, "cost must be a name or a Cost, not int: 3"),
    ("Network(W, B, output='tanh', cost='cross_entropy')", V, "output must be 'sigmoid' where the cost is 'cross_entropy'; it is 'tanh'"),
    ("Network(W, B, shortcuts=[(2, 1)])", T, "shortcuts must be a dict of layer to earlier layer, not list: [(2, 1)]"),
    ("Network(W, B, shortcuts={'1': 0})", T, "a layer in shortcuts must be one whole number, not str: '1'"),
    ("Network(W, B, shortcuts={1: -1})", V, "a layer in shortcuts must be a whole number, 0 or more; it is -1"),
    ("Network(W, B, shortcuts={1: 1})", V, "shortcuts must lead from an earlier layer to a hidden one, 1 to 1; there is one from 1 to 1"),
    ("Network(W, B, shortcuts={2: 1})", V, "shortcuts must lead from an earlier layer to a hidden one, 1 to 1; there is one from 1 to 2"),
    ("Network(W, B, shortcuts={1: 0})", V, "shortcuts must join layers of the same width; layer 0 has 3 neurons and layer 1 4"),
    ("Network(W, B, epsilon=-1e-5)", V, "epsilon must be finite and not negative; it is -1e-05"),
    ("Network(W, B, epsilon=nan)", V, "epsilon must be finite and not negative; it is nan"),
    ("Network(W, B, epsilon='small')", T, "epsilon must be one real number, not str: 'small'"),
    # Its passes
    ("network.forward(W, x)", T, "network must be a Network, not list: [array("),
    ("network.forward(net, 'x')", T, "x must be an array of real numbers, not str: 'x'"),
    ("network.forward(net, x[0])", V, "x must have rows and columns on its last axes, and none empty; its shape is (3,)"),
    ("network.forward(net, x[:0])", V, "x must have rows and columns on its last axes, and none empty; its shape is (0, 3)"),
    ("network.forward(net, x.T)", V, "x must have 3 columns, one for each input of the network; it has 5"),
    ("network.forward(many, np.ones((3, 5, 3)))", V, "the leading axes of x, (3,), must broadcast with those of the network, (2,)"),
    ("network.backward(net, y)", T, "trace must be what forward returns, not Network: Network("),
    ("network.backward(trace, None)", T, "y must be an array of real numbers, not NoneType: None"),
    ("network.backward(trace, x)", V, "y must have 2 columns, one for each output of the network; it has 3"),
    ("network.backward(trace, y[:1])", V, "y must have one row for each of the 5 examples; it has 1"),
    ("network.gradients(net, np.ones((2, 5, 3)), np.ones((3, 5, 2)))", V, "the leading axes of y, (3,), must broadcast with those of the network, (2,)"),
    # Names and random weights
    ("activations.get('swish')", V, "activation 'swish' is not known; known are "),
    ("costs.get(None)", T, "cost must be a name or a Cost, not NoneType: None"),
    ("initializers.get('glorot')", V, "initializer 'glorot' is not known; known are 'standard_normal', "),
    ("initializers.get(['he_normal'])", T, "initializer must be a name or an Initializer, not list: ['he_normal']"),
    ("initializers.weights('xavier', [3, 2], rng)", V, "initializer 'xavier' is not known; known are "),
    ("initializers.weights('he_normal', 3, rng)", T, "sizes must be a list of whole numbers, not int: 3"),
    ("initializers.weights('he_normal', [3], rng)", V, "sizes must hold the number of inputs and that of the neurons of each layer; it is [3]"),
    ("initializers.weights('he_normal', [3, 0], rng)", V, "sizes[1] must be a whole number, 1 or more; it is 0"),
    ("initializers.weights('he_normal', [3, 2.5], rng)", V, "sizes[1] must be a whole number, 1 or more; it is 2.5"),
    ("initializers.weights('he_normal', [3, True], rng)", T, "sizes[1] must be one whole number, not bool: True"),
    ("initializers.weights('he_normal', [3, 2], 1)", T, "rng must be a numpy.random.Generator, as numpy.random.default_rng(1), not int: 1"),
    ("initializers.weights('he_normal', [3, 2], rng, gain='2')", T, "gain must be one real number, not str: '2'"),
    ("initializers.weights('he_normal', [3, 2], rng, gain=inf)", V, "gain must be finite; it is inf"),
    ("initializers.weights('he_normal', [3, 2], rng, networks=4)", T, "networks must be a list of whole numbers, not int: 4"),
    ("initializers.weights('he_normal', [3, 2], rng, networks=(4, -1))", V, "networks[1] must be a whole number, 1 or more; it is -1"),
    # Data
    ("datasets.one_hot([0, 3, 10], 10)", V, "labels must be whole numbers from 0 to 9; labels[2] is 10"),
    ("datasets.one_hot([0, -1], 10)", V, "labels must be whole numbers from 0 to 9; labels[1] is -1"),
    ("datasets.one_hot([0.5], 10)", V, "labels must be whole numbers from 0 to 9; labels[0] is 0.5"),
    ("datasets.one_hot([True], 10)", T, "labels must be an array of real numbers, not list: [True]"),
    ("datasets.one_hot(['3'], 10)", T, "labels must be an array of real numbers, not list: ['3']"),
    ("datasets.one_hot([[1], [2, 3]], 10)", T, "labels must be an array of real numbers, not list: [[1], [2, 3]]"),
    ("datasets.one_hot([[1, 2]], 10)", V, "labels must have one axis; their shape is (1, 2)"),
    ("datasets.one_hot([0], 0)", V, "classes must be a whole number, 1 or more; it is 0"),
    ("datasets.one_hot([0], '10')", T, "classes must be one whole number, not str: '10'"),
    ("datasets.standardize('values')", T, "values must be an array of real numbers, not str: 'values'"),
    ("datasets.standardize(x[0])", V, "values must have rows and columns; their shape is (3,)"),
    ("datasets.standardize(x[:0])", V, "values must have rows and columns; their shape is (0, 3)"),
    ("datasets.standardize(np.array([[0.3, 0.1]] * 9) * [[1, 2]] + np.arange(9)[:, None] * [[1, 0]])", V, "every column of values must vary; column 1 does not"),
    ("datasets.standardize(with_one(x, nan))", V, "values must be finite"),
    # Training
    ("minibatches(0, 32, 2, rng)", V, "examples must be a whole number, 1 or more; it is 0"),
    ("minibatches(100, 2.5, 2, rng)", V, "size must be a whole number, 1 or more; it is 2.5"),
    ("minibatches(100, 32, None, rng)", T, "epochs must be one whole number, not NoneType: None"),
    ("minibatches(100, 32, 2, 42)", T, "rng must be a numpy.random.Generator, as numpy.random.default_rng(1), not int: 42"),
    ("clip_by_norm(W, 0)", V, "limit must be positive; it is 0"),
    ("clip_by_norm(W, '1')", T, "limit must be one real number, not str: '1'"),
    ("clip_by_norm(W[0], 1.0)", T, "gradients must be a list of arrays, not ndarray: array("),
    ("clip_by_value(W, nan)", V, "limit must be positive; it is nan"),
    ("clip_by_value([W[0], None], 1.0)", T, "gradients[1] must be an array of real numbers, not NoneType: None"),
    ("train(W, x, y, 0.1, 3)", T, "network must be a Network, not list: [array("),
    ("train(many, x, y, 0.1, 3)", V, "network must be one network; the leading axes of its parameters, (2,), make it many"),
    ("train(Network(W, [np.ones((6, 4)), B[1]]), x, y, 0.1, 3)", V, "network must be one network; the leading axes of its parameters, (6,), make it many"),
    ("train(net, 0.3, y, 0.1, 3)", V, "x must have the shape (examples, 3); its shape is ()"),
    ("train(net, x[:, :2], y, 0.1, 3)", V, "x must have the shape (examples, 3); its shape is (5, 2)"),
    ("train(net, x[:0], y[:0], 0.1, 3)", V, "x must have the shape (examples, 3); its shape is (0, 3)"),
    ("train(net, x, y[:, 0], 0.1, 3)", V, "y must have the shape (examples, 2); its shape is (5,)"),
    ("train(net, x, ['a'] * 5, 0.1, 3)", T, "y must be an array of real numbers, not list: ['a', 'a', 'a', 'a', 'a']"),
    ("train(net, x, y[:4], 0.1, 3)", V, "x and y must have one row for each example; they have 5 and 4"),
    ("train(net, with_one(x, nan), y, 0.1, 3)", V, "x must be finite at the start"),
    ("train(net, x, with_one(y, inf), 0.1, 3)", V, "y must be finite at the start"),
    ("train(Network([with_one(W[0], inf), W[1]], B), x, y, 0.1, 3)", V, "weights must be finite at the start"),
    ("train(Network(W, [with_one(B[0], nan), B[1]]), x, y, 0.1, 3)", V, "biases must be finite at the start"),
    ("train(Network(W, B, gains=[with_one(B[0], nan), None]), x, y, 0.1, 3)", V, "gains must be finite at the start"),
    ("train(net, x, y, 0, 3)", V, "rate must be positive and finite; it is 0"),
    ("train(net, x, y, inf, 3)", V, "rate must be positive and finite; it is inf"),
    ("train(net, x, y, '0.1', 3)", T, "rate must be one real number, not str: '0.1'"),
    ("train(net, x, y, 0.1, -3)", V, "batches must be a whole number, 0 or more; it is -3"),
    ("train(net, x, y, 0.1, 2.5)", T, "batches must be a number of updates, or the rows of each batch, not float: 2.5"),
    ("train(net, x, y, 0.1, 'all')", T, "batches must be a number of updates, or the rows of each batch, not str: 'all'"),
    ("train(net, x, y, 0.1, [0, 1, 2])", V, "batches must hold, for every update, a list of rows between 0 and 4; for update 1 it holds int: 0"),
    ("train(net, x, y, 0.1, [[0], []])", V, "batches must hold, for every update, a list of rows between 0 and 4; for update 2 it holds list: []"),
    ("train(net, x, y, 0.1, [[0, 5]])", V, "batches must hold, for every update, a list of rows between 0 and 4; for update 1 it holds list: [0, 5]"),
    ("train(net, x, y, 0.1, [[0.5]])", V, "batches must hold, for every update, a list of rows between 0 and 4; for update 1 it holds list: [0.5]"),
    ("train(net, x, y, 0.1, 3, clip=1.0)", T, "clip must be a function, not float: 1.0"),
    ("train(net, x, y, 0.1, 3, clip=lambda g: None)", T, "clip(gradients) must be a list of arrays, not NoneType: None"),
    ("train(net, x, y, 0.1, 3, clip=lambda g: g[:3])", V, "clip(gradients) must have the shapes [(4, 3), (2, 4), (4,), (2,)]; they are [(4, 3), (2, 4), (4,)]"),
    ("train(net, x, y, 0.1, 3, clip=lambda g: [1j * v for v in g])", T, "clip(gradients)[0] must be an array of real numbers, not ndarray: "),
    ("train(net, x, y, 0.1, 3, weight_decay=-1)", V, "weight_decay must be finite and not negative; it is -1"),
    ("train(net, x, y, 0.1, 3, weight_decay=None)", T, "weight_decay must be one real number, not NoneType: None"),
    ("train(net, x, y, 0.1, 3, observe='loss')", T, "observe must be a function, not str: 'loss'"),
    ("descent.descend(lambda t: (0.0, t), [0.5], 0.1, [3])", T, "steps must be one whole number, not list: [3]"),
]
# fmt: on


@pytest.mark.parametrize("tried, error, message", TRIED, ids=[tried for tried, *_ in TRIED])
def test_bad_input_is_refused_with_a_clear_error(tried, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        eval(tried)


if __name__ == "__main__":
    print("| tried | answer |\n| --- | --- |")
    for tried, _, _ in TRIED:
        try:
            eval(tried)
        except (TypeError, ValueError) as error:
            answer = f"{type(error).__name__}: {error}".replace("\n", " ").replace("|", "\\|")
            print(f"| `{tried}` | {answer} |")
