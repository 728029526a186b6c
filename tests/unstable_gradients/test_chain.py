"""The gradient of the chain, held against everything that shares no code with it."""

import decimal
import fractions
from decimal import Decimal

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import BroadcastableShapes, mutually_broadcastable_shapes
from mpmath import mp, mpf

from unstable_gradients import chain, gradcheck
from unstable_gradients.activations import ACTIVATIONS, Activation

jax.config.update("jax_enable_x64", True)

# A generic point: nothing is zero, one, repeated or symmetric, for that would hide wrong factors.
X, Y = 0.73, 0.21
WEIGHTS = [0.94, -1.32, 1.71, -0.67]
BIASES = [0.16, -0.35, 0.58, 0.83]
POINT = [X, Y, *WEIGHTS, *BIASES]
NAMES = ["w1", "w2", "w3", "w4", "b1", "b2", "b3", "b4"]

EPS, TINY = np.finfo(float).eps, np.finfo(float).tiny
HALF_OF_SMALLEST = Decimal(2) ** -1075  # half the distance between two subnormal numbers


def all_derivatives(x, y, weights, biases, **options):
    g = chain.gradients(x, y, weights, biases, **options)
    return np.concatenate([g.weights, g.biases], axis=-1)


def textbook_cost(x, y, weights, biases, exp=np.exp):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + exp(-(w * a + b)))
    return (a - y) ** 2 / 2


def cost_of_parameters(theta):
    return textbook_cost(X, Y, theta[:4], theta[4:])


