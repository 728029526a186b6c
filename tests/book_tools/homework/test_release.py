"""The notebooks of the assignments: in step, plain, and without a word of the solution."""

import copy
import os
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from book_tools.book import Book
from book_tools.execution import run
from book_tools.homework import release
from book_tools.homework.marking import BY_PERSON
from book_tools.homework.master import secrets, tags

from .conftest import BOOK, MASTERS, answer_key, each_assignment

STUDENTS, SOLUTIONS = release.MADE
LONG = 24  # characters; anything shorter may stand in a notebook by chance


@pytest.fixture(scope="session")
def released():
    """All notebooks as the masters make them now, by folder and name."""
    return {
        folder: {name: nbformat.reads(text, as_version=4) for name, text in notebooks.items()}
        for folder, notebooks in release.release(BOOK).items()
    }


def executed(notebook, folder, course=None):
    """Run a notebook in a fresh kernel, errors and all; return what its code cells printed and raised."""
    notebook = copy.deepcopy(notebook)
    if course:
        (cell,) = (cell for cell in notebook.cells if cell.source.startswith('course = ""'))
        cell.source = f"course, student = {course!r}"
    result = run(folder / "x.ipynb", notebook, timeout=120, allow_errors=True).notebook
    outputs = [output for cell in result.cells for output in cell.get("outputs", [])]
    errors = [output for output in outputs if output.output_type == "error"]
    return "".join(o.text for o in outputs if o.output_type == "stream"), errors


# In step


def test_the_committed_notebooks_are_those_of_the_masters(root):
    release.check(Book(root))


def test_each_master_has_a_notebook_and_each_notebook_a_master(root):
    assert {path.stem for path in (root / STUDENTS).glob("*.ipynb")} == set(MASTERS), (
        "to mend it: make homework"
    )


def test_making_them_twice_gives_the_same_bytes():
    script = "import sys\nfrom book_tools.book import Book\nfrom book_tools.homework import release\n"
    script += "print(release.release(Book.here()))"
    made = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=BOOK.root,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "12"
    ]
    assert made[0] == made[1] and len(made[0]) > 1000


# Plain


@each_assignment
def test_a_notebook_for_students_is_plain(name, released):
    notebook = released[STUDENTS][f"{name}.ipynb"]
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "made_from"}
    for cell in notebook.cells:
        assert not cell.metadata, "nothing depends on metadata, which Colab and VS Code lose"
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
        else:
            assert not re.search(r"\{[\w:]+\}`|^\s*(`{3,}|:{3,})\{", cell.source, re.MULTILINE), cell.source
    imports = set(
        re.findall(r"^(?:from|import) (\w+)", "\n".join(c.source for c in notebook.cells), re.MULTILINE)
    )
    assert imports <= {"unstable_gradients", "numpy", "sympy", "matplotlib", "importlib", "math"}, imports


@each_assignment
def test_points_in_the_headings_are_those_of_the_questions(name, released):
    key = answer_key(name)
    text = "\n".join(cell.source for cell in released[STUDENTS][f"{name}.ipynb"].cells)
    for points in [*(q.points for q in key.questions.values()), key.total]:
        assert f"{points} point" in text
    headings = re.findall(r"^## .*\((\d+) points?\)$", text, re.MULTILINE)
    assert sorted(map(int, headings)) == sorted(q.points for q in key.questions.values())


@each_assignment
def test_a_solution_holds_the_rubric(name, released):
    last = released[SOLUTIONS][f"{name}.ipynb"].cells[-1].source
    for question in answer_key(name).questions.values():
        assert f"| {question.name} | {question.points} |" in last
        assert question.kind not in BY_PERSON or question.rubric in last


# Run


@pytest.mark.slow
@each_assignment
def test_a_solution_passes_every_visible_check(name, released, tmp_path):
    notebook = released[SOLUTIONS][f"{name}.ipynb"]
    for identity in (None, ("Deep Learning 1", "s123456")):
        printed, errors = executed(notebook, tmp_path, identity)
        assert not errors, "\n".join(errors[0].traceback)
        source = "\n".join(cell.source for cell in notebook.cells)
        for question in re.findall(r'sheet\.check\(\s*"(\w+)"', source):
            assert f"✓ {question}: " in printed


