"""What instructors and students get to read. Every text of a student is treated as text, never as HTML or a formula."""

import csv
import hashlib
import io
import json
import os
import re
from collections import Counter

import jinja2

PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("book_tools.grading", "pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")


def write(results, out):
    """Write gradebook, feedback, review list and the JSON with everything; each file in one step.

    What is written depends on the results alone: the same results give the same bytes.
    """
    _note_doubles(results)
    _put(out / "gradebook.csv", gradebook(results))
    _put(out / "review.html", PAGES.get_template("review.html").render(results=results))
    graded = [{k: v for k, v in r.record().items() if k not in ("seconds", "megabytes")} for r in results]
    _put(out / "grades.json", json.dumps(graded, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    _put(
        out / "resources.csv",
        _csv([["submission", "seconds", "MB"], *([r.submission, r.seconds, r.megabytes] for r in results)]),
    )
    folder = out / "feedback"
    folder.mkdir(exist_ok=True)
    pages = {
        file_name(result): PAGES.get_template("feedback.html").render(result=result) for result in results
    }
    for name, page in pages.items():
        _put(folder / name, page)
    for old in folder.glob("*.html"):
        if old.name not in pages:
            old.unlink()


def gradebook(results):
    """Return the gradebook as CSV: a row for each submission, a column for each question."""
    questions = list(dict.fromkeys(mark["question"] for result in results for mark in result.marks))
    rows = [
        [
            "submission",
            "who",
            "student",
            "assignment",
            "points",
            "for a person",
            "of",
            "status",
            "to review",
            *questions,
        ]
    ]
    for result in results:
        marks = {mark["question"]: mark["points"] for mark in result.marks}
        rows.append(
            [
                *(result.submission, result.who, result.student, result.assignment),
                *(result.points, result.open, result.of, result.status, len(result.review)),
                *(
                    "" if name not in marks else "?" if marks[name] is None else marks[name]
                    for name in questions
                ),
            ]
        )
    return _csv(rows)


def file_name(result):
    """Return the name of a student's feedback page: the submission's, without what could lead elsewhere."""
    name = result.submission.removesuffix(".ipynb")
    clean = re.sub(r"[^\w-]+", "_", name)[:100]
    if clean != name:  # two names may become the same
        clean += "-" + hashlib.sha256(name.encode(errors="backslashreplace")).hexdigest()[:8]
    return f"{clean}.html"


def _note_doubles(results):
    """Note where several submissions to one assignment say that they are of the same student."""
    counts = Counter((r.assignment, r.student.strip().casefold()) for r in results if r.student.strip())
    for result in results:
        number = counts[result.assignment, result.student.strip().casefold()]
        note = f"{number} submissions say that they are of {result.student!r}"
        if number > 1 and note not in result.review:
            result.review.append(note)


def _csv(rows):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([[_harmless(cell) for cell in row] for row in rows])
    return file.getvalue()


def _harmless(cell):
    """Return a cell that no spreadsheet takes for a formula; a quote in front makes it text."""
    if not isinstance(cell, str):
        return cell
    cell = "".join(character if character.isprintable() else " " for character in cell)
    return f"'{cell}" if FORMULA.match(cell) else cell


def _put(path, text):
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8", errors="backslashreplace")
    os.replace(new, path)
