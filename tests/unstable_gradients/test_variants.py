"""Numbers for one student: the same everywhere, different for everybody else."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unstable_gradients.variants import Variant, identity

names = st.text(min_size=1, max_size=20)


def test_numbers_follow_from_sha256_alone():
    """The definition once more, so that no library and no version of Python can change a student's numbers."""
    seed = hashlib.sha256(b"seed").digest()
    digest = hashlib.sha256(seed + b"x\n0").digest()
    share = int.from_bytes(digest[:8], "big") // 2**11 / 2**53
    assert Variant(b"seed").uniform("x", -2, 3, digits=12) == round(-2 + 5 * share, 12)


def test_numbers_have_not_changed_since_they_were_first_given_out():
    """Golden numbers: from `uniform` itself on 2026-11-24; the test above says what they are made of."""
    variant = Variant(identity("02_chain_rule", "Deep Learning 1", "s123456"))
    assert variant.uniform("x", 0.2, 0.9) == 0.516
    np.testing.assert_array_equal(
        variant.uniform("weights", -2.5, 2.5, size=4), [-2.204, 1.033, -1.038, -2.148]
    )


@given(seed=st.binary(), name=names, size=st.integers(1, 20), digits=st.integers(2, 5))
def test_numbers_are_in_range_not_zero_and_of_different_size(seed, name, size, digits):
    numbers = Variant(seed).uniform(name, -1.5, 2.5, size=size, digits=digits)
    assert numbers.shape == (size,)
    assert np.all((numbers >= -1.5) & (numbers <= 2.5) & (numbers != 0))
    assert len(set(np.abs(numbers))) == size
    np.testing.assert_array_equal(numbers, np.round(numbers, digits))


@given(first=names, second=names)
def test_another_name_gives_other_numbers(first, second):
    a, b = (Variant(b"seed").uniform(name, 0, 1, size=3, digits=9) for name in (first, second))
    assert (first == second) == np.array_equal(a, b)


def test_order_of_the_calls_makes_no_difference():
    one, other = Variant(b"seed"), Variant(b"seed")
    one.uniform("first", 0, 1)
    assert one.uniform("second", 0, 1) == other.uniform("second", 0, 1)


def test_every_number_of_two_students_differs():
    one, other = (
        Variant(identity("a", "course", student)).uniform("weights", -2, 2, size=20)
        for student in ("s1", "s2")
    )
    assert np.all(one != other)


@pytest.mark.parametrize(
    "written", ["s123 ", " S123", "ｓ123", "s123\n"], ids=["blank", "capital", "wide", "line end"]
)
def test_ways_to_write_an_id_that_a_person_would_take_for_the_same(written):
    assert identity("a", "My  Course", written) == identity("a", "my course", "s123")


@given(parts=st.lists(st.text(max_size=8), min_size=6, max_size=6))
def test_other_identities_stay_apart(parts):
    def folded(texts):
        return [" ".join(t.split()).casefold() for t in texts]

    one, other = identity(*parts[:3]), identity(*parts[3:])
    if folded(parts[:3]) == folded(parts[3:]):
        assert one == other
    elif all(t.isascii() for t in parts):
        assert one != other, "a course and a student must not run into each other"


def test_choice_takes_every_option():
    chosen = {Variant(bytes([k])).choice("which", ["a", "b", "c"]) for k in range(60)}
    assert chosen == {"a", "b", "c"}


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: Variant("text"), TypeError, "seed must be bytes, not str"),
        (lambda: Variant(b"").uniform("x", 2, 1), ValueError, "low must be below high"),
        (lambda: Variant(b"").uniform("x", 0, 1, size=0), ValueError, "size must be a whole number from 1"),
        (lambda: Variant(b"").uniform("x", 0, 1, size=9, digits=1), ValueError, "room for; it is 9"),
        (lambda: Variant(b"").choice("x", []), ValueError, "at least one thing"),
        (lambda: identity("a", "b", 123), TypeError, "student must be text in quotes, not int: 123"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
