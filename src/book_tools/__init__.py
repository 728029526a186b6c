"""The press: makes the website and the notebooks out of the book's source.

:mod:`unstable_gradients` knows nothing of it.
"""


class PressError(Exception):
    """Something is wrong with the book, in words for the person who writes it."""