def reference(inputs, activation="sigmoid"):
    """Return the derivatives at (x, y, weights..., biases...) to 50 digits.

    The textbook's s(1 - s), 1 - s**2 and a - y, in a precision so high that the digits which cancel in them
    were spare ones. In Python's decimal numbers, because they are fast.
    """
    x, y, *layers = map(Decimal, inputs)
    weights, biases = layers[: len(layers) // 2], layers[len(layers) // 2 :]
    digits = 50 + 30
    with decimal.localcontext(prec=digits) as context:
        a, slopes = [x], []
        for w, b in zip(weights, biases):
            z = w * a[-1] + b
            if activation == "sigmoid":
                context.prec = digits + int(abs(z) / Decimal(2.3))  # 1 - s is exp(-z), about
                s = 1 / (1 + (-z).exp())
                slopes.append(s * (1 - s))
            else:
                context.prec = digits + int(2 * abs(z) / Decimal(2.3))
                s = 1 - 2 / (1 + (2 * z).exp())
                slopes.append(1 - s * s)
            a.append(s)
        by_bias = [(a[-1] - y) * slopes[-1]]
        for w, slope in zip(weights[:0:-1], slopes[-2::-1]):
            by_bias.append(by_bias[-1] * w * slope)
        by_bias.reverse()
        return [delta * before for delta, before in zip(by_bias, a)] + by_bias


def condition_numbers(inputs, **options):
    """Return sum over all inputs v of abs(v dg/dv / g), for each derivative g.

    A target y = 1 is a label and exact. It is left out of the sum: near saturation its term alone,
    1 / (1 - a_L), would excuse a residual that has lost all its digits.
    """
    h = Decimal("1e-15")  # of 50 digits, so that no more than a forward difference is needed
    total = 0
    with decimal.localcontext(prec=50):
        at = np.array(reference(inputs, **options))
        for k, v in enumerate(map(Decimal, inputs)):
            if (k, v) != (1, 1):
                moved = np.array(reference([*inputs[:k], v * (1 + h), *inputs[k + 1 :]], **options))
                total = total + abs((moved - at) / (h * at))
    return total.astype(float)


def worst_error(inputs, got, **options):
    """Return the largest relative error of ``got``, and the largest as a multiple of what is allowed.

    A true value below the normal range counts as hit by the subnormal number, or zero, next to it.
    """
    errors = []
    for value, true in zip(got, reference(inputs, **options)):
        error = abs(Decimal(value) - true)
        if abs(true) < TINY:
            error = max(error - HALF_OF_SMALLEST, 0)
        errors.append(float(error / abs(true)))
    worst = max(errors)
    if worst <= 1e-12:
        return worst, worst / 1e-12
    return worst, max(errors / np.maximum(1e-12, 4 * EPS * condition_numbers(inputs, **options)))


def random_settings(seed, n=10_000):
    """x ~ N(0, 1); weights and biases normal, at scales 1, 10 and 100; a tenth has the target 1, and half of
    those an output that is 1 to the last bit."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=n), rng.uniform(size=n)
    weights, biases = rng.choice([1, 10, 100], size=(n, 1)) * rng.normal(size=(2, n, 4))
    y[::10] = 1
    biases[::20, -1] = np.abs(weights[::20, -1]) + rng.uniform(37, 700, size=n // 20)
    return x, y, weights, biases


def rows(x, y, weights, biases):
    return np.column_stack([x, y, weights, biases]).tolist()


# --- Five ways to the same eight derivatives ------------------------------------------------------


def test_equal_sympy_diff_exactly_with_an_activation_that_is_only_a_name():
    class slope(sympy.Function):
        pass

    class value(sympy.Function):
        def fdiff(self, argindex=1):
            return slope(self.args[0])

    x, y, *parameters = sympy.symbols(["x", "y", *NAMES])
    weights, biases = parameters[:4], parameters[4:]
    a = x
    for w, b in zip(weights, biases):
        a = value(w * a + b)
    g = chain.gradients(x, y, weights, biases, Activation("abstract", value, slope, 1.0))
    for name, parameter, got in zip(NAMES, parameters, [*g.weights, *g.biases]):
        assert got == sympy.diff((a - y) ** 2 / 2, parameter), f"dC/d{name} is not sympy.diff of the cost"


def test_equal_sympy_diff_of_the_logistic_chain_in_numbers():
    symbols = sympy.symbols(["x", "y", *NAMES])
    x, y, *parameters = symbols
    cost = textbook_cost(x, y, parameters[:4], parameters[4:], exp=sympy.exp)
    f = sympy.lambdify(symbols, [sympy.diff(cost, p) for p in parameters], "mpmath")
    with mpmath.workdps(60):
        expected = f(*map(mpf, POINT))
        numbers = [mpf(v) for v in POINT]
        g = chain.gradients(numbers[0], numbers[1], numbers[2:6], numbers[6:])
        exact = gradcheck.compare([*g.weights, *g.biases], expected, NAMES)
    assert np.max(exact.relative) < 1e-55, f"50-digit numbers: {exact}"
    floats = gradcheck.compare(all_derivatives(X, Y, WEIGHTS, BIASES), expected, NAMES)
    assert np.max(floats.relative) < 16 * EPS, f"floats: {floats}"


def test_agree_with_central_differences():
    expected = gradcheck.central_differences(cost_of_parameters, WEIGHTS + BIASES)
    comparison = gradcheck.compare(all_derivatives(X, Y, WEIGHTS, BIASES), expected, NAMES)
    # Truncation h**2 C'''/6 and rounding eps C/h with h = 6e-6 and C, C''' below 1: under 5e-11.
    assert np.max(comparison.absolute) < 5e-11, str(comparison)
    assert np.min(np.abs(expected)) > 1e6 * 5e-11, "no test: a derivative drowns in that error"


def test_agree_with_the_complex_step():
    expected = gradcheck.complex_step(cost_of_parameters, WEIGHTS + BIASES)
    comparison = gradcheck.compare(all_derivatives(X, Y, WEIGHTS, BIASES), expected, NAMES)
    assert np.max(comparison.relative) < 32 * EPS, str(comparison)


def test_agree_with_50_digits():
    worst, _ = worst_error(POINT, all_derivatives(X, Y, WEIGHTS, BIASES).tolist())
    assert worst < 16 * EPS


def test_agree_with_jax():
    gradient = jax.grad(lambda w, b: textbook_cost(X, Y, w, b, exp=jnp.exp), argnums=(0, 1))
    expected = np.concatenate(gradient(jnp.array(WEIGHTS), jnp.array(BIASES)))
    assert expected.dtype == np.float64, "JAX fell back to float32"
    comparison = gradcheck.compare(all_derivatives(X, Y, WEIGHTS, BIASES), expected, NAMES)
    assert np.max(comparison.relative) < 32 * EPS, str(comparison)


def test_tanh_chain_agrees_with_50_digits():
    with mpmath.workdps(70):

        def cost(*theta):
            a = mpf(X)
            for w, b in zip(theta[:4], theta[4:]):
                a = mpmath.tanh(w * a + b)
            return (a - Y) ** 2 / 2

        unit = np.eye(8, dtype=int).tolist()
        expected = [mpmath.diff(cost, WEIGHTS + BIASES, tuple(order)) for order in unit]
    got = all_derivatives(X, Y, WEIGHTS, BIASES, activation="tanh")
    comparison = gradcheck.compare(got, expected, NAMES)
    assert np.max(comparison.relative) < 32 * EPS, str(comparison)


# --- Accuracy everywhere --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_accurate_at_ten_thousand_random_settings(seed):
    x, y, weights, biases = random_settings(seed)
    z_output = chain.forward(x, weights, biases).z[-1]
    assert np.sum((y == 1) & (z_output > 36.74)) >= 500, "too few saturated outputs with the target 1"
    got = all_derivatives(x, y, weights, biases)
    assert np.mean(np.abs(got) >= TINY) > 0.9, "too few true values in the normal range"
    for inputs, values in zip(rows(x, y, weights, biases), got.tolist()):
        worst, fraction_of_bound = worst_error(inputs, values)
        assert fraction_of_bound <= 1, f"relative error {worst:.1e} at {inputs}"


def settings_with_underflow_on_the_way(n=100):
    """A saturated output makes dC/db4 smaller than 1e-313, and dC/db1 likewise; dC/dw1 is x times that, and x
    is of the order of 1e60."""
    rng = np.random.default_rng(20)
    x, y = 1e60 * rng.normal(size=n), rng.uniform(0.1, 0.9, size=n)
    weights, biases = rng.normal(size=(2, n, 4))
    weights[:, 0] *= 1e-60
    biases[:, 3] = rng.uniform(725, 800, size=n)
    return x, y, weights, biases, "sigmoid"


def settings_with_underflow_between_tanh_layers(n=100):
    """w4 dC/db4 is about 1e-320; two weights of 1e10, whose layers work near z = 0, bring it back. A large
    weight on a sigmoid would do so only where rounding errors grow as much."""
    rng = np.random.default_rng(21)
    x, y = 1e-20 * rng.normal(size=n), rng.uniform(0.1, 0.9, size=n)
    weights = rng.normal(size=(n, 4)) * [1, 1e10, 1e10, 1e-304]
    biases = rng.normal(size=(n, 4)) * [1e-20, 1e-10, 1, 1]
    biases[:, 3] = rng.uniform(17, 19, size=n)
    return x, y, weights, biases, "tanh"


def settings_with_overflow_on_the_way(n=100):
    """A target of 1e250 times w4 of 1e100 is beyond the range; the slope of layer 3, about 1e-100, brings the
    product back."""
    rng = np.random.default_rng(22)
    x, y = rng.normal(size=n), 1e250 * rng.uniform(1, 3, size=n)
    weights, biases = rng.normal(size=(2, n, 4)) * [[[1, 1, 1, 1e100]], [[1, 1, 1, 1]]]
    biases[:, 2] = rng.uniform(-235, -230, size=n)
    return x, y, weights, biases, "sigmoid"


@pytest.mark.parametrize(
    "found",
    [
        settings_with_underflow_on_the_way,
        settings_with_underflow_between_tanh_layers,
        settings_with_overflow_on_the_way,
    ],
)
@pytest.mark.filterwarnings("error")
def test_accurate_where_a_partial_product_leaves_the_range(found):
    x, y, weights, biases, activation = found()
    with np.errstate(over="ignore", invalid="ignore"):
        plain = chain.backward(chain.forward(x, weights, biases, activation), y)
    plain = np.concatenate([plain.weights, plain.biases], axis=-1)
    got = all_derivatives(x, y, weights, biases, activation=activation)
    plain_errors = []
    for inputs, values, plain_values in zip(rows(x, y, weights, biases), got.tolist(), plain.tolist()):
        worst, fraction_of_bound = worst_error(inputs, values, activation=activation)
        assert fraction_of_bound <= 1, f"relative error {worst:.1e} at {inputs}"
        plain_errors.append(worst_error(inputs, plain_values, activation=activation)[1])
    assert np.mean(np.array(plain_errors) > 1) > 0.9, "no test: plain floats manage"


@pytest.mark.parametrize("depth", [1, 2, 60])
def test_accurate_at_any_depth(depth):
    rng = np.random.default_rng(depth)
    x, y, weights, biases = 0.6, 0.3, rng.normal(size=depth), rng.normal(size=depth)
    got = all_derivatives(x, y, weights, biases)
    worst, fraction_of_bound = worst_error([x, y, *weights.tolist(), *biases.tolist()], got.tolist())
    assert fraction_of_bound <= 1, f"relative error {worst:.1e}"


def test_tanh_chain_keeps_a_signal_that_underflows_between_two_layers():
    # a1 = tanh(1e-400) is no float; a2 = tanh(1e200 a1) is one again, and dC/dw3 = a2 dC/db3.
    g = chain.gradients(1e-200, 0.5, [1e-200, 1e200, 0.7, 0.9], np.zeros(4), activation="tanh")
    assert g.weights[2] == pytest.approx(-0.5 * 0.9 * 1e-200, rel=4 * EPS, abs=0)


def test_cost_is_finite_where_its_double_is_not():
    assert chain.gradients(0.3, 1.8e154, [0.1], [0.2]).cost == pytest.approx(1.62e308, rel=4 * EPS, abs=0)


def test_float32_is_accurate_to_its_own_precision():
    x, y, weights, biases = (n.astype(np.float32) for n in random_settings(4, n=200))
    got = all_derivatives(x, y, weights, biases)
    limits = np.finfo(np.float32)
    checked = 0
    for inputs, values in zip(rows(x, y, weights, biases), got.tolist()):
        allowed = 4 * float(limits.eps) * np.maximum(1, condition_numbers(inputs))
        for name, value, true, bound in zip(NAMES, values, reference(inputs), allowed):
            if abs(true) >= limits.tiny:
                assert abs(Decimal(value) / true - 1) <= bound, f"dC/d{name} at {inputs}"
                checked += 1
    assert checked > 800, "too few true values in the normal range"


# --- Shapes and types -----------------------------------------------------------------------------


@given(
    shapes=mutually_broadcastable_shapes(num_shapes=4, max_dims=3, max_side=3, min_side=0),
    depth=st.integers(1, 5),
    scale=st.sampled_from([1, 30, 1000]),  # at 1000 almost every product leaves the range
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 2**32 - 1),
)
@example(BroadcastableShapes(((2, 2), (), (), ()), (2, 2)), 2, 30, np.float32, 18033)  # one of four leaves it
def test_broadcasting_equals_the_loop_bit_for_bit(shapes, depth, scale, dtype, seed):
    rng = np.random.default_rng(seed)
    shape = shapes.result_shape
    x_shape, y_shape, w_shape, b_shape = shapes.input_shapes
    x, y = rng.normal(size=x_shape).astype(dtype), rng.uniform(size=y_shape).astype(dtype)
    weights, biases = (scale * rng.normal(size=(*s, depth)).astype(dtype) for s in (w_shape, b_shape))

    together = chain.gradients(x, y, weights, biases)

    assert np.shape(together.cost) == shape, "cost"
    assert together.weights.shape == together.biases.shape == (*shape, depth), "gradients"
    x, y = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    weights, biases = np.broadcast_to(weights, (*shape, depth)), np.broadcast_to(biases, (*shape, depth))
    for i in np.ndindex(shape):
        alone = chain.gradients(x[i], y[i], weights[i], biases[i])
        for name, one, many in zip(alone._fields, alone, together):
            assert one.tobytes() == many[i].tobytes(), f"{name} at {i}: {one} alone, {many[i]} together"


moderate = st.floats(0.01, 20) | st.floats(-20, -0.01)  # nothing leaves the range in six layers
layers = st.integers(1, 6).flatmap(
    lambda depth: st.tuples(*[st.lists(moderate, min_size=depth, max_size=depth)] * 2)
)


@given(x=moderate, y=moderate, parameters=layers)
def test_weight_gradient_is_the_bias_gradient_times_the_signal_before(x, y, parameters):
    before = np.stack(chain.forward(x, *parameters).a[:-1])
    g = chain.gradients(x, y, *parameters)
    np.testing.assert_array_equal(g.weights, before * g.biases)


@given(x=moderate, y=moderate, parameters=layers, power=st.integers(-20, 20))
def test_only_the_product_of_input_and_first_weight_matters(x, y, parameters, power):
    """Powers of two are exact, so this law holds to the last bit."""
    weights, biases = map(np.array, parameters)
    g = chain.gradients(x, y, weights, biases)
    weights[0] *= 2.0**-power
    scaled = chain.gradients(x * 2.0**power, y, weights, biases)
    np.testing.assert_array_equal(scaled.biases, g.biases)
    assert scaled.weights[0] == g.weights[0] * 2.0**power
    assert scaled.cost == g.cost


@pytest.mark.parametrize("scale", [1, 100])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_in_float32_out(activation, scale):
    rng = np.random.default_rng(5)
    weights, biases = scale * rng.normal(size=(2, 50, 4)).astype(np.float32)
    for x, y in [(X, Y), (np.float32(X), np.float32(Y)), (3, 1), (np.full(50, X, np.float32), Y)]:
        trace = chain.forward(x, weights, biases, activation)
        assert {np.result_type(n) for n in (*trace.z[1:], *trace.a[1:], *trace.slope[1:])} == {
            np.dtype("float32")
        }
        for gradients in (chain.gradients(x, y, weights, biases, activation), chain.backward(trace, y)):
            assert {n.dtype for n in gradients} == {np.dtype("float32")}, f"x = {x!r}, y = {y!r}"


def test_a_target_in_double_precision_does_not_let_float32_underflow_unseen():
    # In float32 the slope at z = -88.2 is a subnormal number, so the pass must be repeated, in double precision.
    x, weights, biases = np.float32(0.3), np.float32([0.1, 0.2]), np.float32([0.1, -88.3])
    mixed = chain.gradients(x, np.float64(0.25), weights, biases)
    double = chain.gradients(float(x), 0.25, weights.astype(float), biases.astype(float))
    np.testing.assert_allclose(mixed.biases, double.biases, rtol=4 * EPS)


@pytest.mark.parametrize("number", [fractions.Fraction, Decimal, np.float64, mpf, sympy.Float])
def test_any_real_number_type_gives_the_same_values(number):
    expected = all_derivatives(X, Y, WEIGHTS, BIASES)
    got = chain.gradients(number(X), number(Y), [*map(number, WEIGHTS)], [*map(number, BIASES)])
    np.testing.assert_allclose(np.array([*got.weights, *got.biases], float), expected, rtol=32 * EPS)


def test_integers_are_numbers():
    whole = chain.gradients(2, 1, [1, -3], [4, 5])
    assert whole.weights.tobytes() == chain.gradients(2.0, 1.0, [1.0, -3.0], [4.0, 5.0]).weights.tobytes()


def test_arrays_of_objects_are_read_entry_by_entry():
    g = chain.gradients(mpf(X), Y, np.array([mpf(w) for w in WEIGHTS]), np.array([mpf(b) for b in BIASES]))
    assert isinstance(g.biases[0], mpf)
    assert float(g.biases[0]) == pytest.approx(all_derivatives(X, Y, WEIGHTS, BIASES)[4], rel=32 * EPS, abs=0)


def test_complex_numbers_pass_through():
    """So the chain can be checked by a complex step of its own forward pass."""
    theta = np.array(WEIGHTS + BIASES)
    by_step = gradcheck.complex_step(lambda t: chain.gradients(X, Y, t[:4], t[4:]).cost, theta)
    np.testing.assert_allclose(by_step, all_derivatives(X, Y, WEIGHTS, BIASES), rtol=32 * EPS)


def test_a_trace_is_indexed_by_layer():
    trace = chain.forward(X, WEIGHTS, BIASES)
    assert trace.a[0] == X and trace.z[0] is None and trace.slope[0] is None
    for l in range(1, 5):
        s = 1 / (1 + mpmath.exp(-mpf(trace.z[l])))
        assert trace.z[l] == WEIGHTS[l - 1] * trace.a[l - 1] + BIASES[l - 1], f"z_{l}"
        assert abs(trace.a[l] / s - 1) < 2 * EPS, f"a_{l}"
        assert abs(trace.slope[l] / (s * (1 - s)) - 1) < 4 * EPS, f"sigma'(z_{l})"


def test_cost_is_half_the_squared_residual():
    assert chain.gradients(X, Y, WEIGHTS, BIASES).cost == pytest.approx(
        textbook_cost(X, Y, WEIGHTS, BIASES), rel=16 * EPS, abs=0
    )


# --- NaN, infinity and warnings -------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("position", range(10))
@pytest.mark.filterwarnings("error")
def test_nan_in_gives_nan_out_without_a_warning(position, activation):
    point = np.array(POINT)
    point[position] = np.nan
    x, y, weights, biases = point[0], point[1], point[2:6], point[6:]
    for g in (
        chain.gradients(x, y, weights, biases, activation),
        chain.backward(chain.forward(x, weights, biases, activation), y),
    ):
        assert np.isnan([g.cost, *g.weights, *g.biases]).all(), f"NaN in place {position} got lost: {g}"


def test_nan_stays_in_its_own_row():
    x = np.array([X, np.nan, -X])
    got = all_derivatives(x, Y, WEIGHTS, BIASES)
    np.testing.assert_array_equal(np.isnan(got).all(axis=-1), [False, True, False])
    np.testing.assert_array_equal(got[0], all_derivatives(X, Y, WEIGHTS, BIASES))


@pytest.mark.parametrize("dtype", [float, np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.filterwarnings("error")
def test_no_warning_for_z_up_to_ten_thousand(activation, dtype):
    for z in [*np.geomspace(0.1, 1e4, 60), 36.74, 87.4, 88.8, 103.9, 708.5, 709.8, 745.2]:
        for sign in (-1, 1):
            biases = [dtype(0.3), dtype(sign * z)]
            weights = [dtype(sign * z), dtype(-0.7)]
            if dtype is not float:
                weights, biases = np.array(weights), np.array(biases)
            trace = chain.forward(dtype(1.1), weights, biases, activation)
            assert np.isfinite([*trace.a, *trace.slope[1:]]).all(), f"z = {sign * z}"
            for g in (
                chain.backward(trace, dtype(0.4)),
                chain.gradients(dtype(1.1), dtype(0.4), weights, biases, activation),
            ):
                assert np.isfinite([g.cost, *g.weights, *g.biases]).all(), f"z = {sign * z}"


@pytest.mark.filterwarnings("error")
def test_z_beyond_all_numbers_is_plain_saturation():
    g = chain.gradients(1e300, 0.2, [1e300, 0.3], [0.1, 0.2])  # z1 = 1e600, so a1 = 1
    one_layer = chain.gradients(1.0, 0.2, [0.3], [0.2])
    assert g.cost == one_layer.cost and g.biases[1] == one_layer.biases[0]
    assert g.weights[0] == g.biases[0] == 0


def test_mpmath_precision_is_the_callers():
    with mp.workdps(30):
        g = chain.gradients(mpf(X), mpf(Y), [mpf(w) for w in WEIGHTS], [mpf(b) for b in BIASES])
        assert abs(g.biases[0] / mpf(str(reference(POINT)[4])) - 1) < mpf(10) ** -28
