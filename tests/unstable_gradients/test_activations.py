"""Every activation: value, slope and residual, in symbols and in numbers."""

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mpf

from unstable_gradients import activations, gradcheck
from unstable_gradients.activations import SIGMOID, TANH, Activation

EPS, TINY = np.finfo(float).eps, np.finfo(float).tiny


def by_side(below, above):
    return lambda z: above(z) if z > 0 else below(z)


# Each activation as its source writes it, for mpmath; the constants of SELU from the source, too.
SELU_ALPHA = mpf("1.6732632423543772848170429916717")
SELU_SCALE = mpf("1.0507009873554804934193349852946")
EXACT = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "identity": lambda z: z,
    "relu": by_side(lambda z: mpf(0), lambda z: z),
    "leaky_relu": by_side(lambda z: mpf(0.01) * z, lambda z: z),
    "elu": by_side(mpmath.expm1, lambda z: z),
    "selu": by_side(lambda z: SELU_SCALE * SELU_ALPHA * mpmath.expm1(z), lambda z: SELU_SCALE * z),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "gelu": lambda z: z / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + mpf(0.044715) * z**3))),
}
# The slope as a sum of positive and negative terms, where it is one: rounding is relative to these.
TERMS = {
    "silu": lambda z: [EXACT["sigmoid"](z), z * EXACT["sigmoid"](z) * EXACT["sigmoid"](-z)],
    "gelu": lambda z: [
        EXACT["sigmoid"](gelu_argument(z)),
        z
        * mpmath.diff(gelu_argument, z)
        * EXACT["sigmoid"](gelu_argument(z))
        * EXACT["sigmoid"](-gelu_argument(z)),
    ],
}
WITHOUT_ORDER = [
    a for a in activations.ACTIVATIONS.values() if a.name in ("sigmoid", "tanh", "identity", "silu", "gelu")
]
INCREASING = [a for a in activations.ACTIVATIONS.values() if a.name not in ("silu", "gelu")]
ON_BOTH_SIDES = [sympy.Symbol("z", positive=True), sympy.Symbol("z", negative=True)]


def gelu_argument(z):
    return mpmath.sqrt(8 / mpmath.pi) * (z + mpf(0.044715) * z**3)


def among(choice):
    return pytest.mark.parametrize("activation", choice, ids=[a.name for a in choice])


every = among([*activations.ACTIVATIONS.values()])
z_any = st.floats(-1e4, 1e4)


def relative_error(got, true, terms=()):
    """Return the relative error; a true value below the normal range is not asked for its digits."""
    size = max(map(abs, (true, *terms)))
    return 0.0 if abs(true) < TINY else float(abs(got - true) / size)


# --- The two lemmas that lead from the textbook's form to the accurate one, and their like for the others


@every
def test_slope_is_the_derivative_of_the_value(activation):
    for z in ON_BOTH_SIDES:  # of 0, where some have a kink
        difference = sympy.diff(activation.value(z), z) - activation.slope(z)
        assert sympy.simplify(difference.rewrite(sympy.exp)) == 0


@every
def test_at_zero_the_slope_is_the_one_on_the_left(activation):
    """Which is the derivative where there is one, and a convention where there is a kink."""
    right, left = (float(sympy.limit(activation.slope(z), z, 0)) for z in ON_BOTH_SIDES)
    for zero in (0.0, -0.0, np.zeros(3), mpf(0), sympy.Integer(0)):
        np.testing.assert_allclose(np.array(activation.slope(zero), float), left, rtol=1e-14)
    assert (left == pytest.approx(right, rel=1e-14)) == (
        activation.name not in ("relu", "leaky_relu", "selu")
    )


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


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_largest_slope_above_one_is_where_the_exact_curvature_is_zero(name):
    with mpmath.workdps(30):
        top = mpmath.findroot(lambda z: mpmath.diff(EXACT[name], z, 2), 2 if name == "silu" else 1.5)
        largest = mpmath.diff(EXACT[name], top)
    assert abs(activations.ACTIVATIONS[name].largest_slope / largest - 1) < 2 * EPS


