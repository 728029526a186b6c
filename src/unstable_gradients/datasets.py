"""Data for the lessons: what turns labels and measurements into inputs and targets, and small synthetic sets."""

import numpy as np

from . import checks


def one_hot(labels, classes):
    """Return a row for each label, 1 at the label's place and 0 elsewhere.

    Parameters
    ----------
    labels : sequence of int, shape (examples,)
        From 0 to classes - 1.
    classes : int

    Returns
    -------
    array, shape (examples, classes)

    Raises
    ------
    TypeError
        If the labels are not numbers.
    ValueError
        If a label is not whole or out of range, or they are not one-dimensional.
    """
    classes = checks.whole(classes, "classes", 1)
    array = checks.real_array(labels, "labels")
    if array.ndim != 1:
        raise ValueError(f"labels must have one axis; their shape is {array.shape}")
    outside = np.flatnonzero(~np.isin(array, np.arange(classes)))
    if outside.size:
        k = outside[0]
        raise ValueError(f"labels must be whole numbers from 0 to {classes - 1}; labels[{k}] is {array[k]:g}")
    return np.eye(classes)[array.astype(int)]


def standardize(values):
    """Return the values with mean 0 and standard deviation 1 in every column.

    Parameters
    ----------
    values : array, shape (examples, n)

    Returns
    -------
    array, shape (examples, n)

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If a column does not vary, there are not two axes, or a value is not finite.
    """
    array = checks.real_array(values, "values")
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"values must have rows and columns; their shape is {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("values must be finite")
    constant = np.flatnonzero(np.ptp(array, axis=0) == 0)
    if constant.size:
        raise ValueError(f"every column of values must vary; column {constant[0]} does not")
    array = array / np.max(np.abs(array), axis=0)  # else squares of small numbers underflow
    centered = array - np.mean(array, axis=0)
    return centered / np.std(centered, axis=0)
