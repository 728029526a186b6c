"""What may be given for an argument: a number, an array, a name; everything else gets a clear error."""

import math
import numbers

import numpy as np

from .scaled import Scaled

RANGES = {
    "finite": math.isfinite,
    "positive": lambda v: v > 0,
    "positive and finite": lambda v: 0 < v < math.inf,
    "finite and not negative": lambda v: 0 <= v < math.inf,
}


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
        raise TypeError(f"{name} must be a number or an array of numbers, not {described(value)}")
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
        raise TypeError(f"{expected}; it is {described(value)}")
    if isinstance(value, (list, tuple)) and any(_is_symbolic(v) or isinstance(v, Scaled) for v in value):
        return [number(v, f"{name}[{i}]") for i, v in enumerate(value)]
    array = _numeric_array(value)
    if array is None:
        if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
            entries = [number(v, f"{name}[{i}]") for i, v in enumerate(value)]
            if any(np.ndim(entry) for entry in entries):
                raise ValueError(f"{expected}; its rows differ in length: {described(value)}")
            return entries
        raise TypeError(f"{expected}; it is {described(value)}")
    if array.ndim == 0:
        raise ValueError(f"{expected}; it is the single number {value!r}")
    if array.shape[-1] == 0:
        raise ValueError(f"{expected}; its shape {array.shape} has none: the chain is empty")
    return list(np.moveaxis(array, -1, 0))


def real(value, name, expected=None):
    """Return one real number as a float.

    Parameters
    ----------
    value : object
    name : str
        Of the argument, for the message.
    expected : str, optional
        A key of ``RANGES``.

    Raises
    ------
    TypeError
        If it is not one real number.
    ValueError
        If it is not in that range.
    """
    number = _single(value, name, "one real number")
    if expected is not None and not RANGES[expected](number):
        raise ValueError(f"{name} must be {expected}; it is {value!r}")
    return number


def whole(value, name, least=0):
    """Return one whole number, ``least`` or more, as an int.

    Raises
    ------
    TypeError
        If it is not one real number.
    ValueError
        If it is not whole, or too small.
    """
    number = _single(value, name, "one whole number")
    if not (number >= least and number.is_integer()):
        raise ValueError(f"{name} must be a whole number, {least} or more; it is {value!r}")
    return int(number)


def real_array(value, name):
    """Return an array of floats; it is ``value`` itself where that is one.

    Raises
    ------
    TypeError
        If ``value`` does not hold real numbers, or its rows differ in length.
    """
    return _real(value, name, "an array of real numbers")


def sequence(value, name, of):
    """Return the entries of a list or tuple, as a list.

    Raises
    ------
    TypeError
        If ``value`` is neither; ``of`` says in the message what its entries should be.
    """
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list of {of}, not {described(value)}")
    return list(value)


def generator(value, name):
    """Return ``value`` if it is a NumPy generator of random numbers.

    Raises
    ------
    TypeError
        If it is something else.
    """
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator, as numpy.random.default_rng(1), not {described(value)}"
        )
    return value


def named(value, name, table):
    """Return the entry of ``table`` that has the name ``value``; what is of the entries' type is handed back as it is.

    Raises
    ------
    TypeError
        If ``value`` is neither text nor of that type.
    ValueError
        If there is no entry of that name.
    """
    kind = type(next(iter(table.values())))
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise TypeError(f"{name} must be a name or {article} {kind.__name__}, not {described(value)}")
    if value not in table:
        raise ValueError(f"{name} {value!r} is not known; known are {', '.join(map(repr, table))}")
    return table[value]


def described(value):
    """Return the type of ``value`` and what it looks like, short enough for a message."""
    text = repr(value)
    return f"{type(value).__name__}: {text if len(text) <= 60 else text[:57] + '...'}"


def _is_symbolic(value):
    """Return whether ``value`` is a SymPy expression or an mpmath number."""
    return (hasattr(value, "free_symbols") and hasattr(value, "is_commutative")) or hasattr(value, "context")


def _single(value, name, expected):
    array = _real(value, name, expected)
    if array.ndim:
        raise TypeError(f"{name} must be {expected}, not {described(value)}")
    return float(array)


def _real(value, name, expected):
    array = _numeric_array(value)
    if array is None or array.dtype.kind == "c":
        raise TypeError(f"{name} must be {expected}, not {described(value)}")
    return array


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
