"""The sheet on which a student answers an assignment: own numbers, named answers, checks that say what they see."""

import inspect
import numbers

import numpy as np

from . import checks
from .expressions import Expression, ExpressionError
from .variants import Variant, identity


class NotYet(AssertionError):
    """A visible check did not hold. In a notebook only its message is shown, not the lines that led there."""

    def _render_traceback_(self):  # IPython asks for it
        return [str(self)]


class Answer:
    """What a student answers to one question.

    Attributes
    ----------
    kind : str
        "number", "function", "expression", "text" or "figure".
    value : float, callable, Expression, str or Figure
    """

    def __init__(self, kind, value):
        self.kind, self.value = kind, value


class Sheet:
    """The answers to one assignment, and the numbers that belong to them.

    Parameters
    ----------
    assignment : str
        The name of the assignment.
    course, student : str
        The name of the course and the student's id. The numbers follow from them. Without an id they
        are those for practice.

    Attributes
    ----------
    answers : dict of str to Answer
        By the name of the question. An answer that is given again replaces the first.
    passed : list of str
        What the checks of this run said.

    Raises
    ------
    TypeError
        If one of the three is no text.
    """

    def __init__(self, assignment, course="", student=""):
        self.assignment, self.course, self.student = assignment, course, student
        self.variant = Variant(identity(assignment, course, student))
        self.answers, self.passed = {}, []

    def __repr__(self):
        if not self.student.strip():
            return f"{self.assignment}: the numbers for practice. To hand it in, fill in course and student above."
        return f"{self.assignment}: the numbers of student {self.student} in the course {self.course!r}."

    def uniform(self, name, low, high, size=None, digits=3):
        """Return this student's numbers of that name; see :meth:`unstable_gradients.variants.Variant.uniform`."""
        return self.variant.uniform(name, low, high, size, digits)

    def number(self, name, value):
        """Answer with a number.

        Raises
        ------
        NotImplementedError
            If it is still ``...``, as in all of these.
        TypeError, ValueError
            If it is not one real number, or not finite.
        """
        _done(name, value)
        if hasattr(value, "free_symbols") and not value.free_symbols:
            value = float(value)
        value = checks.real(value, name, "finite")
        self._record(name, "number", value)

    def function(self, name, function):
        """Answer with a function.

        Raises
        ------
        TypeError
            If it is no function.
        """
        _done(name, function)
        if not callable(function) or inspect.isclass(function):
            hint = ": hand in the function itself, without calling it" if _is_data(function) else ""
            raise TypeError(f"{name}: the answer must be a function, not {checks.described(function)}{hint}")
        self._record(name, "function", function)

    def expression(self, name, formula, letters):
        """Answer with a formula, a SymPy expression or text.

        Parameters
        ----------
        name : str
        formula : SymPy expression, number or str
        letters : sequence of str or SymPy symbols
            The letters that it may hold.

        Returns
        -------
        Expression

        Raises
        ------
        TypeError
            If it is no formula in these letters; it says why.
        """
        _done(name, formula)
        if not isinstance(formula, (str, numbers.Number)) and not hasattr(formula, "free_symbols"):
            raise TypeError(
                f"{name}: the answer must be a SymPy expression or text, not {checks.described(formula)}"
            )
        try:
            expression = Expression(formula, [str(letter) for letter in letters])
        except ExpressionError as error:
            raise TypeError(f"{name}: {error}") from None
        self._record(name, "expression", expression)
        return expression

    def text(self, name, text):
        """Answer in words, for a person to read.

        Raises
        ------
        TypeError
            If it is no text, or empty.
        """
        _done(name, text)
        if not isinstance(text, str) or not text.strip():
            raise TypeError(f"{name}: the answer must be text in quotes, not {checks.described(text)}")
        if text.strip() == "...":
            raise NotImplementedError(f"{name}: write your answer in place of the dots")
        self._record(name, "text", text)

    def figure(self, name, figure):
        """Answer with a figure, for a person to look at.

        Raises
        ------
        TypeError
            If it is no Matplotlib figure.
        """
        _done(name, figure)
        figure = getattr(figure, "figure", figure)  # axes know their figure
        if not hasattr(figure, "savefig"):
            raise TypeError(f"{name}: the answer must be a Matplotlib figure, not {checks.described(figure)}")
        self._record(name, "figure", figure)

    def check(self, name, holds, says, hint):
        """Say whether a visible check holds.

        Parameters
        ----------
        name : str
            Of the question.
        holds : bool
            Whether it holds.
        says : str
            What is true if it does.
        hint : str
            What to look at if it does not.

        Raises
        ------
        NotYet
            If it does not hold.
        """
        _done(name, holds)
        if name not in self.answers:
            raise NotYet(f"{name}: nothing is handed in yet; run the cell above first")
        if not isinstance(holds, (bool, np.bool_)):
            raise TypeError(f"{name}: a check must be true or false, not {checks.described(holds)}")
        if not holds:
            raise NotYet(f"✗ {name}: not yet. {hint}")
        if name not in self.passed:
            self.passed.append(name)
        print(f"✓ {name}: {says}")

    def summary(self):
        """Say what is handed in, and what the visible checks have seen."""
        print(repr(self))
        for name, answer in self.answers.items():
            seen = ", its visible check holds" if name in self.passed else ""
            article = "an" if answer.kind == "expression" else "a"
            print(f"  {name}: {article} {answer.kind}{seen}")
        print("Save the notebook and hand in the file.")

    def _record(self, name, kind, value):
        self.answers[name] = Answer(kind, value)
        if name in self.passed:
            self.passed.remove(name)


def _done(name, value):
    if value is ...:
        raise NotImplementedError(f"{name}: put your answer in place of the dots")


def _is_data(value):
    return isinstance(value, (numbers.Number, np.ndarray, list, tuple))
