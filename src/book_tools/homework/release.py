"""Writes the notebooks of all assignments: those for students, and the solutions."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from .. import PressError, export
from ..notebooks import METADATA, install_cell, with_ids
from .marking import BY_PERSON, WITH_PLACES, AnswerKey
from .master import POINTS, masters

MADE = ("notebooks/homework", "dist/homework")


def write(book):
    """Write the student's notebooks into ``notebooks/homework`` and the solutions into ``dist/homework``."""
    for folder, notebooks in release(book).items():
        export.publish(notebooks, book.root / folder, book.root)
    print(f"The assignments are in {MADE[0]}, their solutions in {MADE[1]}.")


def check(book):
    """Compare the student's notebooks with the masters.

    Raises
    ------
    PressError
        If they are not the same.
    """
    export.compare(release(book)[MADE[0]], book.root / MADE[0], book.root, "make homework")


def release(book):
    """Return the texts of all notebooks: folder -> file name -> text. Nothing is written.

    Raises
    ------
    PressError
        If a master cannot work.
    """
    students, solutions = {}, {}
    for master in masters(book):
        key = _checked(master)
        students[f"{master.name}.ipynb"] = _notebook(book, master, key, master.for_students())
        rubric = ("markdown", _rubric(key))
        solutions[f"{master.name}.ipynb"] = _notebook(book, master, key, [*master.for_instructors(), rubric])
    return dict(zip(MADE, (students, solutions)))


def _checked(master):
    """Return the answer key for the numbers of practice, if it and those of two more students work."""
    keys = [AnswerKey(master, student=student) for student in ("", "one", "two")]
    for key in keys:
        key.check()
    return keys[0]


def _notebook(book, master, key, cells):
    points = {name: question.points for name, question in key.questions.items()} | {"total": key.total}

    def written(match):
        if match[1] not in points:
            raise PressError(f"{master.name}: there is no question {match[1]!r} to give the points of")
        number = points[match[1]]
        return f"{number} point" + "s" * (number != 1)

    made = [install_cell("", "main")]
    for kind, source in cells:
        new = new_code_cell if kind == "code" else new_markdown_cell
        made.append(new(source if kind == "code" else POINTS.sub(written, source)))
    notebook = new_notebook(
        cells=with_ids(made), metadata={**METADATA, "made_from": f"book/homework/{master.name}.md"}
    )
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _rubric(key):
    rows = ["## Rubric", "", "| question | points | marked by | for |", "| --- | ---: | --- | --- |"]
    for name, question in key.questions.items():
        by = "a person" if question.kind in BY_PERSON else "the machine"
        where = "at hidden numbers, too" if question.kind in WITH_PLACES else "for the student's own numbers"
        rubric = question.rubric or f"the right {question.kind}, {where}"
        rows.append(f"| {name} | {question.points} | {by} | {rubric} |")
    return "\n".join(rows)
