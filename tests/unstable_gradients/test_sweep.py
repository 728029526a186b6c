"""Gradients as mantissa and exponent: the same bits in range, the truth beyond it."""

import mpmath
import numpy as np
import pytest
import sympy

from unstable_gradients import chain, sweep

X, Y = 0.73, 0.21
WEIGHTS = np.array([0.94, -1.32, 1.71, -0.67])
BIASES = np.array([0.16, -0.35, 0.58, 0.83])
TINY, EPS = np.finfo(float).tiny, np.finfo(float).eps


def exact(x, y, weights, biases, activation="sigmoid", digits=50):
    """Return weight and bias gradients from the textbook formulas, written out anew in mpmath."""
    with mpmath.workdps(digits):
        a, slopes = [mpmath.mpf(float(x))], []
        for w, b in zip(weights, biases):
            z = mpmath.mpf(float(w)) * a[-1] + mpmath.mpf(float(b))
            value = 1 / (1 + mpmath.exp(-z)) if activation == "sigmoid" else mpmath.tanh(z)
            slopes.append(value * (1 - value) if activation == "sigmoid" else 1 - value**2)
            a.append(value)
        by_bias = [(a[-1] - mpmath.mpf(float(y))) * slopes[-1]]
        for w, slope in zip(weights[:0:-1], slopes[-2::-1]):
            by_bias.append(by_bias[-1] * mpmath.mpf(float(w)) * slope)
        by_bias.reverse()
        return [delta * before for delta, before in zip(by_bias, a)], by_bias


def relative_errors(scaled, truth):
    mantissa, exponent = scaled
    with mpmath.workdps(50):
        got = [mpmath.ldexp(mpmath.mpf(float(m)), int(e)) for m, e in zip(mantissa, exponent)]
        return np.array([float(abs(g / t - 1)) for g, t in zip(got, truth)])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_chain_gradients_bit_for_bit_in_range(activation, dtype):
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=(2, 500)).astype(dtype)
    weights, biases = (3 * rng.normal(size=(2, 500, 6))).astype(dtype)
    plain = chain.gradients(x, y, weights, biases, activation)
    scaled = sweep.scaled_gradients(x, y, weights, biases, activation)
    for name, numbers, (mantissa, exponent) in zip(plain._fields, plain, scaled):
        normal = np.abs(numbers) >= np.finfo(dtype).tiny
        assert np.mean(normal) > 0.9, f"no test: most of {name} is out of range"
        assert mantissa.dtype == dtype and mantissa.shape == exponent.shape == numbers.shape, name
        back = np.ldexp(mantissa, exponent.astype(np.intc))
        np.testing.assert_array_equal(back[normal], numbers[normal], err_msg=name)


def test_mantissas_are_those_of_frexp():
    mantissa, exponent = sweep.scaled_gradients(X, Y, WEIGHTS, BIASES).biases
    expected = np.frexp(chain.gradients(X, Y, WEIGHTS, BIASES).biases)
    np.testing.assert_array_equal(mantissa, expected[0])
    np.testing.assert_array_equal(exponent, expected[1])


@pytest.mark.slow
@pytest.mark.parametrize(("activation", "scale"), [("sigmoid", 1), ("sigmoid", 3), ("tanh", 1)])
@pytest.mark.filterwarnings("error")
def test_agree_with_50_digits_at_depth_4096(activation, scale):
    rng = np.random.default_rng(12)
    weights, biases = scale * rng.normal(size=(2, 4096))
    scaled = sweep.scaled_gradients(X, Y, weights, biases, activation)
    by_weight, by_bias = exact(X, Y, weights, biases, activation)
    assert abs(by_bias[0]) < mpmath.mpf(10) ** -400, "no test: float64 would do"
    # One rounding error of about eps a factor, 3 factors a layer, of random sign; the slope adds the error of z.
    allowed = 30 * EPS * np.sqrt(3 * 4096)
    for name, got, truth in [("weights", scaled.weights, by_weight), ("biases", scaled.biases, by_bias)]:
        assert np.max(relative_errors(got, truth)) < allowed, name


def test_exact_powers_where_every_factor_is_a_quarter():
    n = 1024
    mantissa, exponent = sweep.scaled_gradients(0.5, -0.5, np.ones(n), np.full(n, -0.5)).biases
    np.testing.assert_array_equal(mantissa, 0.5)
    np.testing.assert_array_equal(exponent, 1 - 2 * np.arange(n, 0, -1))


