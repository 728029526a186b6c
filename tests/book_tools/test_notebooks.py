"""The notebooks that are made from the lessons."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell

from book_tools.execution import run
from book_tools.notebooks import install_cell, only_glue

from .conftest import FRONT_MATTER

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks" / "lessons").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

# What only MyST understands, where it is not quoted as code.
RAW = {
    "directive": r"^\s*(`{3,}|:{3,})\s*\{|^\s*:{3,}",
    "role": r"\{[\w:.+-]+\}`",
    "label": r"^\([\w.:-]+\)=\s*$",
    "attributes": r"(?<=[\])`])\{[#.\w][^}\n]*\}",
    "substitution": r"\{\{.*?\}\}",
    "comment": r"^% ",
    "label of a formula": r"\\label\{",
    "link of the site": r"\]\([^)]*\.(md|html)\b(?<!://)[^)]*\)",
}
CODE = re.compile(r"^(`{3,})(?!\{).*?^\1|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)


def read(path):
    return nbformat.read(path, as_version=4)


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def without_code(text):
    """Return Markdown without what is quoted as code, but with roles, which have backticks, too.

    >>> without_code("`a` and {eq}`b`")
    '`` and {eq}`b`'
    """
    text = re.sub(r"(\{[\w:.+-]+\})`([^`]*)`", r"\1´\2´", text)
    return CODE.sub("``", text).replace("´", "`")


# The notebooks of the book


@pytest.mark.slow
def test_the_notebooks_are_those_of_the_lessons(root):
    made = subprocess.run(
        [sys.executable, "-m", "book_tools", "notebooks", "--check"], cwd=root, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr.strip()[-2000:]


def test_every_lesson_has_a_notebook(root):
    lessons = {path.stem for path in (root / "book" / "lessons").glob("*.md")}
    assert {path.stem for path in NOTEBOOKS} == lessons, "to mend it: make notebooks"


@each_notebook
def test_a_notebook_is_valid_and_bare(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids)), "the ids of cells must be unique"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, f"{cell.source[:60]} has outputs"
        assert not cell.metadata.get("tags") and "mystnb" not in cell.metadata
    assert str(ROOT) not in path.read_text(encoding="utf-8")


@each_notebook
def test_no_syntax_of_myst_is_left(path):
    found = [
        f"{what}: {match[0]!r}"
        for text in map(without_code, prose(read(path)))
        for what, pattern in RAW.items()
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "```{note}",
        ":::{tip}",
        "{cite:t}`a`",
        "(sec-a)=",
        "[a](b){.c}",
        "`x`{#id}",
        "{{ name }}",
        "% no",
        "[](a.md)",
    ],
)
def test_the_patterns_find_what_they_are_for(text):
    assert any(re.search(pattern, without_code(text), re.MULTILINE) for pattern in RAW.values())


@each_notebook
def test_links_lead_to_notebooks_that_exist(path):
    for text in prose(read(path)):
        for name in re.findall(r"\]\(([^)/:]+)\)", text):
            assert (path.parent / name).is_file(), f"a link leads to {name}"


@each_notebook
def test_exercises_have_an_empty_cell_and_solutions_come_last(path):
    cells = read(path).cells
    headings = [re.match(r"#+ (.*)", cell.source) for cell in cells]
    titles = [match and match[1] for match in headings]
    exercises = [title for title in titles if title and title.startswith("Exercise ")]
    start = titles.index("Solutions")
    assert len(exercises) >= 3
    for index, title in enumerate(titles):
        if title in exercises:
            assert index < start and cells[index + 1].cell_type == "code" and cells[index + 1].source == ""
        elif title and index > start:
            assert title.removeprefix("Solution to ") in exercises
    assert "Solution" not in "".join(filter(None, titles[:start]))
    assert sum(cell.source == "" for cell in cells) == len(exercises)


BLOCKER = """
import sys

class Blocker:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"a plain kernel has no {{name}}", name=name)

