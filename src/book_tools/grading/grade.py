"""Grades one submission: runs it in the sandbox, and holds what comes out against the answer key."""

import ast
import base64
import binascii
import builtins
import hashlib
import hmac
import json
import re
import struct
import warnings
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from unstable_gradients.expressions import ExpressionError
from unstable_gradients.variants import folded

from .. import wire
from ..homework.marking import AnswerKey
from . import sandbox

LONGEST_TEXT = 20_000  # characters
LONGEST_CELL = 50_000  # characters; a longer one is executed, but not read for what it calls
MOST_CELLS, MOST_CODE = 12_000, 2**21  # of a notebook, and characters of its code
PACKAGE = "unstable_gradients"
ENDED, FAILED = "no answers came out", "the grader failed"
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_FIGURE, WIDEST_FIGURE = 2**21, 10_000  # characters of base64, pixels
# What IPython makes calls of: %magic, !command, ?help and help?, ,quoted words, name = %magic. The quantifiers give
# nothing back, so that no line takes longer than its length.
MAGIC = re.compile(
    r"^([ \t]*+)(?:%{1,2}[A-Za-z].*|[!?].*|[,;/]\w.*|.*\?|[^=\n]*+=[ \t]*+[%!].*)$", re.MULTILINE
)


@dataclass
class Result:
    """What grading a submission came to; everything in it can be written as JSON.

    Attributes
    ----------
    submission, who : str
        As of :class:`~book_tools.grading.submissions.Submission`.
    assignment, course, student : str
        As the notebook says.
    status, why : str
        "graded", or what happened instead, and the reason. The same notebook has the same status each time;
        the reason may hang on a race in it, as between a kernel that was killed and the end of its time.
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
    why: str = ""
    marks: list = field(default_factory=list)
    review: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def outcome(self):
        """The status with its reason."""
        return ": ".join(filter(None, [self.status, self.why]))

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
        result = self._once(submission)
        # A system that is short of memory ends what it likes. What ends twice did it itself.
        return self._once(submission) if result.why == sandbox.ITSELF else result

    def _once(self, submission):
        result = Result(submission.name, submission.who)
        if submission.problem:
            return _ended(result, submission.problem)
        try:
            notebook = _code_of(submission.content)
        except ValueError as error:
            return _ended(result, str(error))
        with sandbox.opened(self.limits) as box:
            try:
                box.send(sandbox.order(notebook, self.limits))
                self._mark(result, box, notebook)
            except sandbox.SandboxError as error:
                _ended(result, ENDED, str(error))
            result.megabytes = round(box.peak / 2**20, 1)
            result.seconds = round(box.seconds, 1)
        return result

    def _mark(self, result, box, notebook):
        first = box.receive()
        result.errors = _texts(first.get("crashes"))
        said = first.get("identity")
        if not isinstance(said, dict) or not isinstance(first.get("answers"), dict):
            _ended(result, ENDED, _text(first.get("problem"), 200))
            return
        result.assignment, result.course, result.student = (
            _text(said.get(name), 200) for name in ("assignment", "course", "student")
        )
        if result.assignment not in self.masters or self.assignment not in ("", result.assignment):
            expected = self.assignment or f"one of {', '.join(self.masters)}"
            _ended(result, f"it is for the assignment {result.assignment!r}, not {expected}")
            return
        name = result.assignment
        key = AnswerKey(self.masters[name], result.course, result.student, self.secrets[name])
        answers = first["answers"]
        returned = {
            name: self._ask(result, box, name, key.places(name))
            for name, question in key.questions.items()
            if question.kind == "function" and _kind(answers.get(name)) == "function"
        }
        for name, question in key.questions.items():
            mark = self._marked(result, key, question, answers.get(name), returned.get(name))
            result.marks.append(
                {"question": name, "points": mark[0], "of": question.points, "feedback": mark[1]}
            )
        self._look(result, notebook)

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
        return mark.points, mark.feedback

    def _ask(self, result, box, name, places):
        """Return what a function returned at its places, whatever that is, or None."""
        try:
            box.send({"question": name, "places": [[wire.pack(a) for a in place] for place in places]})
            said = box.receive()
        except sandbox.SandboxError as error:
            said = {"problem": str(error)}
        if "problem" in said:
            result.review.append(f"{name}: the function could not be asked: {said['problem']}"[:300])
        return said.get("returned")

    def _values(self, result, name, returned):
        """Return what a function returned, or what is wrong with it as a text."""
        try:
            first, again = returned
            errors = [record["error"] for record in first if "error" in record]
            if errors and errors[0].startswith("NotImplementedError"):
                return "There is no answer."
            if errors and errors[0].startswith("WireError"):
                return "At a hidden place it returned no real number."
            if errors:
                result.review.append(f"{name} raised at a hidden place: {_text(errors[0], 200)}")
                kind = errors[0].split(":")[0]  # no more than that: a message could say what is hidden
                kind = kind if isinstance(getattr(builtins, kind, None), type) else "an error of its own"
                return f"At a hidden place it raised {kind}."
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
        master = self.masters[result.assignment]
        given = _package_calls(
            source
            for cells in (master.for_students(), master.for_instructors())
            for kind, source in cells
            if kind == "code"
        )
        if any(len(cell["source"]) >= LONGEST_CELL for cell in notebook["cells"]):
            result.review.append(
                f"a cell of {LONGEST_CELL} characters or more was not read for what it calls"
            )
        own = _package_calls(cell["source"] for cell in notebook["cells"]) - given
        if own:
            calls = ", ".join(f"{name} {where}" for name, where in sorted(own))
            result.review.append(
                f"it uses of the package what neither notebook nor solution does: {calls}"[:500]
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


def _ended(result, status, why=""):
    result.status, result.why = status, why
    result.review.append(f"not graded: {result.outcome}")
    return result


def _code_of(content):
    """Return the code cells of a notebook of any version, as a notebook that can be executed.

    Raises
    ------
    ValueError
        If it is no notebook; the message says so.
    """
    try:
        document = json.loads(content)
        # Only what is executed is looked at: whatever else is in a file, libraries take minutes over a million of it.
        cells = document["cells"] if document["nbformat"] >= 4 else document["worksheets"][0]["cells"]
        sources = [
            "".join(source) if isinstance(source, list) else source
            for cell in cells
            if cell["cell_type"] == "code"
            for source in [cell["source"] if "source" in cell else cell["input"]]
        ]
        if not all(isinstance(source, str) for source in sources):
            raise ValueError
    except RecursionError:
        raise ValueError("it is no notebook: it is nested too deeply") from None
    except Exception:  # whatever a damaged file may hold
        raise ValueError(
            "it is empty" if not content.strip() else "it is no notebook that can be read"
        ) from None
    if len(sources) > MOST_CELLS or sum(map(len, sources)) > MOST_CODE:
        raise ValueError(f"it has more than {MOST_CELLS} cells or {MOST_CODE // 2**20} MB of code")
    return sandbox.notebook(sources)


def _package_calls(sources):
    """Return what code uses of the package, as pairs: a name such as ``chain.gradients``, and where.

    "Where" is the function, or "outside": a check may call what an answer should not.
    """
    sources = [source for source in sources if len(source) < LONGEST_CELL]
    trees = [tree for tree in map(_parsed, sources) if tree is not None]
    names, found = {}, set()  # what a name in the code stands for, with the package's own left out
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            path = node.module.split(".")[1:]
            names |= {alias.asname or alias.name: ".".join([*path, alias.name]) for alias in node.names}
            found |= {(".".join([*path, "*"]), "outside") for alias in node.names if alias.name == "*"}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == PACKAGE:
                    path = alias.name.split(".")[1:] if alias.asname else []
                    names[alias.asname or PACKAGE] = ".".join(path)

    def walk(node, where):
        if where == "outside" and isinstance(node, (ast.FunctionDef, ast.Lambda)):
            where = f"in {getattr(node, 'name', 'a lambda')}"
        parts, top = [], node
        while isinstance(top, ast.Attribute):
            parts.insert(0, top.attr)
            top = top.value
        if isinstance(top, ast.Name) and top.id in names and not isinstance(top.ctx, ast.Store):
            found.add((".".join(filter(None, [names[top.id], *parts])), where))
            return
        for child in ast.iter_child_nodes(node):
            walk(child, where)

    for tree in trees:
        with suppress(RecursionError):
            walk(tree, "outside")
    return {(name, where) for name, where in found if name}


def _parsed(source):
    """Return the syntax tree of a cell, with nothing in place of its magics; None if it has none."""
    for text in (source, MAGIC.sub(r"\1pass", source)):
        # No Python, or more than the parser can take.
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    return None


def _kind(answer):
    return answer.get("kind") if isinstance(answer, dict) else None


def _text(value, longest):
    return value[:longest].encode(errors="replace").decode() if isinstance(value, str) else ""


def _texts(value):
    return [_text(v, 300) for v in value[:20] if isinstance(v, str)] if isinstance(value, list) else []


def _is_png(value):
    """Return whether it is a picture in base64, and of a size that a browser can show."""
    if len(value) > LARGEST_FIGURE:
        return False
    try:
        data = base64.b64decode(value, validate=True)
        return (
            data.startswith(PNG + b"\0\0\0\rIHDR")
            and max(struct.unpack_from(">II", data, 16)) <= WIDEST_FIGURE
        )
    except (binascii.Error, ValueError, struct.error):
        return False
