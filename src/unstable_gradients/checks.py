"""What may be given as a number, or as one number a layer; everything else gets a clear error."""

import numbers

import numpy as np

from .scaled import Scaled


def number(value, name):
    """Return ``value`` as something to compute with: a number, an array of numbers, or a symbol.

    Integers become floats; Python floats stay as they are, so that they do not change the precision
    of an array that they meet.

    Raises
    ------
    TypeError
        If ``value`` is text, a boolean, missing, or anything else that is no number.
    """
    if _is_symbolic(value) or isinstance(value, Scaled):
        return value
    if isinstance(value, numbers.Number) and not isinstance(value, (bool, np.generic)):
        if isinstance(value, (float, complex)):
            return value
        return float(value)
    array = _numeric_array(value)
    if array is None:
        raise TypeError(f"{name} must be a number or an array of numbers, not {_described(value)}")
    return array


def layers(value, name):
    """Return one number (or array, or symbol) a layer, from the last axis of ``value``, as a list.

    Raises
    ------
    TypeError
        If an entry is no number.
    ValueError
        If there is no last axis, or nothing on it.
    """
    expected = f"{name} must hold one number for each layer, on its last axis"
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{expected}; it is {_described(value)}")
    if isinstance(value, (list, tuple)) and any(_is_symbolic(v) or isinstance(v, Scaled) for v in value):
        return [number(v, f"{name}[{i}]") for i, v in enumerate(value)]
    array = _numeric_array(value)
    if array is None:
        if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
            entries = [number(v, f"{name}[{i}]") for i, v in enumerate(value)]
            if any(np.ndim(entry) for entry in entries):
                raise ValueError(f"{expected}; its rows differ in length: {_described(value)}")
            return entries
        raise TypeError(f"{expected}; it is {_described(value)}")
    if array.ndim == 0:
        raise ValueError(f"{expected}; it is the single number {value!r}")
    if array.shape[-1] == 0:
        raise ValueError(f"{expected}; its shape {array.shape} has none: the chain is empty")
    return list(np.moveaxis(array, -1, 0))


def _is_symbolic(value):
    """Return whether ``value`` is a SymPy expression or an mpmath number."""
    return (hasattr(value, "free_symbols") and hasattr(value, "is_commutative")) or hasattr(value, "context")


def _numeric_array(value):
    """Return ``value`` as an array of floats or complex numbers, or None if it is no such thing."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    if isinstance(value, (list, tuple)) and array.dtype.kind in "iufc" and _holds_boolean(value):
        return None  # NumPy would take [0.5, True] for [0.5, 1.0]
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    return array if array.dtype.kind in "fc" else None


def _holds_boolean(value):
    return any(isinstance(entry, (bool, np.bool_)) for entry in np.asarray(value, dtype=object).flat)


def _described(value):
    text = repr(value)
    return f"{type(value).__name__}: {text if len(text) <= 60 else text[:57] + '...'}"
