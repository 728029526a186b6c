"""Grading: notebooks of students go in; a gradebook, feedback and a list for people come out.

Code of a student runs in :mod:`~book_tools.grading.sandbox` alone, driven by
:mod:`~book_tools.grading.inside`. What it hands out is data, in the form of
:mod:`~book_tools.wire`, and none of it is trusted. Only :mod:`~book_tools.grading.grade`, outside,
knows the key of the course, and marks.
"""
