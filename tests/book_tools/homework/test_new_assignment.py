"""A new assignment, made as the page for instructors says, and what `homework` says when it is made wrong."""

import shutil

import nbformat
import pytest

from book_tools.__main__ import main
from book_tools.book import Book
from book_tools.homework import release
from book_tools.homework.marking import AnswerKey
from book_tools.homework.master import masters

SMALL = """\
# A square

You look at a square, for {points}`total`.

```{code-cell} ipython3
:tags: [identity]
course = ""
student = ""
```

```{code-cell} ipython3
import sympy
from matplotlib import pyplot

from unstable_gradients.homework import Sheet

sheet = Sheet("06_small", course, student)
side = sheet.uniform("side", 1, 2)
```

## 1 Its area ({points}`area`)

```{code-cell} ipython3
area = hidden(side**2)
sheet.number("area", area)
```

```{code-cell} ipython3
:tags: [marking]
question("area", points=1, mistakes=[(4 * side, "That is how far it is around it.")])
```

## 2 The diagonal of any square ({points}`diagonal`)

```{code-cell} ipython3
def diagonal(side):
    return hidden(2**0.5 * side)


sheet.function("diagonal", diagonal)
```

```{code-cell} ipython3
:tags: [marking]
question(
    "diagonal",
    points=2,
    places=lambda hidden: [(hidden.uniform("diagonal", 1, 9),)],
    mistakes=[(lambda side: 2 * side, "That is the way along two of its sides.")],
)
```

## 3 A rectangle in letters ({points}`around`)

```{code-cell} ipython3
letters = sympy.symbols("p q")
p, q = letters
```

```{code-cell} ipython3
around = hidden(2 * (p + q))
formula = sheet.expression("around", around, letters)
```

```{code-cell} ipython3
:tags: [marking]
question(
    "around",
    points=2,
    places=lambda hidden: [{"p": hidden.uniform("p", 1, 9), "q": hidden.uniform("q", 1, 9)}],
    mistakes=[(p * q, "That is what is inside of it.")],
)
```

## 4 Why ({points}`why`)

```{code-cell} ipython3
sheet.text("why", hidden("Because it is."))
```

```{code-cell} ipython3
:tags: [marking]
question("why", points=1, rubric="1 for a reason")
```

## 5 Draw it ({points}`drawn`)

```{code-cell} ipython3
fig, ax = pyplot.subplots()
hidden(ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0]))
sheet.figure("drawn", fig)
```

```{code-cell} ipython3
:tags: [marking]
question("drawn", points=1, rubric="1 for equal sides")
```
"""


@pytest.fixture
def small(root, tmp_path, monkeypatch):
    """The file of the assignment 06_small, alone in a book; the current folder is that of the book."""
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(root / name, tmp_path)
    path = tmp_path / "book" / "homework" / "06_small.md"
    path.parent.mkdir(parents=True)
    path.write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    return path


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))


def test_an_assignment_is_made_and_that_does_not_read_like_an_error(small, capsys):
    assert main(["homework", "--check"]) == 1
    assert "06_small.ipynb: it is missing" in capsys.readouterr().err
    assert main(["homework"]) == 0
    first = capsys.readouterr().out
    assert first.count("06_small.ipynb: made\n") == 2 and "missing" not in first
    edit(small, "You look at", "You see")
    assert main(["homework"]) == 0
    assert capsys.readouterr().out.count("06_small.ipynb: its source has changed\n") == 2


def test_the_rubric_says_where_an_answer_is_tried(small):
    made = release.release(Book(small.parents[2]))[release.MADE[1]]["06_small.ipynb"]
    rows = nbformat.reads(made, as_version=4).cells[-1].source.splitlines()
    assert "| area | 1 | the machine | the right number, for the student's own numbers |" in rows
    assert "| diagonal | 2 | the machine | the right function, at hidden numbers, too |" in rows
    assert "| around | 2 | the machine | the right expression, at hidden numbers, too |" in rows
    assert "| why | 1 | a person | 1 for a reason |" in rows


def test_points_change_and_a_question_goes_and_nothing_else_is_needed(small):
    edit(small, 'question("area", points=1', 'question("area", points=3')
    text = small.read_text()
    small.write_text(text[: text.index("## 4 Why")] + text[text.index("## 5 Draw") :])
    (master,) = masters(Book(small.parents[2]))
    assert main(["homework"]) == 0
    assert {q.name: q.points for q in AnswerKey(master).questions.values()} == {
        "area": 3,
        "diagonal": 2,
        "around": 2,
        "drawn": 1,
    }
    notebook = (small.parents[2] / "notebooks" / "homework" / "06_small.ipynb").read_text()
    assert "Its area (3 points)" in notebook