# --- In numbers


@every
@given(z=z_any | st.floats(-30, 30))
def test_value_and_slope_are_accurate_wherever_they_are_normal_numbers(activation, z):
    if activation.kinks:
        assume(z != 0)
    name = activation.name
    with mpmath.workdps(400):  # 308 of them may cancel in the textbook's forms
        # exp(-z) rounds to within an ulp, as does each of the few operations after it
        allowed = 8 * EPS
        if (
            name == "gelu"
        ):  # whose argument is rounded, too, and in an exponential an absolute error becomes a relative one
            allowed *= 1 + abs(float(gelu_argument(min(z, 0.0))))
        terms = TERMS[name](mpf(z)) if name in TERMS else ()
        assert relative_error(activation.value(z), EXACT[name](mpf(z))) <= allowed, "value"
        assert relative_error(activation.slope(z), mpmath.diff(EXACT[name], mpf(z)), terms) <= allowed, (
            "slope"
        )


@among(WITHOUT_ORDER)
@given(z=st.floats(-300, 300))  # beyond, complex division gives up
def test_slope_is_the_complex_step_derivative(activation, z):
    # With the usual 1e-100 the imaginary part, slope times step, would be subnormal. GELU falls as exp(z**3).
    assume(activation.name != "gelu" or z > -15)
    (expected,) = gradcheck.complex_step(lambda t: activation.value(t[0]), [z], step=1e-20)
    size = max(map(abs, TERMS[activation.name](mpf(z)))) if activation.name in TERMS else abs(expected)
    assert abs(activation.slope(z) - expected) <= 1e-13 * size


@among([a for a in activations.ACTIVATIONS.values() if a not in WITHOUT_ORDER])
def test_complex_numbers_are_refused_where_the_order_of_numbers_is_needed(activation):
    for z in (0.3 + 1e-20j, np.array([0.3 + 0j]), mpmath.mpc(0.3, 1e-20)):
        with pytest.raises(TypeError, match="complex numbers have no order"):
            activation.value(z)


@every
@given(z=st.floats(allow_nan=False, allow_infinity=False))
def test_slope_is_never_above_the_largest(activation, z):
    with np.errstate(all="ignore"):
        slope = activation.slope(z)
    # An ulp or two above are rounding: both factors of sigma(z) sigma(-z) may have been rounded up.
    assert abs(slope) <= activation.largest_slope * (1 + 2 * EPS)
    if activation in INCREASING:
        assert slope >= 0


@every
def test_largest_slope_is_reached(activation):
    slopes = activation.slope(np.linspace(-40, 40, 800_001))
    assert slopes.max() == pytest.approx(activation.largest_slope, rel=1e-8, abs=0)
    assert np.abs(slopes).max() == slopes.max()


def test_gelu_differs_from_the_form_with_the_error_function_by_less_than_its_source_says():
    z = np.linspace(-8, 8, 3201)
    normal = np.array([float(mpmath.ncdf(v)) for v in z])
    error = np.abs(activations.GELU.value(z) - z * normal)
    assert 1e-4 < error.max() < 5e-4


def test_selu_keeps_mean_zero_and_variance_one():
    def moment(power):
        density = lambda z: EXACT["selu"](z) ** power * mpmath.npdf(z)  # noqa: E731
        return mpmath.quad(density, [-20, -5, 0, 5, 20])

    assert abs(moment(1)) < 1e-14 and abs(moment(2) - 1) < 1e-14, "no test: the constants above are wrong"
    assert activations.SELU_ALPHA == pytest.approx(float(SELU_ALPHA), rel=4 * EPS, abs=0)
    assert activations.SELU_SCALE == pytest.approx(float(SELU_SCALE), rel=4 * EPS, abs=0)


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
