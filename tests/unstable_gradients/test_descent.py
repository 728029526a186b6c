"""Gradient descent, held against what can be written down without it."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unstable_gradients import activations, initializers, network, scaled
from unstable_gradients.descent import Divergence, clip_by_norm, clip_by_value, descend, minibatches, train
from unstable_gradients.network import Network

CURVATURES = np.array([0.37, 2.9])
LOWEST = np.array([1.3, -0.7])
START = np.array([0.4, 2.1])


def bowl(theta):
    """A quadratic with its lowest point at LOWEST."""
    return np.sum(CURVATURES * (theta - LOWEST) ** 2) / 2, CURVATURES * (theta - LOWEST)


@pytest.mark.filterwarnings("error")
class TestQuadratic:
    @given(rate=st.floats(1e-3, 1.0))
    def test_error_is_a_power_of_the_factor(self, rate):
        history = descend(bowl, START, rate, 30)
        k = np.arange(31)[:, np.newaxis]
        expected = LOWEST + (1 - rate * CURVATURES) ** k * (START - LOWEST)
        scale = np.maximum(1, np.abs(expected))
        np.testing.assert_array_less(np.abs(history.parameters - expected) / scale, 1e-11)

    @pytest.mark.parametrize("share, comes_closer", [(0.99, True), (1.01, False)])
    def test_limit_is_two_over_the_largest_curvature(self, share, comes_closer):
        history = descend(bowl, START, share * 2 / CURVATURES.max(), 1000)
        distance = np.linalg.norm(history.parameters - LOWEST, axis=1)
        assert (distance[-1] < distance[0]) == comes_closer

    def test_rows_belong_together(self):
        history = descend(bowl, START, 0.3, 12)
        assert history.parameters.shape == history.gradients.shape == (13, 2)
        assert history.costs.shape == (13,)
        np.testing.assert_array_equal(history.parameters[0], START)
        for theta, gradient, cost in zip(history.parameters, history.gradients, history.costs):
            np.testing.assert_array_equal(gradient, bowl(theta)[1])
            assert cost == bowl(theta)[0]
        steps = -0.3 * history.gradients[:-1]
        np.testing.assert_array_equal(history.parameters[:-1] + steps, history.parameters[1:])
        assert history.diverged_at is None

    def test_no_step_is_the_start(self):
        history = descend(bowl, START, 0.3, 0)
        assert history.parameters.shape == (1, 2)
        np.testing.assert_array_equal(history.parameters[0], START)

    def test_integers_are_numbers(self):
        history = descend(bowl, [2, -3], 1, np.int64(2))
        assert history.parameters.dtype == np.float64 and len(history.costs) == 3

    def test_a_stationary_point_stays(self):
        history = descend(bowl, LOWEST, 0.3, 5)
        assert np.all(history.parameters == LOWEST)


class TestLeavingTheFiniteNumbers:
    def test_row_and_silence(self, capfd):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            history = descend(bowl, START, 5.0, 10_000)
        k = history.diverged_at
        assert len(history.costs) == len(history.parameters) == len(history.gradients) == k + 1
        assert np.all(np.isfinite(history.costs[:-1])) and not np.isfinite(history.costs[-1])
        # The cost grows by the square of the largest factor, up to the end of float64.
        factor = abs(1 - 5.0 * CURVATURES.max())
        expected = (np.log(np.finfo(float).max) - np.log(history.costs[0])) / (2 * np.log(factor))
        assert abs(k - expected) < 2
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_first_row_counts(self, bad):
        assert descend(lambda t: (bad, t), START, 0.1, 5).diverged_at == 0
        assert descend(lambda t: (0.3, t * bad), START, 0.1, 5).diverged_at == 0

    def test_later_row(self):
        history = descend(lambda t: (np.log(t[0]), np.array([1.0])), [0.35], 0.1, 50)
        assert history.diverged_at == 4  # 0.35, 0.25, 0.15, 0.05, and the logarithm of -0.05
        assert np.isnan(history.costs[-1])

    def test_a_parameter_that_overflows(self):
        history = descend(lambda t: (0.0, np.full(1, 1e308)), [-1e308], 1.5, 5)
        assert history.diverged_at == 1 and np.isinf(history.parameters[1, 0])


class TestNothingIsShared:
    def test_start_is_not_changed(self):
        start = START.copy()
        history = descend(bowl, start, 0.3, 3)
        start[0] = 99.0
        assert history.parameters[0, 0] == START[0]

    def test_a_function_that_reuses_its_array(self):
        buffer = np.empty(2)

        def reusing(theta):
            buffer[:] = bowl(theta)[1]
            return bowl(theta)[0], buffer

        np.testing.assert_array_equal(
            descend(reusing, START, 0.3, 5).gradients, descend(bowl, START, 0.3, 5).gradients
        )

    def test_a_function_that_writes_into_its_argument(self):
        def writing(theta):
            result = bowl(theta)
            theta[:] = 99.0
            return result

        np.testing.assert_array_equal(
            descend(writing, START, 0.3, 5).parameters, descend(bowl, START, 0.3, 5).parameters
        )


class TestBadInput:
    @pytest.mark.parametrize(
        "start", ["0.4", ["a"], None, [None], [True, False], [0.4j], [[0.4], [2.1, 0.3]]]
    )
    def test_start_of_the_wrong_kind(self, start):
        with pytest.raises(TypeError, match="start must be an array of real numbers"):
            descend(bowl, start, 0.1, 3)

    @pytest.mark.parametrize("start", [0.4, [[0.4, 2.1]], [np.nan, 2.1], [0.4, np.inf], np.empty(0)])
    def test_start_of_the_wrong_shape_or_size(self, start):
        with pytest.raises(ValueError, match="start must be one-dimensional, not empty and finite"):
            descend(bowl, start, 0.1, 3)

    @pytest.mark.parametrize("rate", ["0.1", None, True, 0.1j, [0.1, 0.2]])
    def test_rate_of_the_wrong_kind(self, rate):
        with pytest.raises(TypeError, match="rate must be one real number"):
            descend(bowl, START, rate, 3)

    @pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf])
    def test_rate_out_of_range(self, rate):
        with pytest.raises(ValueError, match="rate must be positive and finite"):
            descend(bowl, START, rate, 3)

    @pytest.mark.parametrize("steps", ["3", None, True, [3]])
    def test_steps_of_the_wrong_kind(self, steps):
        with pytest.raises(TypeError, match="steps must be one whole number"):
            descend(bowl, START, 0.1, steps)

    @pytest.mark.parametrize("steps", [-1, 2.5, np.nan, np.inf])
    def test_steps_out_of_range(self, steps):
        with pytest.raises(ValueError, match="steps must be a whole number, 0 or more"):
            descend(bowl, START, 0.1, steps)

    def test_no_function(self):
        with pytest.raises(TypeError, match="cost_and_gradient must be a function"):
            descend(3.0, START, 0.1, 3)

    @pytest.mark.parametrize("returned", [None, 3.0, (1.0, 2.0, 3.0)])
    def test_not_a_cost_and_a_gradient(self, returned):
        with pytest.raises(TypeError, match="a cost and a gradient"):
            descend(lambda t: returned, START, 0.1, 3)

    @pytest.mark.parametrize("cost", ["1", None, 1j, np.ones(2)])
    def test_cost_of_the_wrong_kind(self, cost):
        with pytest.raises(TypeError, match="the cost must be one real number"):
            descend(lambda t: (cost, t), START, 0.1, 3)

    @pytest.mark.parametrize("gradient", [np.ones(2, dtype=complex), ["a", "b"]])
    def test_gradient_of_the_wrong_kind(self, gradient):
        with pytest.raises(TypeError, match="the gradient must be an array of real numbers"):
            descend(lambda t: (1.0, gradient), START, 0.1, 3)

    def test_gradient_of_the_wrong_shape(self):
        with pytest.raises(
            ValueError, match=r"the gradient must have shape \(2,\), as start has; it has \(3,\)"
        ):
            descend(lambda t: (1.0, np.ones(3)), START, 0.1, 3)

    def test_what_the_function_raises_is_passed_on(self):
        def failing(theta):
            raise ZeroDivisionError("of the function")

        with pytest.raises(ZeroDivisionError, match="of the function"):
            descend(failing, START, 0.1, 3)


# --- Training a network ---------------------------------------------------------------------------


def regression(seed=1, sizes=(3, 5, 4, 2), examples=11, dtype=float, normalized=False, **options):
    """Return a network with data that have no pattern."""
    rng = np.random.default_rng(seed)
    weights = [w.astype(dtype) for w in initializers.weights("lecun_normal", sizes, rng)]
    biases = [0.3 * rng.standard_normal(n).astype(dtype) for n in sizes[1:]]
    gains = [*(rng.uniform(0.5, 1.5, n).astype(dtype) for n in sizes[1:-1]), None] if normalized else None
    net = Network(weights, biases, **{"activation": "tanh", "output": "identity", "gains": gains} | options)
    x, y = (rng.standard_normal((examples, n)).astype(dtype) for n in (sizes[0], sizes[-1]))
    return net, x, y


def arrays_of(net):
    return [*net.weights, *net.biases, *(gain for gain in net.gains if gain is not None)]


def assert_same_arrays(net, expected):
    for got, true in zip(arrays_of(net), arrays_of(expected)):
        np.testing.assert_array_equal(got, true)


class TestMinibatches:
    @given(examples=st.integers(1, 40), size=st.integers(1, 50), epochs=st.integers(1, 4))
    def test_every_epoch_sees_every_example_once(self, examples, size, epochs):
        batches = minibatches(examples, size, epochs, np.random.default_rng(1))
        in_one = -(-examples // size)
        assert len(batches) == epochs * in_one
        for epoch in range(epochs):
            rows = batches[epoch * in_one : (epoch + 1) * in_one]
            np.testing.assert_array_equal(np.sort(np.concatenate(rows)), np.arange(examples))
            assert [len(r) for r in rows[:-1]] == [size] * (in_one - 1), "only the last may be smaller"

    def test_every_epoch_has_an_order_of_its_own_and_a_seed_gives_it_again(self):
        first, second = minibatches(100, 100, 2, np.random.default_rng(1))
        assert np.mean(first == second) < 0.1 and np.mean(first == np.arange(100)) < 0.1
        np.testing.assert_array_equal(first, minibatches(100, 100, 1, np.random.default_rng(1))[0])


sizes_of_numbers = st.sampled_from([1e-320, 1e-200, 1e-3, 1.0, 1e3, 1e200, 1e307])


class TestClipping:
    @given(seed=st.integers(0, 2**32 - 1), size=sizes_of_numbers, limit=sizes_of_numbers)
    def test_by_norm_keeps_the_direction_and_bounds_the_length(self, seed, size, limit):
        rng = np.random.default_rng(seed)
        gradients = [size * rng.standard_normal((2, 3)), size * rng.standard_normal(4)]
        clipped = clip_by_norm(gradients, limit)
        assert [c.shape for c in clipped] == [(2, 3), (4,)]
        before, after = (np.concatenate([np.ravel(g) for g in gs]) for gs in (gradients, clipped))
        length, clipped_length = (scaled.norm(v, (0,)) for v in (before, after))
        if length <= limit:
            np.testing.assert_array_equal(after, before)
        elif limit > 1e-300:  # below, the numbers are too coarse for a direction
            assert clipped_length == pytest.approx(limit, rel=1e-14, abs=0)
            np.testing.assert_allclose(after / clipped_length, before / length, rtol=1e-13)

    @given(seed=st.integers(0, 2**32 - 1), limit=st.floats(0.01, 3))
    def test_by_value_caps_what_is_larger_and_leaves_the_rest(self, seed, limit):
        gradients = [np.random.default_rng(seed).standard_normal(s) for s in ((2, 3), 4)]
        for before, after in zip(gradients, clip_by_value(gradients, limit)):
            small = np.abs(before) <= limit
            np.testing.assert_array_equal(after[small], before[small])
            np.testing.assert_array_equal(after[~small], limit * np.sign(before[~small]))

    def test_only_one_of_them_turns_the_gradient(self):
        """From 17.74 to 38.66 degrees: a number of lesson 6."""
        gradient = [np.array([2.5, 0.8])]
        degrees = lambda v: np.degrees(np.arctan2(v[1], v[0]))  # noqa: E731
        assert degrees(gradient[0]) == pytest.approx(17.74, abs=0.005)
        assert degrees(clip_by_value(gradient, 1)[0]) == pytest.approx(38.66, abs=0.005)
        np.testing.assert_allclose(clip_by_norm(gradient, 1)[0], [0.9524, 0.3048], atol=5e-5)

    @pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
    def test_an_infinite_limit_changes_nothing_and_lists_of_numbers_will_do(self, clip):
        assert [c.tolist() for c in clip([[3, -4], [[0.5]]], np.inf)] == [[3, -4], [[0.5]]]
        assert [c.tolist() for c in clip([[3, -4]], 4)] == (
            [[3, -4]] if clip is clip_by_value else [[2.4, -3.2]]
        )

    def test_an_infinite_gradient_has_no_direction(self):
        clipped = clip_by_norm([np.array([np.inf, 1.0]), np.array([2.0])], 1.0)
        assert np.isnan(clipped[0][0]), "infinity must not become a number"
        assert np.isnan(np.concatenate(clip_by_norm([np.array([np.nan, 3.0])], 1.0))[0])

    @pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
    def test_precision_stays(self, clip):
        assert clip([np.array([30.0, 40.0], np.float32)], 1.0)[0].dtype == np.float32


class TestTraining:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("normalized", [False, True])
    @pytest.mark.parametrize("decay", [0, 0.3])
    @pytest.mark.parametrize("clip", [None, lambda g: clip_by_norm(g, 0.2)])
    def test_every_update_is_a_step_against_the_gradient(self, dtype, normalized, decay, clip):
        net, x, y = regression(dtype=dtype, normalized=normalized)
        close = dict(rtol=1e-4 if dtype == np.float32 else 1e-12, atol=1e-6 if dtype == np.float32 else 1e-15)
        batches = minibatches(len(x), 4, 3, np.random.default_rng(1))
        history = train(net, x, y, 0.05, batches, clip=clip, weight_decay=decay)
        now = net
        for k, rows in enumerate(batches):
            g = network.gradients(now, x[rows], y[rows])
            np.testing.assert_allclose(history.costs[k], g.cost, **close)
            np.testing.assert_allclose(
                history.weight_norms[k], g.weight_norms, **close, err_msg="before clipping"
            )
            np.testing.assert_allclose(history.bias_norms[k], g.bias_norms, **close)
            steps = arrays_of(g) if clip is None else clip(arrays_of(g))
            keep = [1 - 0.05 * decay] * len(now.weights) + [1] * len(steps)
            moved = iter([k * p - 0.05 * s for k, p, s in zip(keep, arrays_of(now), steps)])
            now = replace(
                now,
                weights=[next(moved) for _ in now.weights],
                biases=[next(moved) for _ in now.biases],
                gains=[None if gain is None else next(moved) for gain in now.gains],
            )
        for got, expected in zip(arrays_of(history.network), arrays_of(now)):
            assert got.dtype == dtype
            np.testing.assert_allclose(got, expected, **close)
        assert history.divergence is None
        assert history.weight_norms.shape == history.bias_norms.shape == (9, 3)

    def test_a_number_of_updates_means_all_examples_each_time(self):
        net, x, y = regression()
        assert_same_arrays(train(net, x, y, 0.1, 4).network, train(net, x, y, 0.1, [range(11)] * 4).network)

    def test_batches_may_come_one_by_one(self):
        net, x, y = regression()
        batches = minibatches(11, 4, 2, np.random.default_rng(1))
        assert_same_arrays(
            train(net, x, y, 0.1, iter(batches)).network, train(net, x, y, 0.1, batches).network
        )

    def test_training_learns(self):
        net, x, y = regression()
        history = train(net, x, y, 0.1, 3000)
        assert history.costs[-1] < 0.05 * history.costs[0]

    @pytest.mark.parametrize("normalized", [False, True])
    def test_the_network_it_starts_from_is_left_alone(self, normalized):
        net, x, y = regression(normalized=normalized)
        again, _, _ = regression(normalized=normalized)
        history = train(net, x, y, 0.1, 5)
        assert_same_arrays(net, again)
        assert all(np.any(p != q) for p, q in zip(arrays_of(net), arrays_of(history.network)))
        assert history.network.activation == net.activation and history.network.shortcuts == net.shortcuts

    @pytest.mark.parametrize("batches", [0, [], iter([])])
    def test_no_update_is_an_empty_record(self, batches):
        net, x, y = regression()
        history = train(net, x, y, 0.1, batches)
        assert history.costs.shape == (0,) and history.divergence is None
        assert history.weight_norms.shape == history.bias_norms.shape == (0, 3)
        assert_same_arrays(history.network, net)

    def test_weight_decay_shrinks_weights_alone(self):
        net, x, y = regression()
        net = replace(net, biases=[np.zeros_like(b) for b in net.biases])
        history = train(net, 0 * x, 0 * y, 0.1, 7, weight_decay=2.0)  # the gradient is zero
        for w, start in zip(history.network.weights, net.weights):
            np.testing.assert_allclose(w, 0.8**7 * start, rtol=1e-13)
        net, x, y = regression()
        with_decay, without = (train(net, x, y, 0.1, 1, weight_decay=d).network for d in (2.0, 0))
        for b, expected in zip(with_decay.biases, without.biases):
            np.testing.assert_array_equal(b, expected)

    def test_observe_sees_every_update_before_it_is_made(self):
        net, x, y = regression()
        batches = minibatches(11, 4, 2, np.random.default_rng(1))
        seen = []

        def observe(update, trace, g):
            seen.append((update, trace.network.weights[0].copy(), g.cost))
            np.testing.assert_array_equal(trace.a[0], x[batches[update - 1]])

        history = train(net, x, y, 0.1, batches, observe=observe)
        assert [s[0] for s in seen] == [1, 2, 3, 4, 5, 6]
        np.testing.assert_array_equal([s[2] for s in seen], history.costs)
        np.testing.assert_array_equal(seen[0][1], net.weights[0])
        np.testing.assert_array_equal(seen[5][1], train(net, x, y, 0.1, batches[:5]).network.weights[0])

    @pytest.mark.parametrize("name", ["clip", "observe"])
    def test_what_the_callbacks_raise_is_passed_on(self, name):
        def failing(*arguments):
            raise ZeroDivisionError("of the callback")

        net, x, y = regression()
        with pytest.raises(ZeroDivisionError, match="of the callback"):
            train(net, x, y, 0.1, 3, **{name: failing})


# --- Diverging: never silent, never a bare warning (which is an error in these tests)


def first_not_finite(net, x, y, rate, updates, decay=0.0):
    """Return the Divergence, or None: look at everything in the order of the computation, without any short cut."""
    with np.errstate(all="ignore"):
        for update in range(1, updates + 1):
            trace = network.forward(net, x)
            g = network.backward(trace, y)
            last = len(net.weights)
            computed = []
            for l in range(1, last + 1):
                computed += [(l, "spread", trace.spread[l]), (l, "z", trace.z[l]), (l, "a", trace.a[l])]
            computed += [(last, "cost", g.cost)]
            for l in reversed(range(last)):
                computed += [(l + 1, "delta", g.deltas[l])]
                computed += [(l + 1, "gradient", v[l]) for v in (g.weights, g.biases, g.gains)]
            steps = [w + decay * p for w, p in zip(g.weights, net.weights)], g.biases, g.gains
            moved = [
                [None if p is None else (p - rate * s).astype(p.dtype) for p, s in zip(ps, ss)]
                for ps, ss in zip((net.weights, net.biases, net.gains), steps)
            ]
            computed += [(l + 1, "parameters", ps[l]) for l in range(last) for ps in moved]
            for layer, quantity, values in computed:
                if values is not None and not np.all(np.isfinite(values)):
                    return Divergence(update, layer, quantity)
            net = replace(net, weights=moved[0], biases=moved[1], gains=moved[2])


def linear(*weights, x, y=0.5, rate=1.0, biases=None, activation="identity", updates=3, **options):
    """Train a network of the given weights, one neuron a layer unless they are matrices, and return its history."""
    matrices = [np.array(w, dtype=float, ndmin=2) for w in weights]
    net = Network(matrices, biases, activation, output="identity", **options)
    return train(
        net,
        np.array(x, float, ndmin=2),
        np.full((len(np.array(x, ndmin=2)), len(matrices[-1])), y),
        rate,
        updates,
    )


INF_MINUS_INF = dict(weights=[[[1e200, -1e200]]], x=[[1e200, 1e200]])
WAYS = {  # what is computed first and leaves the range: layer, quantity, and how to get there
    "z overflows in layer 1": (1, "z", lambda: linear(1e200, 1, 1, x=1e200)),
    "z overflows in layer 2": (2, "z", lambda: linear(1e200, 1e200, 1, x=1)),
    "z of the output overflows": (3, "z", lambda: linear(1, 1e200, 1e200, x=1)),
    "z is inf - inf": (1, "z", lambda: linear([[1e200, -1e200]], 1, x=[[1e200, 1e200]])),
    "z saturates a unit, and all that follows is finite": (
        1,
        "z",
        lambda: linear(1e200, 1, x=1e200, activation="tanh"),
    ),
    "a overflows": (1, "a", lambda: linear(1, 1e-300, x=1.75e308, activation="selu")),
    "a shortcut overflows": (2, "a", lambda: linear(1, 1, 1e-300, x=1e308, shortcuts={2: 1})),
    "the cost overflows": (2, "cost", lambda: linear(1, 1, x=1e160)),
    "the cost overflows by a target": (2, "cost", lambda: linear(1, 1, x=1, y=1e160)),
    "delta overflows": (1, "delta", lambda: linear(1, 1e200, 1e200, x=1e-300)),
    "the gradient of a weight overflows": (1, "gradient", lambda: linear(0, 1e150, x=1e200)),
    "the gradient of a bias overflows": (
        1,
        "gradient",
        lambda: linear(1, [[1e308]], x=[[1e-308], [1.001e-308]], y=-2),
    ),
    "a step overflows": (1, "parameters", lambda: linear(1e-100, 1e100, x=1e100, rate=1e200)),
    "a bias overflows": (
        2,
        "parameters",
        lambda: linear(0.5, 0.0, x=1e-300, y=-1e100, biases=[[0.5], [0.5]], rate=1.7e308),
    ),
    "a spread overflows": (
        1,
        "spread",
        lambda: linear(1e200, 1, x=[[1.0], [2.0], [4.0]], gains=[[1.0], None]),
    ),
    "the mean of a batch is inf - inf": (
        1,
        "spread",
        lambda: linear(1e200, 1, x=[[1e200], [-1e200]], gains=[[1.0], None]),
    ),
    "a spread of zero without epsilon": (
        1,
        "z",
        lambda: linear(1, 1, x=[[2.0], [2.0]], gains=[[1.0], None], epsilon=0),
    ),
    "the gradient of a gain overflows": (
        1,
        "gradient",
        lambda: linear(
            1, 1.7e308, x=[[-1.0], [2.0], [0.5]], y=0.0, biases=[[0.0], [0.0]], gains=[[1e-308], None]
        ),
    ),
}


class TestDivergence:
    @pytest.mark.parametrize("layer, quantity, run", WAYS.values(), ids=WAYS)
    def test_every_way_out_of_the_finite_numbers_is_reported_where_it_begins(self, layer, quantity, run):
        history = run()
        assert history.divergence == Divergence(1, layer, quantity)
        assert (
            history.costs.shape == (1,) and history.weight_norms.shape[0] == history.bias_norms.shape[0] == 1
        )
        assert all(np.isfinite(p).all() for p in arrays_of(history.network))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("normalized", [False, True])
    @pytest.mark.parametrize("activation", activations.ACTIVATIONS)
    def test_a_rate_that_is_too_large(self, activation, normalized, dtype):
        net, x, y = regression(dtype=dtype, normalized=normalized, activation=activation)
        with np.errstate(all="ignore"):
            rate = 30.0
            history = train(net, x, y, rate, 3000)
            expected = first_not_finite(net, x, y, rate, len(history.costs) + 1 if history.divergence else 50)
        assert history.divergence == expected
        if history.divergence is not None:
            assert len(history.costs) == history.divergence.update
            assert all(np.isfinite(p).all() for p in arrays_of(history.network))
            assert np.isfinite(history.costs[:-1]).all(), "only the last row may show it"

    @given(
        powers=st.tuples(*[st.integers(-320, 308)] * 4),
        activation=st.sampled_from(list(activations.ACTIVATIONS)),
        normalized=st.booleans(),
        dtype=st.sampled_from([np.float32, np.float64]),
        decay=st.sampled_from([0.0, 0.5, 1e300]),
        seed=st.integers(0, 9),
    )
    def test_nothing_passes_silently(self, powers, activation, normalized, dtype, decay, seed):
        """Weights, inputs, targets and rate of any size: the report is that of a search without short cuts."""
        net, x, y = regression(seed, (2, 3, 2), 4, dtype, normalized, activation=activation)
        with np.errstate(all="ignore"):
            of_weights, of_x, of_y, rate = (float(dtype(10.0**p)) for p in powers)
            net = replace(net, weights=[(of_weights * w).astype(dtype) for w in net.weights])
            x, y = (of_x * x).astype(dtype), (of_y * y).astype(dtype)
            assume(all(np.isfinite(v).all() for v in (*net.weights, x, y)) and 0 < rate < np.inf)
        history = train(net, x, y, rate, 3, weight_decay=decay)
        assert history.divergence == first_not_finite(net, x, y, rate, 3, decay)
        assert all(np.isfinite(p).all() for p in arrays_of(history.network))

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    @pytest.mark.parametrize("place, layer", [(0, 1), (1, 2), (2, 3), (3, 1), (5, 3), (6, 1), (7, 2)])
    def test_a_clip_that_returns_what_is_not_finite(self, place, layer, bad):
        net, x, y = regression(normalized=True)

        def clip(gradients):
            gradients = [g.copy() for g in gradients]
            if len(calls) == 2:
                gradients[place].flat[0] = bad
            calls.append(1)
            return gradients

        calls = []
        history = train(net, x, y, 0.1, 10, clip=clip)
        assert history.divergence == Divergence(3, layer, "parameters")
        assert_same_arrays(history.network, train(net, x, y, 0.1, 2).network)

    def test_a_step_in_double_precision_that_single_precision_cannot_hold(self):
        net = Network([np.float32([[1e-10]])], output="identity")
        history = train(net, [[1e30]], [[-1e20]], 1.0, 3)
        assert history.divergence == Divergence(1, 1, "parameters")

    def test_a_later_batch_with_too_large_a_number(self):
        net, x, y = regression()
        net = replace(net, weights=[10 * w for w in net.weights])
        x[7] = 1e308 * np.sign(net.weights[0][0])
        seen = []
        history = train(
            net, x, y, 0.01, [[0, 1], [2, 3], [7, 4], [5, 6]], observe=lambda update, *_: seen.append(update)
        )
        assert history.divergence.update == 3 and history.divergence.layer == 1
        assert seen == [1, 2, 3] and len(history.costs) == 3

    def test_a_square_that_overflows_is_no_divergence(self):
        """Where only the sum of squares is infinite, the run goes on."""
        history = linear(1e-200, 1e-200, x=1e200, y=0.0, rate=1e-300)
        assert history.divergence is None and len(history.costs) == 3
        history = linear(1e160, 1e-160, x=1, y=1.0 + 1e-10, rate=1e-320)
        assert history.divergence is None and np.isfinite(history.weight_norms).all()

    def test_what_it_says(self):
        history = linear(1e200, 1e200, 1, x=1)
        assert str(history.divergence) == "update 1 could not be made: not finite is the z of layer 2"
