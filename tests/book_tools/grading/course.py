"""A course that hands in: honest notebooks, attacks, and files that are no notebooks."""

import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from book_tools.book import Book
from book_tools.grading.sandbox import Limits
from book_tools.homework import release

from . import attacks

BOOK = Book(Path(__file__).parents[3])
ASSIGNMENT = "02_chain_rule"
COURSE = "Deep Learning 1"
LIMITS = Limits(seconds=30, cell_seconds=8, memory=2**30, disk=2**26)
SHEET = """
import sympy
from unstable_gradients.homework import Sheet
sheet = Sheet("02_chain_rule", "Deep Learning 1", "s{}")
letters = sympy.symbols("x y w1:5 b1:5 z1:5 a1:5")
"""
NONSENSE = """
sheet.function("slope", lambda z: 0.25 + 0 * z)
sheet.function("deltas", lambda slopes, weights, error: slopes)
sheet.expression("dC_db1", letters[2] * letters[3], letters)
sheet.expression("dC_dw3", letters[3] * letters[4], letters)
sheet.number("ratio", 0.5)
"""


RELEASED = {
    folder: {name.removesuffix(".ipynb"): text for name, text in made.items()}
    for folder, made in release.release(BOOK).items()
}
STUDENTS, SOLUTIONS = (RELEASED[folder] for folder in release.MADE)


def notebook(*sources):
    """A notebook with these code cells."""
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def solution(student, name=ASSIGNMENT):
    """The solution of an assignment, as a student with that id would hand it in."""
    made = nbformat.reads(SOLUTIONS[name], as_version=4)
    for cell in made.cells:
        if cell.source.startswith('course = ""'):
            cell.source = f'course = "{COURSE}"\nstudent = "{student}"'
    return made


def save(path, made):
    """Write a notebook as it is; nbformat would mend what strange programs and students do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made), encoding="utf-8")


def hand_in_attacks(folder, facts):
    """Write every attack into a folder; ``facts`` are names that the attacks know, such as where the key is."""
    known = "\n".join(f"{name} = {value!r}" for name, value in facts.items())
    number = 1000
    for table, before in ((attacks.BEFORE, True), (attacks.AFTER, False)):
        for name, attack in table.items():
            number += 1
            cells = [attack, NONSENSE] if before else [NONSENSE, attack]
            save(folder / f"{name} s{number}.ipynb", notebook(SHEET.format(number), known, *cells))
    for name, content in attacks.FILES.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "nothing handed in").mkdir()
    (folder / "a link.ipynb").symlink_to("/etc/passwd")
    save(folder / "ten thousand cells s900.ipynb", notebook(SHEET.format(900), NONSENSE, *["x = 1"] * 10_000))


def hand_in_the_rest(folder):
    """Write honest notebooks, some of them saved by strange programs, and one that nobody touched."""
    for k, kernelspec in enumerate([None, {"name": "no-such-kernel", "display_name": "?"}, {"name": "bash"}]):
        made = solution(f"k{k}")
        made.metadata = {"kernelspec": kernelspec} if kernelspec else {}
        save(folder / f"an odd kernel k{k}.ipynb", made)
    for k, name in enumerate(SOLUTIONS):
        save(folder / f"honest h{k}.ipynb", solution(f"h{k}", name))
    save(folder / "=cmd h9.ipynb", solution("h9"))
    moved = solution("m1")
    moved.cells = [cell for cell in moved.cells if cell.cell_type == "code"]
    moved.cells += [nbformat.from_dict(cell) for cell in moved.cells]
    save(folder / "doubled m1.ipynb", moved)
    for name, text in STUDENTS.items():
        save(folder / f"untouched {name}.ipynb", nbformat.reads(text, as_version=4))
