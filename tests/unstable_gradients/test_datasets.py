"""What turns labels and measurements into targets and inputs."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from unstable_gradients import datasets


@given(labels=st.lists(st.integers(0, 9), max_size=20))
def test_one_hot_has_a_single_one_at_the_label(labels):
    rows = datasets.one_hot(labels, 10)
    assert rows.shape == (len(labels), 10) and rows.dtype == float
    np.testing.assert_array_equal(rows.sum(axis=1), 1)
    np.testing.assert_array_equal(rows.argmax(axis=1), labels)


@given(values=arrays(float, (7, 3), elements=st.floats(-1e6, 1e6)))
def test_standardized_columns_have_mean_0_and_deviation_1(values):
    # Where the spread is in the last digits of the numbers, so is that of the result.
    assume(np.all(np.std(values, axis=0) > 1e-6 * np.max(np.abs(values), axis=0)))
    z = datasets.standardize(values)
    assert np.max(np.abs(np.mean(z, axis=0))) < 1e-9
    np.testing.assert_allclose(np.std(z, axis=0), 1, rtol=1e-9)


@given(
    values=arrays(float, (7, 2), elements=st.floats(-100, 100)),
    shift=st.floats(-9, 9),
    factor=st.floats(0.1, 9),
)
def test_standardizing_forgets_unit_and_origin(values, shift, factor):
    assume(np.all(np.std(values, axis=0) > 1e-3))
    np.testing.assert_allclose(
        datasets.standardize(factor * values + shift), datasets.standardize(values), rtol=0, atol=1e-9
    )


def test_whole_numbers_are_measurements_too():
    z = datasets.standardize([[1, 10], [2, 30], [3, 20]])
    np.testing.assert_allclose(z, np.sqrt(1.5) * np.array([[-1, -1], [0, 1], [1, 0]]), rtol=1e-15, atol=1e-15)


def test_the_values_themselves_are_left_alone():
    values = np.array([[1.0, 5.0], [2.0, 3.0]])
    datasets.standardize(values)
    np.testing.assert_array_equal(values, [[1.0, 5.0], [2.0, 3.0]])
