"""The checkers checked, on functions whose derivatives are known."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from unstable_gradients import gradcheck

THETA = np.array([0.7, -1.3, 2.1])
EPS = np.finfo(float).eps


def f(t):
    return np.exp(t[0]) * np.sin(t[1]) + t[0] * t[2] ** 3


def gradient_of_f(t):
    return np.array(
        [np.exp(t[0]) * np.sin(t[1]) + t[2] ** 3, np.exp(t[0]) * np.cos(t[1]), 3 * t[0] * t[2] ** 2]
    )


def test_central_differences_find_the_gradient():
    # Truncation h**2 f'''/6 with h = 6e-6 ... 1.3e-5 and f''' below 5, rounding eps f/h with f = 7.
    np.testing.assert_allclose(gradcheck.central_differences(f, THETA), gradient_of_f(THETA), atol=1e-9)


def test_central_differences_are_of_second_order():
    coarse, fine = (
        np.abs(gradcheck.central_differences(f, THETA, step) - gradient_of_f(THETA)) for step in (2e-3, 1e-3)
    )
    np.testing.assert_allclose(coarse / fine, 4, rtol=1e-3)


def test_central_differences_take_a_step_for_each_parameter():
    steps = [1e-3, 1e-5, 1e-3]
    one_by_one = [gradcheck.central_differences(f, THETA, step)[k] for k, step in enumerate(steps)]
    np.testing.assert_array_equal(gradcheck.central_differences(f, THETA, steps), one_by_one)


def test_default_step_grows_with_the_parameter():
    # At 1e8 a step of 6e-6 would be lost in the rounding of theta + h.
    assert gradcheck.central_differences(lambda t: t[0] ** 2, [1e8]) == pytest.approx([2e8], rel=1e-9, abs=0)


@pytest.mark.parametrize("step", [1e-20, 1e-100, 1e-300])
def test_complex_step_finds_the_gradient_to_rounding(step):
    np.testing.assert_allclose(gradcheck.complex_step(f, THETA, step), gradient_of_f(THETA), rtol=4 * EPS)


@pytest.mark.parametrize("check", [gradcheck.central_differences, gradcheck.complex_step])
def test_parameters_are_left_as_they_were(check):
    theta = THETA.copy()
    check(f, theta)
    np.testing.assert_array_equal(theta, THETA)


@pytest.mark.parametrize("check", [gradcheck.central_differences, gradcheck.complex_step])
def test_whole_numbers_are_parameters_too(check):
    np.testing.assert_allclose(check(f, [1, 2, 3]), gradient_of_f([1.0, 2.0, 3.0]), rtol=1e-8)


def test_complex_step_notices_a_function_that_drops_the_imaginary_part():
    with pytest.raises(TypeError, match="f must return a complex number when it is given one, not float64"):
        gradcheck.complex_step(lambda t: np.abs(t[0]), THETA)


@pytest.mark.parametrize("check", [gradcheck.central_differences, gradcheck.complex_step])
@pytest.mark.parametrize("theta, shape", [(0.5, r"\(\)"), ([[0.5, 0.2]], r"\(1, 2\)")])
def test_parameters_must_be_one_dimensional(check, theta, shape):
    with pytest.raises(ValueError, match=f"theta must be one-dimensional; its shape is {shape}"):
        check(f, theta)


@pytest.mark.parametrize("check", [gradcheck.central_differences, gradcheck.complex_step])
@pytest.mark.parametrize("step", [0, -1e-6, np.nan, np.inf])
def test_step_must_be_positive(check, step):
    with pytest.raises(ValueError, match=f"step must be positive; it is {step}"):
        check(f, THETA, step)


# --- compare


def test_compare_says_where_and_by_how_much():
    comparison = gradcheck.compare([2.0, -5.0, 0.25], [2.0, -4.0, 0.26], ["w1", "w2", "b1"])
    np.testing.assert_allclose(comparison.absolute, [0, 1, 0.01], rtol=1e-14)
    np.testing.assert_allclose(comparison.relative, [0, 0.25, 0.01 / 0.26], rtol=1e-13)
    assert comparison.worst == "w2"
    assert str(comparison) == "largest error 1.0e+00; relative to the gradient 2.5e-01, at w2"


def test_compare_of_equal_zeros_is_zero_and_of_a_missed_zero_infinite():
    comparison = gradcheck.compare([0.0, 1e-300], [0.0, 0.0])
    np.testing.assert_array_equal(comparison.relative, [0, np.inf])
    assert comparison.worst == "[1]"


def test_compare_takes_nan_for_the_worst():
    comparison = gradcheck.compare([1.0, np.nan, 7.0], [1.5, 2.0, 0.0], ["a", "b", "c"])
    assert np.isnan(comparison.relative[1])
    assert gradcheck.compare([1.0, np.nan], [1.5, 2.0], ["a", "b"]).worst == "b"
    assert "nan" in str(comparison)


def test_compare_keeps_the_precision_of_mpmath():
    with mpmath.workdps(50):
        comparison = gradcheck.compare([mpf(3) + mpf(10) ** -40], [mpf(3)])
    assert comparison.absolute[0] == pytest.approx(1e-40, rel=1e-9, abs=0)


def test_compare_takes_any_iterable():
    assert gradcheck.compare((v for v in (1.0, 3.0)), np.array([1.0, 2.0])).worst == "[1]"


@pytest.mark.parametrize(
    "got, expected, names, found",
    [
        ([1.0], [1.0, 2.0], None, "1, 2 and 2"),
        ([1.0, 2.0], [1.0, 2.0], ["w1"], "2, 2 and 1"),
        ([], [], None, "0, 0 and 0"),
    ],
)
def test_compare_needs_equally_many_of_each(got, expected, names, found):
    with pytest.raises(ValueError, match=f"same length, at least 1; they have {found}"):
        gradcheck.compare(got, expected, names)
