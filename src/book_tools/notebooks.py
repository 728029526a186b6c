"""Makes a plain notebook of each lesson while Sphinx makes its page.

The prose comes from the page as Sphinx has resolved it, so that all numbers are those of the site; the
cells come from the lesson's source, since a notebook holds no outputs. The site gets a copy of each
notebook, from which :mod:`book_tools.export` takes those of the repository.
"""

import ast
import posixpath
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.util import logging
from sphinxcontrib.bibtex.transforms import node_text_transform

from . import cache
from .book import Book
from .markdown import Markdown, Unsupported

LESSONS = "book/lessons/"  # pages below it become notebooks
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LOGGER = logging.getLogger(__name__)
INSTALL = """\
# Run the cells from top to bottom. This one {}.
import importlib.util

if None in map(importlib.util.find_spec, {}):
    {}"""

MISSING = """\
raise ModuleNotFoundError(
        "The package of this book is not installed{}. In a copy of its repository, run: pip install {}"
    )"""


def path(docname):
    """Return where the notebook of a lesson stands, in the site and in the repository, or None."""
    return f"notebooks/lessons/{posixpath.basename(docname)}.ipynb" if docname.startswith(LESSONS) else None


class Page:
    """Where things are, seen from one page of the site; what :class:`Markdown` asks for."""

    def __init__(self, app, docname, doctree):
        self._app, self._env, self._docname = app, app.env, docname
        self.headings = {title.astext() for title in doctree.findall(nodes.title)}

    def number(self, kind, id):
        """Return the number of a figure, table or exercise, as on the site."""
        return ".".join(map(str, self._env.toc_fignumbers[self._docname][kind][id]))

    def label(self, kind, id):
        """Return what a figure, table or exercise is called, such as "Figure 2"."""
        return self._app.config.numfig_format[kind] % self.number(kind, id)

    def equation(self, formula):
        """Return the number of a formula: of all formulas of the book, if figures are numbered that way."""
        config = self._app.config
        if config.numfig and config.math_numfig:
            return self.number("displaymath", formula["ids"][0])
        return formula["number"]

    def title(self, docname):
        return self._env.titles[docname].astext()

    def docname(self, uri):
        """Return the page that a relative link of this page leads to."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._docname), uri)).removesuffix(".html")

    def address(self, docname, fragment):
        """Return the notebook beside this one or, if the site has a public address, the page there."""
        if path(docname):
            return posixpath.basename(path(docname))
        base = self._app.config.html_baseurl
        return f"{base.rstrip('/')}/{docname}.html{f'#{fragment}' * bool(fragment)}" if base else None

    def file(self, uri):
        return Path(self._app.srcdir) / uri

    def references(self, ids):
        """Return the entries of the bibliography, as paragraphs."""
        domain = self._env.get_domain("cite")
        for citation in domain.citations:
            if citation.citation_id in ids:
                entry = domain.backend.paragraph(citation.formatted_entry)
                node_text_transform(entry)
                yield entry


class Notebook:
    """The cells of a notebook, as they are found while going through a page.

    Parameters
    ----------
    page : Page
    source : list of cells
        The cells of the lesson, as MyST-NB reads them.
    """

    def __init__(self, page, source):
        self._page, self._source = page, source
        self._markdown = Markdown(page)
        self._cells, self._solutions, self._prose = [], [], []
        self._into = self._cells
        # Cells that a reader of the site does not see count here if they do something.
        self._waiting = [
            index for index, cell in enumerate(source) if cell.cell_type == "code" and not only_glue(cell)
        ]

    def add(self, children, level):
        """Add a part of the page; ``level`` is that of the heading above it."""
        for node in children:
            add = getattr(self, f"_add_{node.__class__.__name__}", None)
            if add:
                add(node, level)
            elif text := self._markdown.block(node):
                self._prose.append(text)

    def cells(self):
        """Return all cells, those of solutions last."""
        self._code(len(self._source))
        entries = [
            f"- {self._markdown.inline(entry)}" for entry in self._page.references(self._markdown.cited)
        ]
        if entries:
            self._heading("References", 2)
            self._prose.append("\n".join(entries))
            self._end_prose()
        if self._solutions:
            self._heading("Solutions", 2)
            self._end_prose()
        return self._cells + self._solutions

    def _end_prose(self):
        """Make a cell of the text so far."""
        if self._prose:
            self._into.append(new_markdown_cell("\n\n".join(self._prose)))
            self._prose = []

    def _heading(self, text, level):
        self._end_prose()
        self._prose.append(f"{'#' * level} {text}")

    def _code(self, end):
        """Add the cells of the source up to an index, without those that were added before."""
        self._end_prose()
        while self._waiting and self._waiting[0] < end:
            self._into.append(new_code_cell(self._source[self._waiting.pop(0)].source))

    def _add_section(self, node, level):
        self.add(node.children, level + 1)

    def _add_title(self, node, level):
        self._heading(self._markdown.inline(node), level)

    def _add_container(self, node, level):
        """Add a cell, and below it the caption of the figure that it draws."""
        if node.get("nb_element") != "cell_code":
            raise Unsupported(node, f"a box with the classes {node['classes']}")
        self._code(node["cell_index"] + 1)
        self._prose += map(self._markdown.caption, node.findall(nodes.figure))

    def _add_exercise_node(self, node, level):
        """Add an exercise, and a cell to work in."""
        title, *content = node.children
        name = self._markdown.inline(title)
        if "title" in title:  # which holds the rest of it
            name = self._page.label("exercise", node["ids"][0]) + name
        self._heading(name, level + 1)
        self.add(content, level + 1)
        self._end_prose()
        self._into.append(new_code_cell())

    _add_exercise_enumerable_node = _add_exercise_node

    def _add_solution_node(self, node, level):
        """Keep a solution for the end."""
        title, *content = node.children
        self._end_prose()
        self._into = self._solutions
        self._heading(self._markdown.inline(title), 3)
        self.add(content, 3)
        self._end_prose()
        self._into = self._cells


def only_glue(cell):
    """Return whether a hidden cell does nothing but hand values to the text of the site."""
    if "remove-cell" not in cell.metadata.get("tags", []):
        return False
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:  # a magic
        return False
    return bool(body) and all(_is_glue(line) for line in body)


def _is_glue(line):
    """Return whether a statement calls glue, or imports it."""
    if isinstance(line, ast.ImportFrom):
        return line.module == "unstable_gradients.glue"
    call = getattr(line, "value", None)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "glue"


def install_cell(repository, branch, code=""):
    """Return the cell that gets what the code needs from its public address, or says how to install it."""
    modules, extra, also = ["unstable_gradients"], "", ""
    if "sklearn" in code:
        modules, extra, also = [*modules, "sklearn"], "[lab]", ", or scikit-learn is not"
    found = str(modules).replace("'", '"')
    if repository:
        install = f'%pip install --quiet "unstable-gradients{extra} @ git+{repository}@{branch}"'
        return new_code_cell(
            INSTALL.format("installs what the lesson needs, if it is missing", found, install)
        )
    missing = MISSING.format(also, f"'.{extra}'" if extra else ".")
    return new_code_cell(INSTALL.format("says so if what the lesson needs is missing", found, missing))


def with_ids(cells):
    """Name each cell by what is in it, so that a change in one cell changes the name of no other."""
    seen = []
    for cell in cells:
        content = cell.cell_type + cell.source
        cell.id = cache.digest(content, str(seen.count(content)))
        seen.append(content)
    return cells


def write(app, doctree, docname):
    """Write the notebook of a page, if it is a lesson, into the site."""
    if app.builder.format != "html" or not path(docname):
        return
    options = app.config.html_theme_options
    book, page = Book(Path(app.srcdir)), Page(app, docname, doctree)
    notebook = Notebook(page, book.read(Path(app.env.doc2path(docname))).cells)
    try:
        notebook.add(doctree.children, level=0)
        cells = notebook.cells()
    except Unsupported as error:
        LOGGER.warning("%s", error, location=error.node)
        return
    code = "".join(cell.source for cell in cells if cell.cell_type == "code")
    install = install_cell(options.get("repository_url"), options.get("repository_branch") or "main", code)
    result = new_notebook(
        cells=with_ids([install, *cells]),
        metadata={**METADATA, "made_from": f"{docname}.md"},
    )
    nbformat.validate(result)
    target = Path(app.outdir) / path(docname)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(nbformat.writes(result) + "\n", encoding="utf-8")


def setup(app):
    app.connect("doctree-resolved", write, priority=900)  # after all who fill something in