sys.meta_path.insert(0, Blocker)
"""
TOOLS = {"myst_nb", "myst_parser", "sphinx", "jupyter_book", "docutils", "jupyter_cache", "book_tools"}


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_from_another_folder_without_any_tool_of_the_book(path, tmp_path, monkeypatch):
    (tmp_path / "blocker").mkdir()
    (tmp_path / "blocker" / "sitecustomize.py").write_text(BLOCKER.format(names=TOOLS))
    paths = [str(tmp_path / "blocker"), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    notebook = read(path)
    notebook.cells.append(new_code_cell("import myst_nb"))
    executed = run(tmp_path / path.name, notebook, timeout=120, allow_errors=True).notebook
    *outputs, last = [cell.get("outputs", []) for cell in executed.cells]
    assert last[0].ename == "ModuleNotFoundError", "this test is to block what the book is built with"
    assert outputs[0] == [], "the first cell must be silent where the package is installed"
    errors = ["\n".join(o.traceback) for cell in outputs for o in cell if o.output_type == "error"]
    assert not errors, errors[0]
    warnings = [o.text for cell in outputs for o in cell if o.get("name") == "stderr"]
    assert not warnings, warnings[0]


# How one is made

REPOSITORY = "https://github.com/someone/somewhere"
RICH = (
    FRONT_MATTER
    + """
# A *rich* lesson

See {doc}`01_tiny`, {doc}`../reference/claims`, {ref}`sec-part` and {ref}`the claim <claim-two>`.

(sec-part)=
## A part

```{math}
:label: eq-rich
x = 1
```

```{code-cell} python
---
tags: [hide-input]
mystnb:
  figure: {name: fig-rich, caption: The *caption*.}
  image: {alt: A line}
---
import matplotlib.pyplot as plt
from unstable_gradients.glue import glue
plt.plot([1, 2]);
```

```{code-cell} python
:tags: [remove-cell]
glue("third", 1 / 3)
```

```{code-cell} python
:tags: [remove-cell]
hidden = 3
glue("hidden", hidden)
```

By {eq}`eq-rich` and {numref}`fig-rich`, {cite:t}`nielsen2015` has {glue:text}`third:.2f` {cite:p}`squire1998`.

## Exercises

```{exercise} Easy
:label: ex-easy
What is {eq}`eq-rich`?
```

```{solution-start} ex-easy
:class: dropdown
```

It is

```{code-cell} python
hidden - 2
```

```{solution-end}
```

```{exercise}
:label: ex-hard
And then?
```

```{solution} ex-hard
Nothing.
```

## Further reading

- {cite:t}`nielsen2015` and {ref}`ex-easy`.
"""
)


@pytest.fixture(scope="module")
def pressed(built, tmp_path_factory):
    """The tiny book with one more lesson and a public address, and its notebooks."""
    root = tmp_path_factory.mktemp("pressed") / "book"
    shutil.copytree(built.root, root)
    book = type(built)(root)
    (root / "book" / "lessons" / "02_rich.md").write_text(RICH, encoding="utf-8")
    book.edit("_toc.yml", "01_tiny\n", "01_tiny\n  - file: book/lessons/02_rich\n")
    book.edit(
        "book/lessons/01_tiny.md",
        "# A tiny lesson",
        "# A tiny lesson\n\nBy {eq}`eq-rich`.\n\n$$\ny = 2\n$$ (eq-tiny)\n",
    )
    book.edit("_config.yml", '  url: ""', f"  url: {REPOSITORY}\n  branch: main")
    book.edit(
        "_config.yml", "launch_buttons:", "launch_buttons:\n  colab_url: https://colab.research.google.com"
    )
    book.edit("_config.yml", "\nhtml:", "\nhtml:\n  baseurl: https://example.org/book/")
    made = make(book)
    assert made.returncode == 0, made.stdout + made.stderr
    return book


@pytest.fixture
def own(pressed, tmp_path):
    """A copy of it, to change."""
    shutil.copytree(pressed.root, tmp_path / "book")
    return type(pressed)(tmp_path / "book")


def make(book, *options):
    """Make the notebooks of a book; return the finished process."""
    return book.build(sys.executable, "-m", "book_tools", "notebooks", *options)


def notebooks(book):
    return book.root / "notebooks" / "lessons"


EXPECTED = [
    f"""\
# Run the cells from top to bottom. This one installs what the lesson needs, if it is missing.
import importlib.util

