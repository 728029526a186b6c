"""Costs: the value that the textbook gives, and the derivative with which the way back begins."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from unstable_gradients import activations, costs
from unstable_gradients.costs import CROSS_ENTROPY, Cost

EPS = np.finfo(float).eps
Z = np.array([[0.31, -1.27, 2.6], [-0.44, 0.83, -3.1]])
Y = np.array([[0.21, 0.64, 0.9], [0.37, 0.08, 0.55]])


def entropy(a, y):
    return -sum(mpf(t) * mpmath.log(s) + (1 - mpf(t)) * mpmath.log(1 - s) for s, t in zip(a, y))


TEXTBOOK = {
    "quadratic": lambda a, y: sum((s - t) ** 2 for s, t in zip(a, y)) / 2,
    "mean_squares": lambda a, y: sum((s - t) ** 2 for s, t in zip(a, y)) / len(y),
    "cross_entropy": entropy,
}
PAIRS = [(c, a) for c in ("quadratic", "mean_squares") for a in activations.ACTIVATIONS] + [
    ("cross_entropy", "sigmoid")
]
each_pair = pytest.mark.parametrize("cost, output", PAIRS)


def of_z(cost, output, y):
    """Return the textbook's cost as a function of z, in mpmath."""
    value = activations.get(output).value
    return lambda *z: TEXTBOOK[cost]([value(mpf(v)) for v in z], [mpf(t) for t in y])


@each_pair
def test_value_is_the_textbooks(cost, output):
    got = costs.get(cost).value(activations.get(output), Z, Y)
    assert got.shape == (2,)
    with mpmath.workdps(30):
        expected = [float(of_z(cost, output, y)(*z)) for z, y in zip(Z, Y)]
    np.testing.assert_allclose(got, expected, rtol=32 * EPS)


@each_pair
def test_delta_is_the_derivative_of_the_value(cost, output):
    got = costs.get(cost).delta(activations.get(output), Z, Y)
    assert got.shape == Z.shape
    with mpmath.workdps(30):
        expected = [
            [
                float(mpmath.diff(of_z(cost, output, y), tuple(z), tuple(unit)))
                for unit in np.eye(3, dtype=int).tolist()
            ]
            for z, y in zip(Z, Y)
        ]
    # Where a - y cancels, the last bits of a remain.
    np.testing.assert_allclose(got, expected, rtol=64 * EPS, atol=4 * EPS)


@given(z=st.floats(-1e4, 1e4), y=st.sampled_from([0.0, 1.0]) | st.floats(0, 1))
def test_cross_entropy_keeps_its_digits_where_the_output_saturates(z, y):
    """Where a rounds to y, -ln(1 - a) of the textbook is infinite or zero."""
    got = CROSS_ENTROPY.value(activations.SIGMOID, np.array([z]), np.array([y]))
    with mpmath.workdps(40):
        true = mpf(y) * mpmath.log1p(mpmath.exp(-mpf(z))) + (1 - mpf(y)) * mpmath.log1p(mpmath.exp(mpf(z)))
    assert abs(got - true) <= 4 * EPS * true + np.finfo(float).tiny


def test_cross_entropy_has_no_slope_in_it():
    """A wrong and saturated output unit learns at full speed: the point of this cost."""
    assert CROSS_ENTROPY.delta(activations.SIGMOID, np.array([40.0]), np.array([0.0])) == 1.0


@pytest.mark.parametrize("cost", costs.COSTS.values(), ids=costs.COSTS)
def test_leading_axes_and_precision_stay(cost):
    z, y = (np.stack([v, v + 0.1]).astype(np.float32) for v in (Z, Y))
    value, delta = cost.value(activations.SIGMOID, z, y), cost.delta(activations.SIGMOID, z, y)
    assert value.shape == (2, 2) and delta.shape == (2, 2, 3)
    assert value.dtype == delta.dtype == np.float32


def test_a_cost_is_found_by_its_name_and_one_of_ones_own_is_handed_back():
    for name, cost in costs.COSTS.items():
        assert costs.get(name) is cost
    mine = Cost("mine", value=lambda activation, z, y: 0 * z[..., 0], delta=lambda activation, z, y: 0 * z)
    assert costs.get(mine) is mine
