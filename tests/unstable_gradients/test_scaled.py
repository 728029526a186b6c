"""Scaled numbers: exactly floats where floats have room, and right where they have none."""

import operator

import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from mpmath import mpf

from unstable_gradients.elementary import exp, tanh
from unstable_gradients.scaled import Scaled, norm

ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv]
EPS, TINY = np.finfo(float).eps, np.finfo(float).tiny
WIDTHS = {np.float32: 32, np.float64: 64}

operation = pytest.mark.parametrize("operation", ARITHMETIC, ids=lambda f: f.__name__)
precision = pytest.mark.parametrize("dtype", WIDTHS, ids=lambda t: t.__name__)


def normal_or_zero(number):
    limits = np.finfo(number.dtype)
    return number == 0 or limits.tiny <= abs(number) <= limits.max


def floats(data, dtype):
    normal = st.floats(width=WIDTHS[dtype], allow_nan=False, allow_infinity=False, allow_subnormal=False)
    return dtype(data.draw(normal))


mantissas = st.floats(0.5, 1, exclude_max=True) | st.floats(-1, -0.5, exclude_min=True)
exponents = st.integers(-(10**6), 10**6)
near = st.integers(-60, 60)
anything = st.tuples(mantissas, exponents)


def exact(mantissa, exponent):
    return mpf(mantissa) * mpf(2) ** exponent


def value(scaled):
    return exact(float(scaled.mantissa), int(scaled.exponent))


# --- Where floats have room


@operation
@precision
@given(data=st.data())
def test_arithmetic_agrees_with_floats_to_the_last_bit(operation, dtype, data):
    a, b = floats(data, dtype), floats(data, dtype)
    assume(b != 0 or operation is not operator.truediv)
    with np.errstate(all="ignore"):
        expected = operation(a, b)
    underflow = expected == 0 and a != 0 and b != 0 and operation in (operator.mul, operator.truediv)
    assume(normal_or_zero(expected) and not underflow)
    for got in (operation(Scaled(a), Scaled(b)), operation(Scaled(a), b), operation(a, Scaled(b))):
        assert got.to_float().dtype == dtype
        assert got.to_float().tobytes() == expected.tobytes() or got.to_float() == expected == 0


@precision
@given(data=st.data())
def test_exp_agrees_with_floats_to_the_last_bit(dtype, data):
    limit = float(dtype(-np.log(float(np.finfo(dtype).tiny)) * 0.9999))
    upper = dtype(0.95 * limit)  # where the result is near the ends of the range, a promise easily broken
    near_an_end = st.floats(upper, limit, width=WIDTHS[dtype]).flatmap(lambda z: st.sampled_from([z, -z]))
    z = dtype(data.draw(st.floats(-limit, limit, width=WIDTHS[dtype]) | near_an_end))
    assert Scaled(z).exp().to_float().tobytes() == np.exp(z).tobytes()


@precision
@given(data=st.data())
def test_tanh_agrees_with_floats_to_the_last_bit(dtype, data):
    z = floats(data, dtype)
    assert Scaled(z).tanh().to_float().tobytes() == np.tanh(z).tobytes()


@given(z=st.floats(allow_nan=False, allow_subnormal=True))
def test_any_float_comes_back_as_it_went_in(z):
    assert Scaled(np.float64(z)).to_float().tobytes() == np.float64(z).tobytes()


# --- Where floats have none


@operation
@given(a=anything, b=anything, shift=st.none() | near)
def test_arithmetic_is_right_far_outside_the_range_of_floats(operation, a, b, shift):
    if shift is not None:  # two exponents drawn alone are hardly ever close enough for a sum to matter
        b = (b[0], a[1] + shift)
    with mpmath.workdps(60):
        try:
            true = operation(exact(*a), exact(*b))
        except ZeroDivisionError:  # mantissas are not zero
            pytest.fail("a number that is not zero was taken for zero")
        got = value(operation(Scaled(np.float64(a[0]), a[1]), Scaled(np.float64(b[0]), b[1])))
        # Rounded once, correctly, like one float operation.
        assert abs(got - true) <= abs(true) * mpf(2) ** -53


@given(z=st.floats(-7e5, 7e5))
@example(z=1.0)
@example(z=-745.2)
@example(z=709.8)
def test_exp_is_right_far_outside_the_range_of_floats(z):
    with mpmath.workdps(60):
        true = mpmath.exp(mpf(z))
        assert abs(value(Scaled(np.float64(z)).exp()) / true - 1) <= 2 * mpf(2) ** -52


@given(z=st.floats(-1e15, 1e15))
def test_exp_of_the_largest_numbers_is_as_good_as_their_last_bit(z):
    """Beyond 2**20 ln 2 the reduction rounds, by no more than a change of z in its last place would."""
    with mpmath.workdps(60):
        true = mpmath.exp(mpf(z))
        assert abs(value(Scaled(np.float64(z)).exp()) / true - 1) <= mpf(2) ** -52 * max(2, abs(z))


@given(z=st.floats(-1e5, 1e5, width=32))
def test_exp_in_single_precision(z):
    got = Scaled(np.float32(z)).exp()
    assert got.mantissa.dtype == np.float32
    with mpmath.workdps(60):
        assert abs(value(got) / mpmath.exp(mpf(z)) - 1) <= 2 * mpf(2) ** -23


@given(z=anything)
def test_tanh_is_right_at_any_size(z):
    with mpmath.workdps(60):
        mantissa, exponent = z
        true = exact(*z) if exponent < -100 else mpmath.tanh(exact(mantissa, min(exponent, 20)))
        assert abs(value(Scaled(np.float64(mantissa), exponent).tanh()) / true - 1) <= 2 * mpf(2) ** -52


