"""Numbers on their way in and out of the sandbox."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book_tools.wire import WireError, pack, unpack

numbers = st.floats(allow_nan=False)
values = st.recursive(numbers | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4), max_leaves=20)


def depth(value):
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(values.filter(lambda value: depth(value) <= 4))
def test_what_goes_in_comes_out_to_the_last_bit(value):
    assert unpack(pack(value)) == value


@pytest.mark.parametrize(
    "array",
    [np.array([[1.0, 2.0], [3.0, 4.5]]), np.arange(3), np.float32([0.1]), np.array([]), np.zeros((1, 2, 3))],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_comes_out_as_an_array_of_floats(array):
    out = unpack(json.loads(json.dumps(pack(array))))
    assert isinstance(out, np.ndarray) and out.dtype == float
    np.testing.assert_array_equal(out, array, strict=False)
    assert out.shape == array.shape


def test_a_list_of_arrays_stays_a_list_of_arrays_whatever_their_shapes():
    for shapes in ([(2, 3), (4,)], [(3,), (3,)], [(2, 2), (2, 2)], [(1,)]):
        arrays = [np.full(shape, 0.1) for shape in shapes]
        out = unpack(pack(arrays))
        assert type(out) is list and [part.shape for part in out] == shapes
        assert all(np.array_equal(one, other) for one, other in zip(out, arrays))
        assert unpack(pack(tuple(arrays)))[0].shape == shapes[0], "a tuple becomes a list"


def test_whole_numbers_stay_whole_so_that_they_can_be_sizes():
    out = unpack(pack((np.float32(0.5), 3, np.int64(4), 10**30)))
    assert out == [0.5, 3, 4, 1e30] and [type(one) for one in out] == [float, int, int, float]
    assert np.isnan(unpack(pack(float("nan")))) and unpack(pack(-np.inf)) == -np.inf


class Lying(float):
    def hex(self):
        return "__import__('os')"


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        1j,
        object(),
        {"a": 1},
        [[[[[1.0]]]]],
        np.zeros((1,) * 5),
        np.array([1j]),
        [0.0] * 10_001,
        b"1",
        lambda: 1,
    ],
    ids=[
        "boolean",
        "None",
        "complex",
        "object",
        "dict",
        "deep",
        "deep array",
        "complex array",
        "many",
        "bytes",
        "function",
    ],
)
def test_what_is_no_number_is_not_packed(value):
    with pytest.raises(WireError):
        pack(value)


def test_a_number_with_a_hex_of_its_own_is_packed_as_the_number():
    assert pack(Lying(0.5)) == (0.5).hex()


@pytest.mark.parametrize(
    "packed",
    [
        "1.5",
        "1_000",
        "٣",
        "9" * 19,
        "0x1.8p+0; import os",
        "__import__('os')",
        1.5,
        None,
        True,
        {"a": "0x1.8p+0"},
        {"array": "0x1.8p+0"},
        {"array": ["0x1.8p+0"], "list": []},
        {"array": [["0x1.8p+0"], ["0x1.8p+0", "0x1.8p+0"]]},
        {"array": ["0x1.8p+0", ["0x1.8p+0"]]},
        {"array": ["'1.5"]},
        {"array": ["0x1.8p+0", "'1.5"]},
        {"array": [[[[["0x1.8p+0"]]]]]},
        {"array": ["0x1.8p+0"] * 10_001},
        "0x1." + "8" * 99 + "p+0",
        "",
        "0x1.8p+99999",
        [[[[["0x1.8p+0"]]]]],
        ["0x1.8p+0"] * 10_001,
        [[]] * 10_001,
    ],
    ids=lambda packed: str(packed)[:60],
)
def test_what_was_not_packed_is_not_unpacked(packed):
    with pytest.raises(WireError):
        unpack(packed)
