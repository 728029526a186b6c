"""Grades one submission: runs it in the sandbox, and holds what comes out against the answer key."""

import ast
import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from unstable_gradients.expressions import ExpressionError
from unstable_gradients.variants import folded

from ..homework.marking import BY_PERSON, AnswerKey
from . import sandbox, wire

LONGEST_TEXT = 20_000  # characters
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Result:
    """What grading a submission came to; everything in it can be written as JSON.

    Attributes
    ----------
    submission, who : str
        As of :class:`~book_tools.grading.submissions.Submission`.
    assignment, course, student : str
        As the notebook says.
    status : str
        "graded", or why not.
    marks : list of dict
        ``question``, ``points`` (None if a person has to say), ``of``, ``feedback``, and ``comment`` if a
        person wrote one.
    review : list of str
        What a person should look at.
    errors : list of str
        What the notebook raised while it ran.
    texts, figures : dict
        Answers for a person, by question; figures as PNG in base64.
    seconds, megabytes : float
        What it took. No part of the gradebook.
    """

    submission: str
    who: str
    assignment: str = ""
    course: str = ""
    student: str = ""
    status: str = "graded"
    marks: list = field(default_factory=list)
    review: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def points(self):
        """The points so far."""
        return plain(sum(mark["points"] or 0 for mark in self.marks))

    @property
    def open(self):
        """The points that a person has to give."""
        return sum(mark["of"] for mark in self.marks if mark["points"] is None)

    @property
    def of(self):
        """The points that there are."""
        return sum(mark["of"] for mark in self.marks)

    def record(self):
        """Return everything as a dict."""
        return asdict(self)


class Grader:
    """Grades submissions of the assignments of a book.

    Parameters
    ----------
    masters : list of Master
    secrets : dict of str to bytes
        The key of each assignment; see :func:`assignment_secrets`.
    course, assignment : str
        What a notebook has to say it belongs to; anything if empty.
    limits : Limits
    """

    def __init__(self, masters, secrets, course="", assignment="", limits=sandbox.USUAL):
        self.masters = {master.name: master for master in masters}
        self.secrets, self.course, self.assignment = secrets, course, assignment
        self.limits = limits

    def grade(self, submission):
        """Return the Result of a submission, whatever it is."""
        result = Result(submission.name, submission.who)
        if submission.problem:
            return _ended(result, submission.problem)
        try:
            notebook = _code_of(submission.content)
        except ValueError as error:
            return _ended(result, str(error))
        with sandbox.opened(self.limits) as box:
            try:
                box.send(
                    {
                        "notebook": notebook,
                        "cell_seconds": self.limits.cell_seconds,
                        "here": sandbox.where(box.here),
                    }
                )
                self._mark(result, box, notebook)
            except sandbox.SandboxError as error:
                _ended(result, f"the run was ended: {error}")
            result.megabytes = round(box.peak / 2**20, 1)
            result.seconds = round(box.seconds, 1)
        return result

    def _mark(self, result, box, notebook):
        first = box.receive()
        result.errors = _texts(first.get("crashes"))
        if result.errors:
            result.review.append(f"errors while it ran: {'; '.join(result.errors)}"[:500])
        said = first.get("identity")
        if not isinstance(said, dict) or not isinstance(first.get("answers"), dict):
            _ended(result, str(first.get("problem", "the answers could not be collected"))[:200])
            return
        result.assignment, result.course, result.student = (
            _text(said.get(name), 200) for name in ("assignment", "course", "student")
        )
        if result.assignment not in self.masters or self.assignment not in ("", result.assignment):
            expected = self.assignment or f"one of {', '.join(self.masters)}"
            _ended(result, f"it is for the assignment {result.assignment!r}, not {expected}")
            return
        self._look(result, notebook)
        name = result.assignment
        key = AnswerKey(self.masters[name], result.course, result.student, self.secrets[name])
        answers = first["answers"]
        asked = [
            name
            for name, question in key.questions.items()
            if question.kind == "function" and _kind(answers.get(name)) == "function"
        ]
        box.send({name: [[wire.pack(a) for a in place] for place in key.places(name)] for name in asked})
        returned = {}
        if asked:
            try:
                returned = box.receive().get("returned")
            except sandbox.SandboxError as error:
                result.review.append(f"the functions could not be asked: {error}")
            returned = returned if isinstance(returned, dict) else {}
        for name, question in key.questions.items():
            mark = self._marked(result, key, question, answers.get(name), returned.get(name))
            result.marks.append(
                {"question": name, "points": mark[0], "of": question.points, "feedback": mark[1]}
            )

    def _marked(self, result, key, question, answer, returned):
        """Return points and feedback for one answer, which is anything that JSON can be."""
        name = question.name
        if answer is None:
            return 0, "There is no answer."
        if _kind(answer) != question.kind:
            return 0, f"The answer should be handed in with sheet.{question.kind}(...)."
        value = answer.get("value")
        try:
            if question.kind == "number":
                given = wire.unpack(value)
            elif question.kind == "function":
                given = self._values(result, name, returned)
                if isinstance(given, str):
                    return 0, given
            elif not isinstance(value, str):
                return 0, "The answer could not be read."
            elif question.kind == "text":
                result.texts[name] = _text(value, LONGEST_TEXT)
                given = value
            elif question.kind == "figure":
                if not _is_png(value):
                    return 0, "The figure could not be read."
                result.figures[name] = value
                given = value
            else:
                given = value
            mark = key.mark(name, given)
        except (wire.WireError, ExpressionError):
            return 0, "The answer could not be read."
        if question.kind in BY_PERSON:
            result.review.append(f"{name}: a {question.kind} to read, {question.points} points")
        return mark.points, mark.feedback

    def _values(self, result, name, returned):
        """Return what a function returned, or what is wrong with it as a text."""
        try:
            first, again = returned
            errors = [record["error"] for record in first if "error" in record]
            if errors:
                return f"At a hidden place it raised: {_text(errors[0], 200)}"
            if first != again:
                result.review.append(f"{name}: it returned different values when asked twice")
                return "It returned different values when it was asked twice at the same place."
            return [wire.unpack(record["value"]) for record in first]
        except (TypeError, ValueError, KeyError, AttributeError):
            return "It could not be evaluated at the hidden places."

    def _look(self, result, notebook):
        """Note what a person should know about a notebook that was graded."""
        if not result.student.strip():
            result.review.append("no student id: it was graded with the numbers for practice")
        if self.course and folded(self.course) != folded(result.course):
            result.review.append(f"the course in it is {result.course!r}, not {self.course!r}")
        given = _package_calls(
            s for kind, s in self.masters[result.assignment].for_students() if kind == "code"
        )
        own = _package_calls(cell.source for cell in notebook.cells) - given
        if own:
            result.review.append(
                f"it uses of the package what the notebook did not: {', '.join(sorted(own))}"
            )


