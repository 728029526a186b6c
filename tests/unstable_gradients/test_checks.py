"""Bad input: an error that names the argument, says what came, and what was expected."""

import re

import numpy as np
import pytest
import sympy
from mpmath import mpf

from unstable_gradients import chain, checks
from unstable_gradients.scaled import Scaled

GOOD = {"x": 0.73, "y": 0.21, "weights": [0.94, -1.32], "biases": [0.16, -0.35]}


def gradients(x, y, weights, biases, **options):
    return chain.gradients(x, y, weights, biases, **options)


def forward_and_backward(x, y, weights, biases, **options):
    return chain.backward(chain.forward(x, weights, biases, **options), y)


entrances = pytest.mark.parametrize("run", [gradients, forward_and_backward])


def rejects(run, error, message, **changed):
    with pytest.raises(error, match="^" + re.escape(message)):
        run(**{**GOOD, **changed})


NO_NUMBERS = [  # value, how the message describes it
    ("0.5", "str: '0.5'"),
    (b"0.5", "bytes: b'0.5'"),
    (None, "NoneType: None"),
    (True, "bool: True"),
    (np.True_, "bool: np.True_"),
    ({}, "dict: {}"),
    ([True, False], "list: [True, False]"),
    ([0.5, True], "list: [0.5, True]"),
    ((0.5, np.False_), "tuple: (0.5, np.False_)"),
    (["0.5", 0.2], "list: ['0.5', 0.2]"),
    ([0.5, None], "list: [0.5, None]"),
    ([[0.1, 0.2], [0.3]], "list: [[0.1, 0.2], [0.3]]"),
    (np.array([True]), "ndarray: array([ True])"),
    (np.array("0.5"), "ndarray: array('0.5', dtype='<U3')"),
    (np.array(["2020-01-01"], "M8[D]"), "ndarray: array(['2020-01-01'], dtype='datetime64[D]')"),
]


@entrances
@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("value, described", NO_NUMBERS, ids=[described for _, described in NO_NUMBERS])
def test_input_and_target_must_be_numbers(run, name, value, described):
    rejects(
        run, TypeError, f"{name} must be a number or an array of numbers, not {described}", **{name: value}
    )


NO_LAYERS = [  # value, error, message after the name
    ("ab", TypeError, " must hold one number for each layer, on its last axis; it is str: 'ab'"),
    (b"ab", TypeError, " must hold one number for each layer, on its last axis; it is bytes: b'ab'"),
    (None, TypeError, " must hold one number for each layer, on its last axis; it is NoneType: None"),
    (True, TypeError, " must hold one number for each layer, on its last axis; it is bool: True"),
    ({0.1, 0.2}, TypeError, " must hold one number for each layer, on its last axis; it is set: {0."),
    (
        iter([0.1, 0.2]),
        TypeError,
        " must hold one number for each layer, on its last axis; it is list_iterator: ",
    ),
    (
        np.array("0.5"),
        TypeError,
        " must hold one number for each layer, on its last axis; it is ndarray: array('0.5'",
    ),
    (0.5, ValueError, " must hold one number for each layer, on its last axis; it is the single number 0.5"),
    (
        np.float64(0.5),
        ValueError,
        " must hold one number for each layer, on its last axis; it is the single number ",
    ),
    (
        np.array(7),
        ValueError,
        " must hold one number for each layer, on its last axis; it is the single number ",
    ),
    (
        [],
        ValueError,
        " must hold one number for each layer, on its last axis; its shape (0,) has none: the chain is",
    ),
    (
        np.ones((3, 0)),
        ValueError,
        " must hold one number for each layer, on its last axis; its shape (3, 0) has none",
    ),
    (
        [[0.1, 0.2], [0.3]],
        ValueError,
        " must hold one number for each layer, on its last axis; its rows differ in length: list: [[0.1, 0.2], [0.3]]",
    ),
    (
        [0.1, np.array([0.2, 0.3])],
        ValueError,
        " must hold one number for each layer, on its last axis; its rows differ in length: list: [0.1, array(",
    ),
    (["0.1", 0.2], TypeError, "[0] must be a number or an array of numbers, not str: '0.1'"),
    ([0.1, None], TypeError, "[1] must be a number or an array of numbers, not NoneType: None"),
    ([True, False], TypeError, "[0] must be a number or an array of numbers, not bool: True"),
    ([0.1, True], TypeError, "[1] must be a number or an array of numbers, not bool: True"),
    (np.array([True, False]), TypeError, "[0] must be a number or an array of numbers, not bool: np.True_"),
    (
        [[0.1, 0.2], [0.3, True]],
        TypeError,
        "[1] must be a number or an array of numbers, not list: [0.3, True]",
    ),
    ([sympy.Symbol("w"), "0.2"], TypeError, "[1] must be a number or an array of numbers, not str: '0.2'"),
    (
        np.array([["a", "b"]]),
        TypeError,
        " must hold one number for each layer, on its last axis; it is ndarray: ",
    ),
]


