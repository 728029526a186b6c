"""Gradient descent, held against what can be written down without it."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unstable_gradients.descent import descend

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