def plain(points):
    """Return points without what rounding leaves, and without decimals where there are none.

    >>> plain(0.1 + 0.2), plain(2.5 + 2.5)
    (0.3, 5)
    """
    points = round(points, 6)
    return int(points) if points == int(points) else points


def assignment_secrets(secret, masters):
    """Return the keys of all assignments; one tells nothing of the others, nor of the key of the course."""
    return {m.name: hmac.new(secret, m.name.encode(), hashlib.sha256).digest() for m in masters}


def _ended(result, why):
    result.status = why
    result.review.append(f"not graded: {why}")
    return result


def _code_of(content):
    """Return the code cells of a notebook of any version, as a notebook that can be executed.

    Raises
    ------
    ValueError
        If it is no notebook; the message says so.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
        notebook = nbformat.from_dict(document) if isinstance(document, dict) else None
        if notebook is None or "nbformat" not in notebook:
            raise ValueError
        if notebook.nbformat < 4:
            notebook = nbformat.convert(notebook, 4)
        sources = [
            "".join(cell.source) if isinstance(cell.source, list) else cell.source
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]
    except RecursionError:
        raise ValueError("it is no notebook: it is nested too deeply") from None
    except Exception:  # whatever a damaged file makes of the libraries that read it
        raise ValueError(
            "it is empty" if not content.strip() else "it is no notebook that can be read"
        ) from None
    if not all(isinstance(source, str) for source in sources):
        raise ValueError("it is no notebook that can be read")
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def _package_calls(sources):
    """Return which names of the package's modules occur in code, such as ``chain.gradients``."""
    found = set()
    for source in sources:
        try:
            tree = ast.parse(
                "\n".join(
                    "pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()
                )
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        modules = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unstable_gradients")
            for alias in node.names
        }
        found |= {f"import {name}" for name in modules.values()}
        found |= {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in MODULES
        }
    return found


MODULES = (
    "chain",
    "symbolic",
    "sweep",
    "network",
    "descent",
    "activations",
    "mean_field",
    "initializers",
    "SIGMOID",
)


def _kind(answer):
    return answer.get("kind") if isinstance(answer, dict) else None


def _text(value, longest):
    return value[:longest].encode(errors="replace").decode() if isinstance(value, str) else ""


def _texts(value):
    return [_text(v, 300) for v in value[:20] if isinstance(v, str)] if isinstance(value, list) else []


def _is_png(value):
    try:
        return base64.b64decode(value, validate=True).startswith(PNG)
    except (binascii.Error, ValueError):
        return False
