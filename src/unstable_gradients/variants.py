"""Numbers for one student: the same on every machine, others for everybody else.

Each number comes from SHA-256 of a seed and a name, so it depends on no library, no version of
Python and no order of the calls.
"""

import hashlib
import json
import unicodedata

import numpy as np


class Variant:
    """A source of numbers.

    Parameters
    ----------
    seed : bytes
        Variants with the same seed give the same numbers.
    """

    def __init__(self, seed):
        if not isinstance(seed, bytes):
            raise TypeError(f"seed must be bytes, not {type(seed).__name__}: {seed!r}")
        self._seed = hashlib.sha256(seed).digest()

    def uniform(self, name, low, high, size=None, digits=3):
        """Return numbers between two limits, none of them zero, no two of the same size.

        Parameters
        ----------
        name : str
            What the numbers are for; another name gives other numbers.
        low, high : float
            The limits.
        size : int, optional
            How many numbers. If left out, a single float is returned.
        digits : int
            To how many decimals the numbers are rounded.

        Returns
        -------
        float, or array of shape (size,)

        Raises
        ------
        ValueError
            If the limits leave no room for so many numbers of different size.
        """
        if not low < high:
            raise ValueError(f"low must be below high; they are {low!r} and {high!r}")
        wanted = 1 if size is None else size
        room = (high - low) * 10**digits / (2 if low < 0 < high else 1)
        if not isinstance(wanted, int) or not 1 <= wanted <= room / 2:
            raise ValueError(
                f"size must be a whole number from 1 to {int(room / 2)}, half of what {digits} digits "
                f"between {low} and {high} have room for; it is {size!r}"
            )
        numbers, counter = [], 0
        while len(numbers) < wanted:
            number = round(low + (high - low) * self._share(name, counter), digits)
            if number != 0 and all(abs(number) != abs(other) for other in numbers):
                numbers.append(number)
            counter += 1
        return numbers[0] if size is None else np.array(numbers)

    def choice(self, name, options):
        """Return one of the options."""
        options = list(options)
        if not options:
            raise ValueError("options must hold at least one thing to choose")
        return options[int(self._share(name, 0) * len(options))]

    def _share(self, name, counter):
        """Return a number from 0 to 1, 1 excluded, with 53 bits."""
        digest = hashlib.sha256(self._seed + f"{name}\n{counter}".encode()).digest()
        return (int.from_bytes(digest[:8], "big") >> 11) * 2.0**-53


def identity(assignment, course, student):
    """Return the bytes that stand for a student's copy of an assignment.

    Capitals, surrounding blanks and the several ways to encode an accent make no difference.

    Raises
    ------
    TypeError
        If one of the three is no text.
    """
    parts = {"assignment": assignment, "course": course, "student": student}
    for name, part in parts.items():
        if not isinstance(part, str):
            raise TypeError(f"{name} must be text in quotes, not {type(part).__name__}: {part!r}")
    return json.dumps([folded(part) for part in parts.values()]).encode()


def folded(text):
    """Return a name in the form in which names are compared."""
    return unicodedata.normalize("NFKC", " ".join(text.split())).casefold()
