"""The published run of lesson 6: its random numbers, and many runs at once against one at a time."""

import numpy as np
import pytest

from unstable_gradients import descent, network, published

OPTIONS = {"activation": "relu", "output": "identity", "cost": "mean_squares"}


def data(examples=23):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(examples, 4)).astype(np.float32)
    return x, (20 * x @ rng.normal(size=(4, 1))).astype(np.float32)


class TestStart:
    def test_first_weights_are_those_of_pytorch(self):
        """torch.manual_seed(0); torch.nn.Linear(2, 2): what its documentation and many a page print."""
        weights, biases = published.start((2, 2), seed=0)
        np.testing.assert_allclose(weights[0], [[-0.0053, 0.3793], [-0.5820, -0.5204]], atol=5e-5)
        np.testing.assert_allclose(biases[0], [-0.2723, 0.1896], atol=5e-5)

    def test_shapes_types_and_range(self):
        weights, biases = published.start([7, 3, 2], seed=5)
        assert [w.shape for w in weights] == [(3, 7), (2, 3)]
        assert [b.shape for b in biases] == [(3,), (2,)]
        for w, b in zip(weights, biases):
            assert w.dtype == b.dtype == np.float32
            assert max(np.abs(w).max(), np.abs(b).max()) <= np.float32(1 / np.sqrt(w.shape[1]))

    @pytest.mark.parametrize("sizes, seed", [((0, 2), 1), ((2.5, 2), 1), ((2, 2), -1), ((2, 2), 0.5)])
    def test_what_is_no_number_of_the_right_range(self, sizes, seed):
        with pytest.raises(ValueError, match="must be a whole number"):
            published.start(sizes, seed)

    def test_sizes_must_be_a_list(self):
        with pytest.raises(TypeError, match="sizes must be a list"):
            published.start("abc", 1)


def test_starts_have_the_same_distribution():
    weights, biases = published.starts((4, 3, 1), 5000, np.random.default_rng(2))
    assert [w.shape for w in weights] == [(5000, 3, 4), (5000, 1, 3)]
    for values, limit in zip((*weights, *biases), (0.5, 3**-0.5, 0.5, 3**-0.5)):
        assert values.dtype == np.float32
        assert np.abs(values).max() <= limit
        assert np.std(values) == pytest.approx(limit / np.sqrt(3), rel=0.03)


class TestBatches:
    def test_every_epoch_visits_every_example_once_in_another_order(self):
        rows = published.batches(examples=10, size=4, epochs=2, seed=8)
        assert [len(r) for r in rows] == [4, 4, 2] * 2
        first, second = np.concatenate(rows[:3]), np.concatenate(rows[3:])
        np.testing.assert_array_equal(np.sort(first), np.arange(10))
        np.testing.assert_array_equal(np.sort(second), np.arange(10))
        assert not np.array_equal(first, second)

    @pytest.mark.parametrize("arguments", [(0, 4, 2, 8), (10, 0, 2, 8), (10, 4, 0, 8), (10, 4, 2, -8)])
    def test_out_of_range(self, arguments):
        with pytest.raises(ValueError, match="must be a whole number"):
            published.batches(*arguments)


class TestFollow:
    def test_is_what_train_does_one_network_at_a_time(self):
        x, y = data()
        weights, biases = published.starts((4, 3, 1), 2, np.random.default_rng(1))
        rows = list(published.shuffled(23, 5, 2, 2, np.random.default_rng(4)))
        runs = published.follow(network.Network(weights, biases, **OPTIONS), x, y, 0.003, rows)
        for k in range(2):
            one = network.Network([w[k] for w in weights], [b[k] for b in biases], **OPTIONS)
            history = descent.train(one, x, y, 0.003, [r[k] for r in rows])
            np.testing.assert_allclose(runs.costs[:, k], history.costs, rtol=1e-4)
            np.testing.assert_allclose(runs.norms[:, k], history.weight_norms, rtol=1e-4)
        first = network.gradients(network.Network(weights, biases, **OPTIONS), x[rows[0]], y[rows[0]])
        np.testing.assert_allclose(runs.means[0], first.weights[0].mean(axis=(1, 2)), rtol=1e-6)
        assert runs.means.dtype == np.float32
        np.testing.assert_array_equal(runs.ends, [0, 0])

    def test_goes_on_after_nan_in_silence_and_says_when(self, capfd):
        x, y = data()
        start = network.Network(*published.start((4, 3, 1), seed=1), **OPTIONS)
        runs = published.follow(start, x, y, 5.0, [np.arange(23)] * 12)
        assert runs.means.shape == (12,)
        end = int(runs.ends)
        assert 1 < end < 12
        assert np.isfinite(runs.means[: end - 1]).all() and not np.isfinite(runs.means[end - 1 :]).any()
        assert runs.jumps > 1e6
        assert capfd.readouterr() == ("", "")

    def test_leaves_the_network_as_it_is(self):
        x, y = data()
        weights, biases = published.start((4, 3, 1), seed=1)
        before = [w.copy() for w in weights]
        published.follow(network.Network(weights, biases, **OPTIONS), x, y, 0.01, [np.arange(5)] * 3)
        for w, old in zip(weights, before):
            np.testing.assert_array_equal(w, old)

    def test_clip(self):
        x, y = data()
        start = network.Network(*published.start((4, 3, 1), seed=1), **OPTIONS)
        rows = [np.arange(23)] * 12
        clipped = published.follow(start, x, y, 5.0, rows, clip=lambda g: descent.clip_by_value(g, 0.01))
        history = descent.train(start, x, y, 5.0, rows, clip=lambda g: descent.clip_by_value(g, 0.01))
        np.testing.assert_allclose(clipped.costs, history.costs, rtol=1e-4)


def test_jumps_leave_out_what_is_not_finite():
    sizes = np.array([[2.0, 1.0], [4.0, 0.0], [np.inf, 0.0], [np.nan, 0.0]])
    runs = published.Runs(sizes, sizes, sizes[..., None])
    np.testing.assert_array_equal(runs.jumps, [2, 0])
    np.testing.assert_array_equal(runs.ends, [3, 0])


def test_reordered_computes_the_same_sums():
    x, y = (v.astype(float) for v in data())
    weights, biases = ([p.astype(float) for p in group] for group in published.start((4, 3, 1), seed=1))
    start, rows = network.Network(weights, biases, **OPTIONS), published.batches(23, 5, 2, seed=6)
    copied, permuted = published.reordered(start, rows, 3, np.random.default_rng(5))
    assert len({w.tobytes() for w in copied.weights[0]}) > 1
    assert all(np.array_equal(np.sort(many[0]), np.sort(one)) for many, one in zip(permuted, rows))
    one = published.follow(start, x, y, 0.003, rows)
    many = published.follow(copied, x, y, 0.003, permuted)
    np.testing.assert_allclose(many.costs, np.tile(one.costs, (3, 1)).T, rtol=1e-10)
    np.testing.assert_allclose(many.norms[..., 0], np.tile(one.norms[:, 0], (3, 1)).T, rtol=1e-10)
