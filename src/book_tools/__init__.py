"""The press: makes the website out of the book's source.

:mod:`unstable_gradients` knows nothing of it.
"""
