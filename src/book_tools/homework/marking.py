"""How the answers to an assignment are marked: held against the solution, with the numbers of that student.

Nothing of a student is executed here. What comes in is data: for a number the number, for a formula its
text, for a function the values that it returned at the places of :meth:`AnswerKey.places`.
"""

import contextlib
import hashlib
import hmac
import io
from dataclasses import dataclass, field, replace

import numpy as np

from unstable_gradients.expressions import Expression, ExpressionError, agree
from unstable_gradients.variants import Variant, identity

from .. import PressError, wire
from .master import code

BY_PERSON = ("text", "figure")
IN_GENERAL = {
    "number": "The number is not right. Do the visible check and your derivation use the same formula?",
    "function": "The function passes at some numbers, perhaps, but not at others. Try it with numbers of your own.",
    "expression": "The formula has another value than the right one, if not everywhere, or it has none. Try it at numbers for which you know the answer in another way.",
}
WITH_PLACES = {
    "function": "places=lambda hidden: [(2.5, ...), ...], for each place a tuple of its arguments",
    "expression": 'places=lambda hidden: [{"x": 2.5, ...}, ...], for each place a dict with a number for each letter',
}


@dataclass(frozen=True)
class Question:
    """One question of an assignment.

    Attributes
    ----------
    name : str
    points : int
    kind : str
        As of :class:`unstable_gradients.homework.Answer`.
    places : callable or None
        From :class:`Hidden` numbers to the places at which a function or formula is evaluated: a list
        of tuples of arguments, or of dicts from letters to numbers.
    tolerance : float
        By how much a number may be off, relative to the right one; six digits are enough.
    mistakes : list of (answer, feedback)
        Wrong answers that can be expected, in the kind of the question, and what to say to each.
    rubric : str
        For people: what the points are given for.
    """

    name: str
    points: int
    kind: str
    places: object = None
    tolerance: float = 1e-5
    mistakes: list = field(default_factory=list)
    rubric: str = ""


@dataclass(frozen=True)
class Mark:
    """What an answer earned. ``points`` is None where a person has to say."""

    points: float | None
    feedback: str


class Hidden(Variant):
    """Numbers that nobody can guess: with more digits than those of a sheet."""

    def uniform(self, name, low, high, size=None, digits=9):
        return super().uniform(name, low, high, size, digits)


