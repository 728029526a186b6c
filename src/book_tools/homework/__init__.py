"""Assignments: made from one master each, individual for every student.

A master is a text notebook in ``book/homework/``. :mod:`~book_tools.homework.master` reads it,
:mod:`~book_tools.homework.release` writes the notebooks, :mod:`~book_tools.homework.marking` marks answers.
"""