def test_explosion_is_kept_too():
    n = 1024
    scaled = sweep.scaled_gradients(0.5, -0.5, np.full(n, 16.0), np.full(n, -8.0)).biases
    sizes = sweep.log10_size(scaled)
    np.testing.assert_allclose(sizes[::-1], np.log10(0.25) + np.arange(n) * np.log10(4), rtol=1e-14)


def test_zeros_have_exponent_zero():
    weights = WEIGHTS.copy()
    weights[2] = 0
    scaled = sweep.scaled_gradients(X, Y, weights, BIASES)
    mantissa, exponent = scaled.biases
    np.testing.assert_array_equal(mantissa == 0, [True, True, False, False])
    np.testing.assert_array_equal(exponent[:2], 0)
    np.testing.assert_array_equal(sweep.log10_size(scaled.biases)[:2], -np.inf)
    mantissa, exponent = sweep.scaled_gradients(0.0, Y, WEIGHTS, BIASES).weights
    assert mantissa[0] == exponent[0] == 0, "dC/dw1 is 0 where the input is"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.filterwarnings("error")
def test_nan_stays_nan_in_its_own_row(bad):
    x = np.array([X, np.nan, -X]) if np.isnan(bad) else np.array([X, X, -X])
    y = np.array([Y, Y if np.isnan(bad) else np.inf, Y])
    scaled = sweep.scaled_gradients(x, y, WEIGHTS, BIASES)
    for mantissa, exponent in (scaled.weights, scaled.biases):
        np.testing.assert_array_equal(np.isfinite(mantissa).all(axis=-1), [True, False, True])
        np.testing.assert_array_equal(exponent[1], 0)


def test_float32_in_float32_out_and_accurate_far_below_its_range():
    rng = np.random.default_rng(13)
    weights, biases = rng.normal(size=(2, 300)).astype(np.float32)
    mantissa, exponent = scaled = sweep.scaled_gradients(np.float32(X), np.float32(Y), weights, biases).biases
    assert mantissa.dtype == np.float32 and exponent.dtype == np.int64
    _, truth = exact(np.float32(X), np.float32(Y), weights, biases)
    assert abs(truth[0]) < mpmath.mpf(10) ** -200, "no test: not far below"
    assert np.max(relative_errors(scaled, truth)) < 30 * np.finfo(np.float32).eps * np.sqrt(900)


def test_shapes_broadcast_as_in_chain_gradients():
    rng = np.random.default_rng(14)
    x, y = rng.normal(size=(5, 1)), rng.normal(size=3)
    weights, biases = rng.normal(size=(2, 7))
    scaled = sweep.scaled_gradients(x, y, weights, biases)
    assert scaled.cost[0].shape == scaled.cost[1].shape == (5, 3)
    assert scaled.weights[0].shape == scaled.biases[1].shape == (5, 3, 7)
    alone = sweep.scaled_gradients(x[2, 0], y[1], weights, biases)
    np.testing.assert_array_equal(scaled.biases[0][2, 1], alone.biases[0])
    np.testing.assert_array_equal(scaled.biases[1][2, 1], alone.biases[1])


def test_log10_size_agrees_with_log10_in_range():
    scaled = sweep.scaled_gradients(X, Y, WEIGHTS, BIASES).weights
    expected = np.log10(np.abs(chain.gradients(X, Y, WEIGHTS, BIASES).weights))
    np.testing.assert_allclose(sweep.log10_size(scaled), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((sympy.Symbol("x"), Y, WEIGHTS, BIASES), TypeError, "real floats"),
        ((mpmath.mpf(X), Y, WEIGHTS, BIASES), TypeError, "real floats"),
        ((X + 1j, Y, WEIGHTS, BIASES), TypeError, "real floats"),
        (("0.7", Y, WEIGHTS, BIASES), TypeError, "x must be a number"),
        ((X, None, WEIGHTS, BIASES), TypeError, "y must be a number"),
        ((X, Y, WEIGHTS[:3], BIASES), ValueError, "one entry for each layer"),
        ((X, Y, [], []), ValueError, "empty"),
        ((np.ones(2), np.ones(3), WEIGHTS, BIASES), ValueError, "broadcast"),
        ((X, Y, WEIGHTS, BIASES, "step"), ValueError, "'step' is not known"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        sweep.scaled_gradients(*arguments)
