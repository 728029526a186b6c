"""Marks that people give: in marks.csv, which each run reads, and writes anew with all that people wrote into it."""

import hashlib

from .. import PressError
from . import tables
from .grade import plain

FILE = "marks.csv"
COLUMNS = ["submission", "question", "points", "comment"]


class Marks:
    """The rows of a marks.csv; none if there is no such file.

    A row gives points to one answer, of a person's question or in place of the machine's points, and a comment.

    Parameters
    ----------
    file : Path

    Raises
    ------
    PressError
        If the file is no such table.
    """

    def __init__(self, file):
        self.file, self.delimiter, self.rows = file, ",", []
        if file.exists():
            self.delimiter, rows = tables.read(file, COLUMNS)
            self.rows = [
                row for row in rows if any(row[c].strip() for c in row if c not in (None, *COLUMNS[:2]))
            ]

    def check(self, known):
        """See that the rows are about submissions and questions that there are, and match the names of both.

        Parameters
        ----------
        known : dict of str to dict of str to float
            For each submission its questions, with their points.

        Raises
        ------
        PressError
            If a row is not; it names file and line.
        """
        names = {name: name for name in known} | {_label(name): name for name in known}
        lines = {}
        for row in self.rows:
            written, question = row["submission"], row["question"].strip()
            submission = names.get(written, names.get(written.strip()))
            if submission is None:
                raise self._wrong(row, f"there is no submission {written!r}")
            if question not in known[submission]:
                there = ", ".join(known[submission]) or "none, for nothing says which assignment it is"
                raise self._wrong(
                    row, f"there is no question {question!r} in {submission!r}; there are {there}"
                )
            if before := lines.get((submission, question)):
                raise self._wrong(row, f"{question} of {submission!r} stands in line {before}, too")
            lines[submission, question] = row[None]
            row["submission"], row["question"] = submission, question
            self._points(row, known[submission][question])

    def give(self, results, known):
        """Put points and comments into results, which :meth:`check` has seen with the same ``known``."""
        for result in results:
            rows = {row["question"]: row for row in self.rows if row["submission"] == result.submission}
            if rows and not result.marks:  # it could not be graded, but a person did
                result.marks = [
                    {"question": name, "points": 0, "of": of, "feedback": ""}
                    for name, of in known[result.submission].items()
                ]
            for mark in result.marks:
                row = rows.get(mark["question"])
                points = row and self._points(row, mark["of"])
                if points is not None:
                    if mark["points"] is None:
                        mark["feedback"] = "A person read this answer."
                    mark["points"] = points
                if row and row["comment"].strip():
                    mark["comment"] = row["comment"].strip()

    def text(self, results):
        """Return the new content of the file: what people wrote, and a row for each answer that waits for them."""
        more = list(dict.fromkeys(c for row in self.rows for c in row if c not in (None, *COLUMNS)))
        written = {(row["submission"], row["question"]): row for row in self.rows}
        lines = [[*COLUMNS, *more]]
        places = [(r.submission, m["question"], m["points"]) for r in results for m in r.marks]
        for submission, question, points in dict.fromkeys(places):
            row = written.get((submission, question), {})
            if row or points is None:
                lines.append(
                    [_label(submission), question, *(row.get(column, "") for column in lines[0][2:])]
                )
        return "\ufeff" + tables.text(lines, self.delimiter)  # without this mark Excel takes it for no UTF-8

    def _points(self, row, of):
        """Return the points in a row, or None if there are none."""
        cell = row["points"].strip()
        if not cell:
            return None
        try:
            points = float(cell if self.delimiter == "," else cell.replace(",", "."))
        except ValueError:
            raise self._wrong(row, f"the points must be a number, not {cell!r}") from None
        if not 0 <= points <= of:
            raise self._wrong(row, f"{row['question']} has 0 to {of} points, not {cell}")
        return plain(points)

    def _wrong(self, row, what):
        return PressError(f"{self.file}, line {row[None]}: {what}")


def all_of(questions):
    """Return the questions of all assignments with the most points that one of that name has."""
    points = {}
    for name, question in (item for found in questions.values() for item in found.items()):
        points[name] = max(question["of"], points.get(name, 0))
    return points


def known(results, questions, assignment=""):
    """Return for each submission its questions with their points, for :meth:`Marks.check`.

    One that could not be graded has those of its assignment: of the one that is given, or that all others have.
    """
    points = {a: {name: q["of"] for name, q in found.items()} for a, found in questions.items()}
    others = {result.assignment for result in results if result.marks}
    usual = assignment or (others.pop() if len(others) == 1 else "")
    return {
        r.submission: {m["question"]: m["of"] for m in r.marks}
        or points.get(r.assignment)
        or points.get(usual, {})
        for r in results
    }


def _label(name):
    """Return the name of a submission as it stands in the file: harmless, and still another one for each."""
    clean = tables.harmless(name)
    if clean.removeprefix("'") != name:  # two names may become the same
        clean += f" {hashlib.sha256(name.encode(errors='backslashreplace')).hexdigest()[:8]}"
    return clean