@pytest.mark.slow
@each_assignment
def test_an_untouched_notebook_says_what_to_do(name, released, tmp_path):
    notebook = released[STUDENTS][f"{name}.ipynb"]
    printed, errors = executed(notebook, tmp_path)
    assert errors[0].ename == "NotImplementedError" and "in place of the dots" in errors[0].evalue
    assert "✓" not in printed, "nothing passes before it is done"
    allowed = {"NotImplementedError", "NotYet", "NameError", "TypeError"}
    assert {error.ename for error in errors} <= allowed
    assert "holds" not in printed


# Nothing leaks


def folded(text):
    return re.sub(r"[\s\\\"']+", "", text)


def solution_tokens(master):
    """What only instructors may see, in pieces long enough not to occur by chance."""
    pieces = []
    for cell in master.cells:
        if cell.cell_type == "code" and "marking" in tags(cell):
            pieces += re.findall(r'"((?:[^"\\\n]|\\.)*)"', cell.source) + cell.source.splitlines()
        elif cell.cell_type == "code":
            pieces += [line for piece in secrets(cell.source) for line in piece.splitlines()]
        if "solution" in tags(cell):
            pieces += cell.source.splitlines()
    everyone = folded("\n".join(source for _, source in master.for_students()))
    return {f for f in map(folded, pieces) if len(f) >= LONG and f not in everyone}


def hidden_points(name):
    """The hidden numbers of a student, as text."""
    key, numbers = answer_key(name), []
    for question in key.questions.values():
        if question.places:
            for place in key.places(question.name):
                numbers += flat(list(place.values()) if isinstance(place, dict) else place)
    return {repr(number) for number in numbers if len(repr(number)) >= 8}


def flat(value):
    """All numbers of a list of lists, arrays and numbers."""
    if isinstance(value, (list, tuple)):
        return [number for entry in value for number in flat(entry)]
    return [float(number) for number in np.ravel(value)]


def leaks(text):
    """Which secrets of any assignment stand in a text."""
    text = folded(text)
    return [
        f"{name}: {secret}"
        for name, master in MASTERS.items()
        for secret in [*solution_tokens(master), *hidden_points(name)]
        if secret in text
    ]


@each_assignment
def test_there_is_something_to_leak(name):
    assert len(solution_tokens(MASTERS[name])) >= len(answer_key(name).questions)


@each_assignment
def test_a_notebook_for_students_leaks_nothing(name, root):
    found = leaks((root / STUDENTS / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert not found, found


@pytest.mark.slow
def test_the_site_leaks_nothing(root):
    site = root / "_build" / "html"
    if not (site / "index.html").is_file():
        pytest.fail("this test looks at the built site: run `make book` first")
    texts = [
        path for path in site.rglob("*") if path.suffix in {".html", ".js", ".txt", ".ipynb", ".md", ".json"}
    ]
    assert site / "searchindex.js" in texts
    found = [
        f"{path.relative_to(site)}: {leak}"
        for path in texts
        for leak in leaks(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)
    assert not list(site.rglob("*/homework/*.md*")), "masters are no part of the site"


@each_assignment
@pytest.mark.parametrize("where", ["source", "metadata", "output", "hidden point"])
def test_a_planted_secret_is_found(name, where, root):
    """That the tests above can fail."""
    notebook = nbformat.read(root / STUDENTS / f"{name}.ipynb", as_version=4)
    secret = sorted(solution_tokens(MASTERS[name]))[0]
    if where == "source":
        notebook.cells[3].source += "\n# " + secret
    elif where == "metadata":
        notebook.metadata["rubric"] = secret
    elif where == "output":
        code = next(cell for cell in notebook.cells if cell.cell_type == "code")
        code.outputs = [nbformat.v4.new_output("stream", text=secret)]
    else:
        notebook.cells[3].source += "\n# " + sorted(hidden_points(name))[0]
    assert leaks(nbformat.writes(notebook))