@entrances
@pytest.mark.parametrize("name", ["weights", "biases"])
@pytest.mark.parametrize("value, error, message", NO_LAYERS, ids=[str(value)[:40] for value, *_ in NO_LAYERS])
def test_weights_and_biases_must_hold_a_number_for_each_layer(run, name, value, error, message):
    rejects(run, error, name + message, **{name: value})


@entrances
def test_weights_and_biases_must_be_equally_many(run):
    message = "weights and biases must have one entry for each layer; there are 3 weights and 2 biases"
    rejects(run, ValueError, message, weights=[0.94, -1.32, 0.4])


SHAPES = [
    (dict(x=[0.3, 0.4], weights=np.ones((3, 2))), "they are x (2,), weights (3,), biases ()"),
    (dict(weights=np.ones((3, 2)), biases=np.ones((4, 2))), "they are x (), weights (3,), biases (4,)"),
    (dict(y=[0.2, 0.1], weights=np.ones((3, 2))), "they are y (2,), trace (3,)"),
]


@entrances
@pytest.mark.parametrize("changed, found", SHAPES, ids=[found for _, found in SHAPES])
def test_shapes_must_broadcast(run, changed, found):
    expected = "shapes must broadcast (for weights and biases: without their last axis); "
    rejects(run, ValueError, expected + found, **changed)


@entrances
def test_activation_must_be_known(run):
    rejects(run, ValueError, "activation 'rleu' is not known; known are 'sigmoid', 'tanh'", activation="rleu")
    rejects(run, TypeError, "activation must be a name or an Activation, not NoneType: None", activation=None)


def test_backward_must_be_given_a_trace():
    with pytest.raises(TypeError, match=r"trace must be what forward returns, not float: 0\.21"):
        chain.backward(0.21, chain.forward(0.73, [0.94], [0.16]))


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(TypeError) as error:
        checks.number(["text"] * 100, "x")
    assert str(error.value).endswith("...") and len(str(error.value)) < 120


@pytest.mark.parametrize("value", [sympy.Symbol("x"), mpf(2), Scaled(np.float64(2)), 2.5, 2.5 + 1j])
def test_what_can_be_computed_with_is_handed_back_as_it_is(value):
    assert checks.number(value, "x") is value


def test_whole_numbers_become_floats():
    assert isinstance(checks.number(3, "x"), float)
    assert checks.number([3, 4], "x").dtype == np.float64
    assert [type(w) for w in checks.layers([3, 4], "weights")] == [np.float64, np.float64]
    assert checks.layers([2**70, 1], "weights") == [2.0**70, 1.0], "also those too large for NumPy's integers"


def test_layers_are_on_the_last_axis():
    first, second = checks.layers([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], "weights")
    np.testing.assert_array_equal(first, [0.1, 0.3, 0.5])
    np.testing.assert_array_equal(second, [0.2, 0.4, 0.6])
