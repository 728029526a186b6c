"""Numbers on the way in and out of the sandbox: text of fixed form, nothing that could be executed.

A float is its :meth:`float.hex`; a whole number stays one; a text has a quote in front; a list is a list; an array
is a dict ``{"array": ...}`` of lists, as deep as it has axes. Both sides use this file: the sandbox has a copy of it.
"""

import re

import numpy as np

NUMBER = re.compile(r"-?(0x[01]\.[0-9a-f]{1,13}p[+-]\d{1,4}|0x0\.0p\+0|inf|nan)")
WHOLE = re.compile(r"-?[0-9]{1,18}")
LARGEST = 10_000  # numbers and lists in one value
DEEPEST = 4


class WireError(ValueError):
    """Something came that is no number or list of numbers."""


def pack(value):
    """Return a number or text, an array of numbers, or a list of any of these, as what JSON can hold.

    Raises
    ------
    WireError
        If it is something else, or too much.
    """
    return _pack(value, [LARGEST], DEEPEST)


def _pack(value, room, depth):
    if isinstance(value, np.ndarray) and value.ndim:
        return {"array": _pack(value.tolist(), room, depth)}
    if hasattr(value, "tolist"):
        value = value.tolist()
    room[0] -= 1
    if room[0] < 0:
        raise WireError(f"there are more than {LARGEST} numbers and lists")
    if isinstance(value, (list, tuple)):
        if depth == 0:
            raise WireError("lists are nested too deeply")
        return [_pack(entry, room, depth - 1) for entry in value]
    if isinstance(value, str):
        return f"'{value}"
    if type(value) is int and abs(value) < 10**18:
        return str(value)
    if isinstance(value, bool) or not hasattr(value, "__float__") or isinstance(value, complex):
        raise WireError(f"a number was expected, not {type(value).__name__}")
    return float(value).hex()


def unpack(packed):
    """Return what :func:`pack` packed, as numbers, texts, lists and arrays.

    Raises
    ------
    WireError
        If it is not of that form.
    """
    return _unpack(packed, [LARGEST], DEEPEST)


def _unpack(packed, room, depth):
    if isinstance(packed, dict) and list(packed) == ["array"] and isinstance(packed["array"], list):
        return _array(_unpack(packed["array"], room, depth))
    room[0] -= 1  # for lists, too: a million empty ones are no answer either
    if room[0] < 0:
        raise WireError(f"there are more than {LARGEST} numbers and lists")
    if isinstance(packed, list):
        if depth == 0:
            raise WireError("lists are nested too deeply")
        return [_unpack(entry, room, depth - 1) for entry in packed]
    if isinstance(packed, str) and packed.startswith("'"):
        return packed[1:]
    if isinstance(packed, str) and WHOLE.fullmatch(packed):
        return int(packed)
    if isinstance(packed, str) and NUMBER.fullmatch(packed):
        return float.fromhex(packed)
    raise WireError("a number was expected")


def _array(lists):
    """Return nested lists of numbers as an array."""
    try:
        array = np.array(lists)
    except ValueError:
        raise WireError("the rows of an array have different lengths") from None
    if array.dtype.kind not in "if":
        raise WireError("an array holds numbers")
    return array.astype(float)
