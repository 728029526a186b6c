"""The figures of lesson 1, Gradient descent."""

import numpy as np

from unstable_gradients.descent import History

from .conftest import TWO, Example


def run(parameters, costs):
    parameters = np.array(parameters)
    return History(parameters, np.zeros_like(parameters), np.array(costs), None)


LINE = np.linspace(0.1, 2.0, 9)
DECADES = np.geomspace(0.01, 100, 9)
RUNS = [run([[1.7], [0.4], [2.6]], [2.9, 0.7, 5.1]), run([[0.3], [0.5], [0.9]], [2.2, 1.3, 0.4])]
PATHS = [run([[0.3, 0.4], [0.5, 0.2]], [0.6, 0.2]), run([[1.3, 0.7], [0.9, 1.1]], [1.6, 0.9])]
BOWL = np.add.outer(LINE**2, 2 * LINE**2)

EXAMPLES = {
    "descent_on_curve": Example(
        (LINE, LINE**2, RUNS, TWO, TWO), "linear linear", "guide, vanishing, exploding"
    ),
    "sizes_by_step": Example(
        ([np.array([0.7, -0.02, 0.0, 3e-4]), DECADES], TWO, TWO), "linear log", "vanishing, exploding"
    ),
    "descent_on_map": Example(
        (LINE, LINE, BOWL, [0.8, 2.3], PATHS, TWO, TWO), "linear linear", "guide, vanishing, exploding"
    ),
    "cost_by_step": Example((RUNS, TWO, TWO), "linear linear", "vanishing, exploding"),
}


def test_sizes_by_step_leaves_out_zeros(drawn):
    line = drawn("sizes_by_step").lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [0, 1, 3])
    np.testing.assert_array_equal(line.get_ydata(), [0.7, 0.02, 3e-4])
