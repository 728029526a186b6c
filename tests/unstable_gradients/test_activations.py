"""Every activation: value, slope and residual, in symbols and in numbers."""

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from unstable_gradients import activations, gradcheck
from unstable_gradients.activations import SIGMOID, TANH, Activation

EPS = np.finfo(float).eps
EXACT = {"sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)), "tanh": mpmath.tanh}

every = pytest.mark.parametrize(
    "activation", activations.ACTIVATIONS.values(), ids=activations.ACTIVATIONS.keys()
)
z_any = st.floats(-1e4, 1e4)


def relative_error(got, true):
    """Return the relative error; a true value below the normal range is not asked for its digits."""
    return 0.0 if abs(true) < np.finfo(float).tiny else float(abs(got / true - 1))


# --- The two lemmas that lead from the textbook's form to the accurate one, and their like for tanh


@every
def test_slope_is_the_derivative_of_the_value(activation):
    z = sympy.Symbol("z", real=True)
    difference = sympy.diff(activation.value(z), z) - activation.slope(z)
    assert sympy.simplify(difference.rewrite(sympy.exp)) == 0


@every
def test_residual_is_value_minus_target(activation):
    y, z = sympy.symbols("y z", real=True)
    assert sympy.simplify(activation.residual(z, y) - (activation.value(z) - y)) == 0


def test_largest_slope_is_the_slope_at_zero_where_its_derivative_changes_sign():
    z = sympy.Symbol("z", real=True)
    for activation in (SIGMOID, TANH):
        slope = activation.slope(z)
        assert slope.subs(z, 0) == sympy.Rational(activation.largest_slope), activation.name
        assert sympy.diff(slope, z).subs(z, 0) == 0, activation.name
        assert sympy.diff(slope, z, 2).subs(z, 0) < 0, activation.name


# --- In numbers


@every
@given(z=z_any)
def test_value_and_slope_are_accurate_wherever_they_are_normal_numbers(activation, z):
    with mpmath.workdps(40 + int(abs(z))):
        f = EXACT[activation.name]
        value = f(mpf(z))
        slope = value * (1 - value) if activation is SIGMOID else 1 - value**2
        # exp(-z) rounds to within an ulp, as does each of the few operations after it
        assert relative_error(activation.value(z), value) <= 4 * EPS, "value"
        assert relative_error(activation.slope(z), slope) <= 8 * EPS, "slope"


@every
@given(z=st.floats(-300, 300))  # beyond, complex division gives up
def test_slope_is_the_complex_step_derivative(activation, z):
    # With the usual 1e-100 the imaginary part, slope times step, would be subnormal.
    (expected,) = gradcheck.complex_step(lambda t: activation.value(t[0]), [z], step=1e-20)
    assert activation.slope(z) == pytest.approx(expected, rel=1e-13, abs=0)


@every
@given(z=st.floats(allow_nan=False))
def test_slope_is_never_above_the_largest(activation, z):
    # One ulp above is rounding: both factors of sigma(z) sigma(-z) may have been rounded up.
    assert 0 <= activation.slope(z) <= np.nextafter(activation.largest_slope, 2)


@given(z=z_any)
def test_sigmoid_of_z_and_of_minus_z_add_to_one(z):
    assert abs(SIGMOID.value(z) + SIGMOID.value(-z) - 1) <= EPS


@given(z=z_any)
def test_sigmoid_slope_is_even_to_the_last_bit(z):
    assert SIGMOID.slope(z) == SIGMOID.slope(-z)


def test_slope_survives_where_one_minus_s_is_zero():
    s = SIGMOID.value(40.0)
    assert s * (1 - s) == 0, "no test: the textbook's form manages here"
    with mpmath.workdps(60):
        exact = EXACT["sigmoid"](mpf(40))
        assert abs(SIGMOID.slope(40.0) / (exact * (1 - exact)) - 1) < 1e-15


@pytest.mark.parametrize(
    "z, y", [(40.0, 1.0), (40.0, 0.0), (-40.0, 0.0), (700.0, 1.0), (3.0, 1.0), (40.0, 0.25)]
)
def test_sigmoid_residual_is_accurate_when_the_output_saturates_at_the_target(z, y):
    with mpmath.workdps(400):
        assert abs(SIGMOID.residual(z, y) / (EXACT["sigmoid"](mpf(z)) - y) - 1) < 1e-15


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every
def test_arrays_keep_shape_and_precision(activation, dtype):
    z = np.array([[0.3, -90.0, 1e4], [np.nan, 2.5, -0.7]], dtype)
    y = np.array([0.2, 0.9, 1.0], dtype)
    for result in (activation.value(z), activation.slope(z), activation.residual(z, y)):
        assert result.shape == z.shape and result.dtype == dtype
        np.testing.assert_array_equal(np.isnan(result), np.isnan(z))


# --- By name


@every
def test_an_activation_is_found_by_its_name(activation):
    assert activations.get(activation.name) is activation


def test_an_activation_of_ones_own_is_handed_back():
    mine = Activation("double", value=lambda z: 2 * z, slope=lambda z: 2, largest_slope=2.0)
    assert activations.get(mine) is mine
    assert mine.residual(1.5, 0.25) == 2.75, "without a form of its own the residual is value - y"


def test_an_unknown_name_is_told_which_there_are():
    with pytest.raises(ValueError, match="'rleu' is not known; known are 'sigmoid', 'tanh'"):
        activations.get("rleu")


@pytest.mark.parametrize("bad, described", [(None, "NoneType: None"), (3, "int: 3"), (["tanh"], "list: ")])
def test_what_is_no_name_is_no_activation(bad, described):
    with pytest.raises(TypeError, match=f"activation must be a name or an Activation, not {described}"):
        activations.get(bad)
