"""Formulas as text: read without running anything, evaluated to 50 digits, and compared.

Two formulas are the same if they agree at a few places to half of the digits. For the analytic
functions known here that can fail for two different formulas only if the places were chosen to deceive.
"""

import ast
import operator
from math import inf

LENGTH = 10_000  # characters
EXPONENT = 1_000  # of a power, in size
BITS = 10_000  # a value may be up to 2**BITS in size
ARGUMENT_BITS = 1_000  # the same for the argument of a function
DIGITS = 50

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
SIGNS = {ast.UAdd: operator.pos, ast.USub: operator.neg}


class ExpressionError(ValueError):
    """A text is no formula in the letters that are asked for, or has no value somewhere."""


FUNCTIONS = ("exp", "log", "sqrt", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid")


def _function(name):
    import mpmath

    if name == "sigmoid":
        return lambda z: 1 / (1 + mpmath.exp(-z))
    return getattr(mpmath, name)


class Expression:
    """A formula in some letters.

    Parameters
    ----------
    formula : str, number or SymPy expression
        In Python's notation: ``w2*exp(-z1)/(1 + exp(-z1))**2``. It is never executed.
    letters : sequence of str
        The names that may occur in it, beside the functions of ``FUNCTIONS``.

    Raises
    ------
    ExpressionError
        If it is no such formula.
    """

    def __init__(self, formula, letters):
        self.text = formula if isinstance(formula, str) else str(formula)
        self.letters = tuple(letters)
        self._steps = list(self._postfix(_parsed(self.text)))

    def __str__(self):
        return self.text

    def value(self, point):
        """Return the value at a place, an mpmath number.

        Parameters
        ----------
        point : dict of str to number
            A number for every letter.

        Raises
        ------
        ExpressionError
            If it has no value there, or one beyond all bounds.
        """
        import mpmath

        stack = []
        with mpmath.workdps(DIGITS):
            for kind, what in self._steps:
                if kind == "number":
                    stack.append(mpmath.mpf(what))
                elif kind == "letter":
                    stack.append(mpmath.mpmathify(point[what]))
                elif kind == "call":
                    stack.append(_bounded(_function(what), stack.pop()))
                elif kind == "sign":
                    stack.append(what(stack.pop()))
                else:
                    right, left = stack.pop(), stack.pop()
                    if what is operator.pow and abs(right) > EXPONENT:
                        raise ExpressionError(f"the exponent of a power may be up to {EXPONENT} in size")
                    stack.append(_bounded(what, left, right))
        return stack.pop()

    def _postfix(self, tree):
        """Return the steps to compute a tree, operands first; without recursion, for sums of any length."""
        steps, waiting = [], [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
                steps.append(("operation", OPERATORS[type(node.op)]))
                waiting += [node.left, node.right]
            elif isinstance(node, ast.UnaryOp) and type(node.op) in SIGNS:
                steps.append(("sign", SIGNS[type(node.op)]))
                waiting.append(node.operand)
            elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value < inf:
                if type(node.value) is int and node.value.bit_length() > BITS:
                    raise ExpressionError("a number in it is too long")
                steps.append(("number", repr(node.value)))
            elif isinstance(node, ast.Name):
                if node.id not in self.letters:
                    raise ExpressionError(f"{node.id!r} is not among its letters: {', '.join(self.letters)}")
                steps.append(("letter", node.id))
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", None)
                if name in ("Derivative", "Subs"):
                    raise ExpressionError(
                        "a derivative in it is not worked out: try .doit(), or, if it is one of sigmoid, of which "
                        "SymPy knows only the name, write out its slope yourself"
                    )
                if name not in FUNCTIONS:
                    raise ExpressionError(
                        f"the function {str(getattr(node.func, 'attr', name))[:40]!r} is not known; known are {', '.join(FUNCTIONS)}"
                    )
                if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
                    raise ExpressionError(f"{name} takes one argument")
                steps.append(("call", name))
                waiting.append(node.args[0])
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
                raise ExpressionError("a power is written with **, not with ^")
            else:
                raise ExpressionError(
                    f"only numbers, letters, + - * / ** and functions may occur in it, no {type(node).__name__}"
                )
        return reversed(steps)


def _parsed(text):
    if len(text) > LENGTH:
        raise ExpressionError(f"it may have {LENGTH} characters; it has {len(text)}")
    strange = next((character for character in text if not character.isascii()), None)
    if strange is not None:
        raise ExpressionError(f"the character {strange!r} may not occur in it; write sigmoid for sigma")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError):
        raise ExpressionError(f"it is no formula in Python's notation: {text[:60]!r}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError("it is nested too deeply") from None


def _bounded(function, *arguments):
    """Return a value of a function, if it is one that 50 digits can be computed of in no time."""
    import mpmath

    if len(arguments) == 1 and arguments[0] and mpmath.mag(arguments[0]) > ARGUMENT_BITS:
        raise ExpressionError("a function in it has an argument that is too large")
    try:
        value = function(*arguments)
    except (ZeroDivisionError, ValueError, OverflowError):
        raise ExpressionError("it has no value at one of the places, as 1/0 or log(0)") from None
    if mpmath.im(value):
        raise ExpressionError("it has no real value at one of the places, as sqrt(-1) or log(-1)")
    if not mpmath.isfinite(value) or (value and mpmath.mag(value) > BITS):
        raise ExpressionError("it has no finite value at one of the places")
    return value


def agree(one, other, points):
    """Return whether two formulas have the same values at all of these places.

    Parameters
    ----------
    one, other : Expression
    points : iterable of dict of str to number

    Raises
    ------
    ExpressionError
        If one of the two has no value at a place.
    """
    import mpmath

    for point in points:
        first, second = one.value(point), other.value(point)
        with mpmath.workdps(DIGITS):
            if abs(first - second) > mpmath.mpf(10) ** (-DIGITS // 2) * max(abs(first), abs(second)):
                return False
    return True
