"""Random weights: the variance that the sources name, and orthogonal matrices that favor no direction."""

import numpy as np
import pytest

from unstable_gradients import initializers
from unstable_gradients.initializers import INITIALIZERS, Initializer

N_IN, N_OUT = 40, 90
VARIANCES = {
    "standard_normal": 1,
    "lecun_normal": 1 / N_IN,
    "lecun_uniform": 1 / N_IN,
    "heuristic_uniform": 1 / (3 * N_IN),
    "glorot_normal": 2 / (N_IN + N_OUT),
    "glorot_uniform": 2 / (N_IN + N_OUT),
    "he_normal": 2 / N_IN,
    "he_uniform": 2 / N_IN,
}
# What the sources give for the uniform ones is the limit.
LIMITS = {
    "heuristic_uniform": 1 / np.sqrt(N_IN),
    "lecun_uniform": np.sqrt(3 / N_IN),
    "glorot_uniform": np.sqrt(6 / (N_IN + N_OUT)),
    "he_uniform": np.sqrt(6 / N_IN),
}


def draw(name, shape, seed=1):
    return INITIALIZERS[name].draw(np.random.default_rng(seed), shape)


def test_every_initializer_is_tested():
    assert set(VARIANCES) | {"orthogonal"} == set(INITIALIZERS)


@pytest.mark.parametrize("name", VARIANCES)
def test_mean_is_zero_and_variance_as_promised(name):
    w = draw(name, (60, N_OUT, N_IN))
    z = w / np.sqrt(VARIANCES[name])
    # Of 216,000 numbers the mean is off by 0.002, the variance by 0.003: five of these.
    assert abs(np.mean(z)) < 0.011 and abs(np.var(z) - 1) < 0.016


@pytest.mark.parametrize("name", VARIANCES)
def test_shape_of_the_distribution(name):
    z = draw(name, (60, N_OUT, N_IN)) / np.sqrt(VARIANCES[name])
    assert np.mean(z**4) == pytest.approx(1.8 if name in LIMITS else 3, abs=0.1)
    if name in LIMITS:
        largest = np.max(np.abs(draw(name, (60, N_OUT, N_IN))))
        assert 0.999 * LIMITS[name] < largest <= LIMITS[name]


@pytest.mark.parametrize("shape", [(7, 7), (9, 4), (4, 9), (1, 1), (1, 5), (3, 8, 5), (2, 3, 5, 8)])
def test_orthogonal_rows_or_columns(shape):
    w = draw("orthogonal", shape)
    assert w.shape == shape
    gram = w @ w.swapaxes(-1, -2) if shape[-2] <= shape[-1] else w.swapaxes(-1, -2) @ w
    assert np.max(np.abs(gram - np.eye(min(shape[-2:])))) < 1e-14


def test_orthogonal_matrices_are_spread_evenly():
    """Traces of powers of a Haar matrix have mean 0 and 1 and variance 1 and 2 (Diaconis and Shahshahani, 1994).

    The Q of a QR decomposition that fixes the signs of R otherwise has another mean.
    """
    w = draw("orthogonal", (20_000, 6, 6))
    first, second = np.trace(w, axis1=1, axis2=2), np.trace(w @ w, axis1=1, axis2=2)
    assert abs(np.mean(first)) < 0.035 and abs(np.var(first) - 1) < 0.05
    assert abs(np.mean(second) - 1) < 0.05 and abs(np.var(second) - 2) < 0.1
    assert abs(np.mean(np.linalg.det(w))) < 0.035, "as many reflections as rotations"
    np.testing.assert_allclose(np.var(w, axis=0), 1 / 6, atol=0.01)
    plain = np.linalg.qr(np.random.default_rng(1).standard_normal((20_000, 6, 6)))[0]
    assert abs(np.mean(np.trace(plain, axis1=1, axis2=2))) > 0.5, "no test: QR alone would do"


def test_orthogonal_rows_of_a_wide_matrix_are_spread_evenly():
    w = draw("orthogonal", (20_000, 2, 5))
    assert np.max(np.abs(np.mean(w, axis=0))) < 0.016
    np.testing.assert_allclose(np.var(w, axis=0), 1 / 5, atol=0.01)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_of_a_network(name):
    weights = initializers.weights(name, (64, 30, 10), np.random.default_rng(3))
    assert [w.shape for w in weights] == [(30, 64), (10, 30)]
    rng = np.random.default_rng(3)
    for w in weights:
        np.testing.assert_array_equal(
            w, INITIALIZERS[name].draw(rng, w.shape), "layer by layer from the front"
        )


@pytest.mark.parametrize("gain", [2, 0.5, np.float32(1.5), -1.0, 0])
def test_gain_multiplies(gain):
    plain = initializers.weights("orthogonal", [5, 4], np.random.default_rng(3))
    scaled = initializers.weights("orthogonal", [5, 4], np.random.default_rng(3), gain=gain)
    np.testing.assert_array_equal(scaled[0], float(gain) * plain[0])


def test_many_networks_are_drawn_at_once():
    weights = initializers.weights("he_normal", [5, 4, 3], np.random.default_rng(3), networks=(2, 6))
    assert [w.shape for w in weights] == [(2, 6, 4, 5), (2, 6, 3, 4)]
    assert len(np.unique(weights[0])) == weights[0].size, "no two alike"


def test_one_of_ones_own():
    mine = Initializer("sevens", draw=lambda rng, shape: np.full(shape, 7.0))
    assert initializers.get(mine) is mine
    assert np.all(initializers.weights(mine, [2, 3], np.random.default_rng(1))[0] == 7)
