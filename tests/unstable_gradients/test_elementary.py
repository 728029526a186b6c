"""Elementary functions, for every type of number: the same value, in the same type, NaN for NaN."""

import warnings

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf

from unstable_gradients import elementary
from unstable_gradients.scaled import Scaled

EXACT = {
    "exp": mpmath.exp,
    "tanh": mpmath.tanh,
    "log1p": mpmath.log1p,
    "positive": lambda z: max(z, mpf(0)),
    "step": lambda z: mpf(z > 0),
}
POINTS = [-0.61, -1e-12, 0.0, 2e-9, 0.37, 2.4]
TYPES = {
    "float": (float, float),
    "float64": (np.float64, float),
    "array": (lambda z: np.array([z]), lambda result: float(result[0])),
    "mpmath": (mpf, float),
    "sympy": (sympy.Float, float),
    "Scaled": (lambda z: Scaled(np.float64(z)), lambda result: float(result.to_float())),
}

each_function = pytest.mark.parametrize("name", EXACT)
each_type = pytest.mark.parametrize("make, number", TYPES.values(), ids=TYPES)


@each_function
@each_type
def test_every_type_of_number_gives_the_same_value(name, make, number):
    for z in POINTS:
        expected = float(EXACT[name](mpf(z)))
        # SymPy's log(1 + z) loses the digits of z that a rounded 1 + z has no room for
        absolute = 1e-15 if (name, make) == ("log1p", sympy.Float) else 0
        got = number(getattr(elementary, name)(make(z)))
        assert got == pytest.approx(expected, rel=4e-16, abs=absolute), f"{name}({z})"


@each_function
def test_the_type_stays(name):
    function = getattr(elementary, name)
    assert function(np.ones((2, 3), np.float32)).dtype == np.float32
    assert function(np.ones((2, 3), np.float32)).shape == (2, 3)
    assert function(np.float32(0.4)).dtype == np.float32
    assert isinstance(function(mpf(0.4)), mpf)
    assert isinstance(function(Scaled(0.4)), Scaled)
    assert isinstance(function(sympy.Symbol("z", real=True)), sympy.Expr)


@each_function
@pytest.mark.parametrize("nan", [np.nan, np.float32(np.nan), np.array(np.nan), mpf("nan")])
def test_nan_stays_nan(name, nan):
    result = getattr(elementary, name)(nan)
    assert result != result


@pytest.mark.parametrize("infinity", [np.inf, np.array(np.inf), mpf("inf"), sympy.oo])
def test_infinity_is_the_largest_number(infinity):
    assert elementary.positive(infinity) == infinity and elementary.positive(-infinity) == 0
    assert elementary.step(infinity) == 1 and elementary.step(-infinity) == 0
    assert elementary.exp(infinity) == infinity and elementary.exp(-infinity) == 0


def test_overflow_of_exp_is_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert elementary.exp(1e4) == np.inf and elementary.exp(-1e4) == 0


@each_function
@pytest.mark.parametrize("z", [0.3 + 0.2j, np.array([0.3 + 0.2j]), mpmath.mpc(0.3, 0.2)])
def test_complex_numbers_pass_through_unless_they_must_be_compared(name, z):
    function = getattr(elementary, name)
    if name in ("positive", "step"):
        with pytest.raises(TypeError, match="complex numbers have no order"):
            function(z)
    else:
        expected = complex(EXACT[name](mpmath.mpc(0.3, 0.2)))
        assert complex(np.ravel(function(z))[0]) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("size", [1e-300, 1e-30, 0.3, 1e30, 1e300])
def test_scaled_numbers_are_positive_or_not_at_any_size(size):
    far = Scaled(np.array([size, -size, 0.0]), [2000, -2000, 0])
    positive = elementary.positive(far)
    np.testing.assert_array_equal(positive.mantissa, far.mantissa * [1, 0, 0])
    assert positive.exponent[0] == far.exponent[0]
    np.testing.assert_array_equal(elementary.step(far).to_float(), [1, 0, 0])


@pytest.mark.parametrize("exponent", [-5000, -1100, -70, -50, -3])
def test_log1p_of_scaled_numbers_is_right_at_any_size(exponent):
    got = elementary.log1p(Scaled(np.float64(0.71), exponent))
    with mpmath.workdps(60):
        # log(1 + z) = z - z**2 / 2 + ..., and mpmath's log1p needs no help for it
        true = mpmath.log1p(mpf(0.71) * mpf(2) ** exponent)
        assert abs(mpf(float(got.mantissa)) * mpf(2) ** int(got.exponent) / true - 1) < 3e-16