@given(a=anything)
def test_minus_is_exact(a):
    scaled = Scaled(np.float64(a[0]), a[1])
    assert value(-scaled) == -value(scaled)
    assert value(scaled - scaled) == 0


def test_adding_zero_changes_nothing_however_small_the_other_number():
    least = Scaled(-1e15).exp()
    for total in (least + 0.0, 0.0 + least, least - 0.0):
        assert value(total) == value(least) != 0


# --- The ends


@pytest.mark.filterwarnings("error")
def test_to_float_gives_zero_or_infinity_where_floats_end():
    scaled = Scaled(np.array([0.75, -0.75, 0.75, -0.75, 0.75]), [-1200, -(10**9), 1100, 10**9, 4])
    np.testing.assert_array_equal(scaled.to_float(), [0, 0, np.inf, -np.inf, 12])
    np.testing.assert_array_equal(np.signbit(scaled.to_float()), [False, True, False, True, False])


@pytest.mark.filterwarnings("error")
def test_exp_and_tanh_of_numbers_beyond_all_bounds():
    huge = Scaled(np.array([0.75, -0.75]), 10**6)
    np.testing.assert_array_equal(huge.exp().to_float(), [np.inf, 0])
    np.testing.assert_array_equal(huge.tanh().to_float(), [1, -1])


@pytest.mark.filterwarnings("error")
def test_nan_infinity_and_zero_behave_as_in_floats():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, -2.5])
    a, b = values[:, None], values
    for f in ARITHMETIC:
        with np.errstate(all="ignore"):
            expected = f(a, b)
        np.testing.assert_array_equal(f(Scaled(a), Scaled(b)).to_float(), expected, err_msg=f.__name__)
    np.testing.assert_array_equal(Scaled(values).exp().to_float(), np.exp(values))
    np.testing.assert_array_equal(Scaled(values).tanh().to_float(), np.tanh(values))


@precision
def test_python_numbers_do_not_change_the_precision(dtype):
    a = Scaled(dtype(0.3))
    for result in (a + 1, 1 - a, 2.0 * a, 1 / a, a / 3, a - 0.5, exp(a), tanh(a)):
        assert result.mantissa.dtype == dtype


def test_arrays_leave_the_operation_to_scaled_and_broadcast():
    row, column = np.array([0.3, -4.0]), Scaled(np.array([[0.7], [1e300], [-2.0]]))
    product = row * column
    assert isinstance(product, Scaled)
    np.testing.assert_array_equal(product.to_float(), row * column.to_float())


# --- Norms

SHAPES = array_shapes(min_dims=1, max_dims=3, max_side=4)


def exact_norm(values):
    with mpmath.workdps(60):
        return mpmath.sqrt(mpmath.fsum(mpf(float(v)) ** 2 for v in np.ravel(values)))


@precision
@given(data=st.data())
def test_norm_is_right_wherever_it_is_a_number(dtype, data):
    limits = np.finfo(dtype)
    size = st.floats(0, float(limits.max), width=WIDTHS[dtype])
    values = data.draw(arrays(dtype, SHAPES, elements=size | size.map(lambda v: -v)))
    got, true = norm(values, tuple(range(values.ndim))), exact_norm(values)
    assert got.dtype == dtype
    if true > limits.max:
        assert got == np.inf or got == limits.max
    else:  # subnormal numbers are counted in their own steps
        assert abs(float(got) - true) <= 8 * float(limits.eps) * true + float(limits.smallest_subnormal)


@given(values=arrays(float, array_shapes(min_dims=3, max_dims=3, max_side=3), elements=st.floats(-1e3, 1e3)))
def test_norm_over_some_axes_leaves_the_others(values):
    got = norm(values, (-2, -1))
    assert got.shape == values.shape[:1]
    np.testing.assert_allclose(got, [float(exact_norm(v)) for v in values], rtol=1e-14)


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1.0, 1e200, 1e307])
def test_norm_of_one_row_does_not_depend_on_the_others(size):
    rows = np.array([[3e-170, -4e-170], [3.0, 4.0], [0.0, 0.0], [size, -size]])
    np.testing.assert_allclose(
        norm(rows, (1,)), [5e-170, 5.0, 0.0, np.sqrt(2) * size], rtol=1e-4 if size < 1e-308 else 1e-15
    )


@given(values=arrays(float, 4, elements=st.floats(1e-150, 1e150)), power=st.integers(-500, 500))
def test_norm_grows_with_its_numbers_to_the_last_bit_of_a_power_of_two(values, power):
    """So nothing is lost where the scaling begins."""
    moved = np.ldexp(values, power)
    assume(np.all(np.isfinite(moved)) and np.all(moved > TINY))
    assert norm(moved, (0,)) == pytest.approx(np.ldexp(norm(values, (0,)), power), rel=4 * EPS, abs=0)


@pytest.mark.filterwarnings("error")
def test_norm_of_what_is_not_finite():
    rows = np.array([[1.0, np.inf], [np.nan, 2.0], [3.0, 4.0], [-np.inf, 1e300], [1e308, 1e308]])
    np.testing.assert_array_equal(norm(rows, (1,))[:4], [np.inf, np.nan, 5.0, np.inf])
    assert norm(rows, (1,))[4] == pytest.approx(np.sqrt(2) * 1e308, rel=1e-15)
    assert norm(np.full(4, 1e308), (0,)) == np.inf, "a norm beyond the range"


def test_norm_of_nothing_is_zero():
    assert norm(np.empty(0), (0,)) == 0
    assert norm(np.empty((0, 3)), (1,)).shape == (0,)