if None in map(importlib.util.find_spec, ["unstable_gradients"]):
    %pip install --quiet "unstable-gradients @ git+{REPOSITORY}@main\"""",
    """\
# A *rich* lesson

See [A tiny lesson](01_tiny.ipynb), \
[Claims](https://example.org/book/book/reference/claims.html), *A part* and [the claim](01_tiny.ipynb).""",
    "## A part\n\n$$\nx = 1 \\tag{2}\n$$",
    "import matplotlib.pyplot as plt\nfrom unstable_gradients.glue import glue\nplt.plot([1, 2]);",
    """\
**Figure 1.** The *caption*.

By (2) and Figure 1, Nielsen (2015) has 0.33 (Squire and Trapp, 1998).""",
    "## Exercises",
    "### Exercise 1 (Easy)\n\nWhat is (2)?",
    "",
    "### Exercise 2\n\nAnd then?",
    "",
    "## Further reading\n\n- Nielsen (2015) and Exercise 1.",
    """\
## References

- Michael A. Nielsen. *Neural Networks and Deep Learning*. Determination Press, 2015. \
URL: <http://neuralnetworksanddeeplearning.com/>.
- William Squire and George Trapp. Using complex variables to estimate derivatives of real functions. \
*SIAM Review*, 40(1):110–112, 1998. \
[doi:10.1137/S003614459631241X](https://doi.org/10.1137/S003614459631241X).""",
    "## Solutions",
    "### Solution to Exercise 1 (Easy)\n\nIt is",
    'hidden = 3\nglue("hidden", hidden)',
    "hidden - 2",
    "### Solution to Exercise 2\n\nNothing.",
]


@pytest.mark.slow
def test_a_lesson_becomes_these_cells(pressed):
    notebook = read(notebooks(pressed) / "02_rich.ipynb")
    got = [cell.source.replace("\N{NO-BREAK SPACE}", " ") for cell in notebook.cells]
    assert got == EXPECTED
    assert [cell.cell_type for cell in notebook.cells].count("code") == 6
    assert (
        "By (2) in [*A rich lesson*](02_rich.ipynb)." in prose(read(notebooks(pressed) / "01_tiny.ipynb"))[0]
    )


@pytest.mark.slow
def test_buttons_lead_to_the_notebook(pressed):
    site = pressed.index.parent
    page = BeautifulSoup((site / "book" / "lessons" / "02_rich.html").read_text(), "html.parser")
    links = [link["href"] for link in page.select(".article-header-buttons a[href]")]
    assert links == [
        "../../notebooks/lessons/02_rich.ipynb",
        "https://colab.research.google.com/github/someone/somewhere/blob/main/notebooks/lessons/02_rich.ipynb",
    ]
    for name in ("intro", "reference/claims"):
        page = BeautifulSoup((site / "book" / f"{name}.html").read_text(), "html.parser")
        assert not page.select(".article-header-buttons a[href]"), f"{name} has no notebook to launch"


@pytest.mark.slow
def test_the_site_offers_the_same_notebooks_and_no_others(pressed):
    site = pressed.index.parent
    offered = sorted(path.relative_to(site) for path in site.rglob("*.ipynb"))
    assert offered == [Path("notebooks/lessons/01_tiny.ipynb"), Path("notebooks/lessons/02_rich.ipynb")]
    for path in offered:
        assert (site / path).read_bytes() == (pressed.root / path).read_bytes()


@pytest.mark.slow
def test_making_them_again_changes_nothing(own):
    for made in ("html", "work/doctrees"):
        shutil.rmtree(own.root / "_build" / made)
    before = {path.name: path.stat().st_mtime_ns for path in notebooks(own).iterdir()}
    made = make(own)
    assert made.returncode == 0, made.stderr
    assert {path.name: path.stat().st_mtime_ns for path in notebooks(own).iterdir()} == before
    made = make(own, "--check")
    assert made.returncode == 0, made.stderr