class AnswerKey:
    """The right answers of one student.

    Parameters
    ----------
    master : Master
    course, student : str
    secret : bytes
        The key of the course; hidden places follow from it and from the student's id.

    Attributes
    ----------
    questions : dict of str to Question

    Raises
    ------
    PressError
        If a cell of the master raises, or its questions are not its answers; it says where.
    """

    def __init__(self, master, course="", student="", secret=b""):
        self._where = f"{master.name}.md" + (f", for the student {student!r}" if student else "")
        seed = hmac.new(secret, identity(master.name, course, student), hashlib.sha256).digest()
        self._hidden = Hidden(seed)
        declared = {}

        def question(name, points, **details):
            if name in declared:
                raise ValueError(f"the question {name!r} is declared twice")
            declared[name] = Question(name, points, "", **details)

        names = {"question": question, "__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in master.cells:
                if cell.cell_type == "code":
                    self._run(cell, course, student, names)
        self._answers = names["sheet"].answers
        for answer in self._answers.values():
            if answer.kind == "figure":
                _forget(answer.value)
        for name in sorted(declared.keys() - self._answers.keys()):
            raise PressError(f"{self._where}, question {name!r}: no cell hands it in, as sheet.number does")
        for name in sorted(self._answers.keys() - declared.keys()):
            raise PressError(
                f"{self._where}, question {name!r}: no cell with the tag 'marking' calls question({name!r}, ...)"
            )
        self.questions = {name: replace(q, kind=self._answers[name].kind) for name, q in declared.items()}

    def _run(self, cell, course, student, names):
        try:
            exec(compile(code(cell, course, student), self._where, "exec"), names)
        except Exception as error:  # anything that a master can do
            line = cell.metadata.get("line", "?")
            raise PressError(f"{self._where}, the cell at line {line}: {_said(error)}") from error

    def check(self):
        """Mark the solution and each expected mistake, as answers of this student.

        Raises
        ------
        PressError
            If a question cannot be marked, or not as it should; it says what would be right.
        """
        for name, question in self.questions.items():
            try:
                problem = self._problem(question)
            except Exception as error:  # places, solution and mistakes are code of the master
                right = WITH_PLACES.get(
                    question.kind, "mistakes are pairs of an answer and what to say to it"
                )
                problem = f"{_said(error)}. Right would be: {right}"
            if problem:
                raise PressError(f"{self._where}, question {name!r}: {problem}")

    def _problem(self, question):
        """Return what is wrong with a question, or None."""
        name, kind = question.name, question.kind
        if not str(name).isidentifier():
            return f"a question has a name that a variable can have, not {name!r}"
        if not isinstance(question.points, int) or question.points < 1:
            return f"points must be a whole number from 1, not {question.points!r}"
        if kind in BY_PERSON:
            return (
                None if question.rubric else f'a {kind} needs rubric="1 for ...", for the person who reads it'
            )
        if kind in WITH_PLACES and not (question.places and self.places(name)):
            return f"the {kind} needs {WITH_PLACES[kind]}"
        if kind == "expression":
            letters = self._answers[name].value.letters
            if any(set(letters) - set(place) for place in self.places(name)):
                return f"its letters are {', '.join(letters)}; the expression needs {WITH_PLACES[kind]}"
        mark = self.mark(name, self._sent(name))
        if mark.points != question.points:
            return f"the solution is not marked as right: {mark.feedback}"
        for answer, feedback in question.mistakes:
            mark = self.mark(name, self.data(name, answer))
            if mark != Mark(0, feedback):
                return (
                    f"the mistake with the feedback {feedback!r} gets {mark.feedback!r} instead. "
                    "It must be wrong for every student, and like no other mistake"
                )
        return None

    def _sent(self, name):
        """Return the right answer as it comes when a student's function gave it, out of the sandbox."""
        if self.questions[name].kind != "function":
            return self.right(name)

        def sent(value):
            return wire.unpack(wire.pack(value))

        function = self._answers[name].value
        return [sent(function(*map(sent, arguments))) for arguments in self.places(name)]

    @property
    def total(self):
        """The points of all questions."""
        return sum(question.points for question in self.questions.values())

    def places(self, name):
        """Return where a function or formula is evaluated: the hidden places of this student."""
        return self.questions[name].places(self._hidden)

    def right(self, name):
        """Return the right answer as data, as a student's comes."""
        return self.data(name, self._answers[name].value)

    def data(self, name, answer):
        """Return an answer that can be trusted, as a student's comes: see the head of this module."""
        kind = self.questions[name].kind
        if kind == "function":
            return [answer(*arguments) for arguments in self.places(name)]
        return str(answer) if kind == "expression" else answer

    def mark(self, name, given):
        """Mark an answer.

        Parameters
        ----------
        name : str
            Of the question.
        given : object
            The answer as data; None if there is none.

        Returns
        -------
        Mark
        """
        question = self.questions[name]
        if given is None:
            return Mark(0, "There is no answer.")
        if question.kind in BY_PERSON:
            return Mark(None, "A person reads this answer.")
        if question.kind == "expression":
            try:
                given = Expression(given, self._answers[name].value.letters)
            except ExpressionError as error:
                return Mark(0, f"This is no formula in the letters of the question: {error}.")
        if self._same(question, given, self.right(name)):
            return Mark(question.points, "Right.")
        for answer, feedback in question.mistakes:
            if self._same(question, given, self.data(name, answer)):
                return Mark(0, feedback)
        return Mark(0, IN_GENERAL[question.kind])

    def _same(self, question, given, expected):
        if question.kind != "expression":
            return _close(given, expected, question.tolerance)
        try:
            return agree(given, Expression(expected, given.letters), self.places(question.name))
        except ExpressionError:  # no value at a hidden place: to say where would say what is hidden
            return False


def _said(error):
    return f"{type(error).__name__}: {error}"


def _forget(figure):
    """Let Pyplot forget a figure: it would keep those of all students."""
    from matplotlib import pyplot

    pyplot.close(figure)


def _close(given, expected, tolerance):
    """Return whether two numbers, arrays, or lists of such are the same. A list may stand for an array.

    Infinite and NaN are the same as themselves, so that a mistake may be known by them.
    """
    if isinstance(expected, (list, tuple)):
        if not isinstance(given, (list, tuple)) and np.ndim(given) == 0:
            return False
        return len(given) == len(expected) and all(
            _close(one, other, tolerance) for one, other in zip(given, expected)
        )
    try:
        if np.asarray(given).dtype.kind == "U":  # text is no number, even if it looks like one
            return False
        given, expected = np.asarray(given, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return False
    if given.size == expected.size == 1:  # a number in brackets is that number
        given = given.reshape(expected.shape)
    return given.shape == expected.shape and bool(
        np.all(np.isclose(given, expected, rtol=tolerance, atol=0, equal_nan=True))
    )
