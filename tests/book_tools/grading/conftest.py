"""Submissions, honest and not, graded once for all tests."""

import csv
import socket
import threading
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book_tools.book import Book
from book_tools.grading import batch
from book_tools.grading.sandbox import Limits
from book_tools.homework import master, release, secret

from . import attacks

BOOK = Book(Path(__file__).parents[3])
ASSIGNMENT = "02_chain_rule"
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


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def solution(student, name=ASSIGNMENT):
    """The solution of an assignment, as a student with that id would hand it in."""
    made = nbformat.reads(release.release(BOOK)[release.MADE[1]][f"{name}.ipynb"], as_version=4)
    for cell in made.cells:
        if cell.source.startswith('course = ""'):
            cell.source = f'course = "Deep Learning 1"\nstudent = "{student}"'
    return made


def save(path, made):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(made), encoding="utf-8")


class Graded:
    """What came out: results and rows by submission, and what was on the machine meanwhile."""

    def __init__(self, results, out, submissions, key, reached):
        self.results = {result.submission: result for result in results}
        self.out, self.submissions, self.key, self.reached = out, submissions, key, reached
        with (out / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            self.rows = {row["submission"].removeprefix("'"): row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def listener():
    """A server on this machine that notes who reaches it: port, and the list."""
    server, reached = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            reached.append(connection.recv(100))

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], reached
    server.close()


@pytest.fixture(scope="session")
def graded(tmp_path_factory, listener):
    """A folder with honest submissions among all attacks, graded."""
    top = tmp_path_factory.mktemp("course")
    folder, out, key = top / "submissions", top / "out", top / "course.key"
    secret.create(key)
    secret.create(folder.parent / "other.key")
    facts = {
        "PORT": listener[0],
        "OUTSIDE": [str(key), str(out / "gradebook.csv"), str(BOOK.root / "gradebook.csv")],
        "MASTERS": str(BOOK.root / "book" / "homework"),
        "SUBMISSIONS": str(folder),
    }
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
    many = notebook(SHEET.format(900), NONSENSE, *["x = 1"] * 10_000)
    save(folder / "ten thousand cells s900.ipynb", many)
    for k, kernelspec in enumerate([None, {"name": "no-such-kernel", "display_name": "?"}, {"name": "bash"}]):
        made = solution(f"k{k}")
        made.metadata = {"kernelspec": kernelspec} if kernelspec else {}
        save(folder / f"an odd kernel k{k}.ipynb", made)
    for k in range(3):
        save(folder / f"honest h{k}.ipynb", solution(f"h{k}"))
    save(folder / "=cmd h9.ipynb", solution("h9"))
    untouched = nbformat.reads(release.release(BOOK)[release.MADE[0]][f"{ASSIGNMENT}.ipynb"], as_version=4)
    save(folder / "untouched.ipynb", untouched)
    results = batch.grade(BOOK, folder, key, out, limits=LIMITS)
    return Graded(results, out, folder, key, listener[1])


@pytest.fixture(scope="session")
def all_masters():
    return master.masters(BOOK)