@pytest.mark.slow
def test_notebooks_that_are_out_of_step_are_named_and_mended(own):
    own.edit("book/lessons/02_rich.md", "It is\n", "It certainly is\n")
    own.edit("_toc.yml", "  - file: book/lessons/01_tiny\n", "")
    own.edit("book/lessons/02_rich.md", "{doc}`01_tiny`, ", "")
    own.edit("book/lessons/02_rich.md", " and {ref}`the claim <claim-two>`", "")
    own.edit("book/intro.md", "{ref}`the claim <claim-two>`", "that")
    (own.root / "src" / "unstable_gradients" / "claims.toml").write_text("")
    own.edit("book/reference/claims.md", "```{claims-table}\n```\n", "")
    shutil.copy(notebooks(own) / "02_rich.ipynb", notebooks(own) / "02_rich-Copy1.ipynb")
    (notebooks(own) / "mine.ipynb").write_text("{}")
    site = own.index.read_bytes(), (own.index.parent / "book" / "intro.html").read_bytes()
    checked = make(own, "--check")
    assert checked.returncode == 1
    assert checked.stderr.strip().splitlines()[-4:] == [
        "These notebooks are out of step:",
        f"  {Path('notebooks/lessons/01_tiny.ipynb')}: its source is gone",
        f"  {Path('notebooks/lessons/02_rich.ipynb')}: its source has changed",
        "To mend it: make notebooks",
    ], checked.stdout + checked.stderr
    assert site == (own.index.read_bytes(), (own.index.parent / "book" / "intro.html").read_bytes())

    made = make(own)
    assert made.returncode == 0, made.stderr
    kept = sorted(path.name for path in notebooks(own).iterdir())
    assert kept == ["02_rich-Copy1.ipynb", "02_rich.ipynb", "mine.ipynb"], "a reader's own notebooks stay"
    assert "It certainly is" in (notebooks(own) / "02_rich.ipynb").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong, message",
    [
        ("<br>", "02_rich.md:9: WARNING: a notebook cannot show raw html: '<br>'"),
        ("\n:::{topic} Aside\nText.\n:::\n", "a notebook cannot show the node topic: 'Aside Text.'"),
        ("\n```{code-cell} python\n1 / 0\n```\n", "ZeroDivisionError: division by zero"),
    ],
    ids=["raw html", "directive", "failing cell"],
)
def test_a_broken_lesson_leaves_the_notebooks_as_they_were(own, wrong, message):
    before = {path.name: path.read_bytes() for path in notebooks(own).iterdir()}
    own.edit("book/lessons/02_rich.md", "See ", f"{wrong} See ")
    made = make(own)
    assert made.returncode == 1
    assert message in made.stdout + made.stderr
    assert {path.name: path.read_bytes() for path in notebooks(own).iterdir()} == before


@pytest.mark.parametrize(
    "source, tags, left_out",
    [
        ('glue("a", 1)\nglue("b", 2)', ["remove-cell"], True),
        ('from unstable_gradients.glue import glue\n\nglue("a", 1)', ["remove-cell"], True),
        ("from unstable_gradients import chain", ["remove-cell"], False),
        ('glue("a", 1)', [], False),
        ('a = 1\nglue("a", a)', ["remove-cell"], False),
        ("%matplotlib inline", ["remove-cell"], False),
        ("print(glue)", ["remove-cell"], False),
        ("", ["remove-cell"], False),
    ],
)
def test_only_cells_that_serve_the_site_alone_are_left_out(source, tags, left_out):
    assert only_glue(new_code_cell(source, metadata={"tags": tags})) is left_out


@pytest.mark.parametrize("code, extra", [("", ""), ("from sklearn.datasets import load_digits", "[lab]")])
@pytest.mark.parametrize("there", [["unstable_gradients", "sklearn"], ["unstable_gradients"], []], ids=str)
@pytest.mark.parametrize("address", ["", REPOSITORY], ids=["no address", "address"])
def test_the_first_cell_installs_what_is_missing(monkeypatch, capsys, there, address, code, extra):
    calls = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name if name in there else None)
    shell = type("Shell", (), {"run_line_magic": lambda self, *call: calls.append(call)})()
    source = TransformerManager().transform_cell(install_cell(address, "main", code).source)
    enough = len(there) == 2 or (there and not code)
    if address or enough:
        exec(source, {"get_ipython": lambda: shell})
        install = f'install --quiet "unstable-gradients{extra} @ git+{REPOSITORY}@main"'
        assert calls == ([] if enough else [("pip", install)]) and capsys.readouterr().out == ""
    else:
        with pytest.raises(ModuleNotFoundError, match=rf"run: pip install '?\.{re.escape(extra)}"):
            exec(source)