BREAKS = {
    "the name of another assignment": (
        'Sheet("06_small", course',
        'Sheet("05_initialization", course',
        '06_small.md, the cell at line 11: a line of its own must say sheet = Sheet("06_small", course, student)',
    ),
    "a sheet for nobody": ("06_small\", course, student)", '06_small")', "the cell at line 11: a line of its own"),
    "no sheet": ("sheet = Sheet(", "sheet = make(", "06_small.md: a line of its own must say sheet ="),
    "code that raises": (
        "sheet.uniform(\"side\", 1, 2)",
        "1 / 0",
        "06_small.md, the cell at line 11: ZeroDivisionError: division by zero",
    ),
    "code that raises for some": (
        "sheet.uniform(\"side\", 1, 2)",
        "1 / (len(student) != 3)",
        "06_small.md, for the student 'one', the cell at line 11: ZeroDivisionError",
    ),
    "a tag without its bracket": (
        ':tags: [marking]\nquestion("area"',
        ':tags: [marking\nquestion("area"',
        "06_small.md cannot be read: Code cell 5 at line 28",
    ),
    "no Python": ("side**2)", "side**)", "06_small.md, the cell at line 23: SyntaxError: "),
    "an answer without a name": ('sheet.number("area", area)', "sheet.number(area)", "line 23: TypeError: "),
    "an answer with an empty name": (
        'sheet.number("area", area)',
        'sheet.number("", area)',
        "question 'area': no cell hands it in, as sheet.number does",
    ),
    "a question that no cell hands in": (
        'sheet.text("why", hidden("Because it is."))',
        "",
        "06_small.md, question 'why': no cell hands it in",
    ),
    "a question that is not marked": (
        'question("why", points=1, rubric="1 for a reason")',
        "",
        "06_small.md, question 'why': no cell with the tag 'marking' calls question('why', ...)",
    ),
    "a question twice": (
        'question("why", points=1',
        'question("area", points=1',
        "ValueError: the question 'area' is declared twice",
    ),
    "a word that question does not know": ('rubric="1 for a reason"', 'rubrik="1"', "argument 'rubrik'"),
    "points as text": ("diagonal\",\n    points=2", "diagonal\",\n    points='2'", "whole number from 1, not '2'"),
    "a text without rubric": (
        ', rubric="1 for a reason"',
        "",
        "question 'why': a text needs rubric=\"1 for ...\", for the person who reads it",
    ),
    "a figure without rubric": (', rubric="1 for equal sides"', "", "question 'drawn': a figure needs rubric="),
    "a function without places": (
        '    places=lambda hidden: [(hidden.uniform("diagonal", 1, 9),)],\n',
        "",
        "question 'diagonal': the function needs places=lambda hidden: [(2.5, ...), ...]",
    ),
    "a formula without places": (
        '    places=lambda hidden: [{"p": hidden.uniform("p", 1, 9), "q": hidden.uniform("q", 1, 9)}],\n',
        "",
        'question \'around\': the expression needs places=lambda hidden: [{"x": 2.5, ...}, ...]',
    ),
    "no place": ('[(hidden.uniform("diagonal", 1, 9),)]', "[]", "'diagonal': the function needs places="),
    "a place without its comma": (
        '(hidden.uniform("diagonal", 1, 9),)',
        '(hidden.uniform("diagonal", 1, 9))',
        "'float' object is not iterable. Right would be: places=lambda hidden: [(2.5, ...), ...]",
    ),
    "a place without a letter": (
        ', "q": hidden.uniform("q", 1, 9)',
        ', "r": 1.0',
        "question 'around': its letters are p, q; the expression needs places=",
    ),
    "a formula at a tuple": (
        '{"p": hidden.uniform("p", 1, 9), "q": hidden.uniform("q", 1, 9)}',
        "(1.5, 2.5)",
        "question 'around': its letters are p, q; the expression needs places=",
    ),
    "a mistake that is right": (
        "(4 * side,",
        "(side * side,",
        "question 'area': the mistake with the feedback 'That is how far it is around it.' gets 'Right.' instead",
    ),
    "a mistake that is right for some": (
        "(4 * side,",
        "(side**2 if student == 'two' else 4 * side,",
        "06_small.md, for the student 'two', question 'area': the mistake",
    ),
    "a formula as mistake that is right": ("(p * q,", "(2 * p + 2 * q,", "'That is what is inside of it.' gets 'Right.'"),
    "a mistake in other letters": ("(p * q,", '("p*r",', "of the question: 'r' is not among its letters"),
    "a mistake that raises": ("2 * side, \"That", "1 / 0, \"That", "question 'diagonal': ZeroDivisionError"),
    "a mistake that is no pair": ('[(4 * side, "That is how far it is around it.")]', "[4 * side]", "pairs of an"),
    "a solution of whole numbers": ("2**0.5 * side)", "2**0.5 * len(range(side)))", "cannot be interpreted as an integer"),
    "a solution that is no number": ("2**0.5 * side)", "side > 0)", "'diagonal': WireError: a number was expected"),
    "a solution that is never the same": (
        "2**0.5 * side)",
        "__import__('random').random())",
        "question 'diagonal': the solution is not marked as right",
    ),
}  # fmt: skip


@pytest.mark.parametrize("old, new, message", BREAKS.values(), ids=BREAKS)
def test_a_master_that_cannot_work_is_refused_with_what_would_be_right(small, capsys, old, new, message):
    edit(small, old, new)
    assert main(["homework"]) == 1
    assert message in capsys.readouterr().err
    assert not (small.parents[2] / "notebooks").exists()
