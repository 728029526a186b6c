"""The master of an assignment, and what is made of its cells.

Tags of a cell say for whom it is; a cell without a tag is for everybody:

- ``identity``: where the student fills in course and id;
- ``solution``: prose or code for instructors alone;
- ``marking``: calls of ``question``, which say how answers are marked; never part of a notebook.

In the code of a master, ``hidden(...)`` stands around what students have to find. Their notebook has
``...`` there, and a function with something hidden in it begins by raising ``NotImplementedError``. In
prose, ``{points}`NAME``` stands for the points of a question, or ``total`` for those of all.
"""

import ast
import re
from dataclasses import dataclass

from .. import PressError

POINTS = re.compile(r"\{points\}`(\w+)`")


@dataclass(frozen=True)
class Master:
    """A master as it stands in its file.

    Attributes
    ----------
    name : str
        The name of the assignment: that of the file, without its ending.
    title : str
        Its first heading.
    cells : list of cells
        As MyST-NB reads them; those of :meth:`read` know their line in the file.
    """

    name: str
    title: str
    cells: list

    @classmethod
    def read(cls, book, path):
        """Return the master in a file.

        Raises
        ------
        PressError
            If it cannot be read, or its title, its tags, or its sheet are not as they must be.
        """
        try:
            notebook = book.read(path)
        except Exception as error:  # whatever a wrong head, tag or letter makes of the libraries that read it
            raise PressError(f"{path.name} cannot be read: {error}") from error
        cells = notebook.cells
        for cell, line in zip(cells, notebook.metadata["source_map"]):
            cell.metadata["line"] = line
        head = cells[0].source if cells and cells[0].cell_type == "markdown" else ""
        titles = re.findall(r"^# (.+)$", head, re.MULTILINE)
        if len(titles) != 1:
            raise PressError(f"{path.name} must begin with its title, as '# Gradient descent'")
        known = {"identity", "solution", "marking"}
        for cell in cells:
            if strange := set(tags(cell)) - known:
                raise PressError(
                    f"{path.name}: a cell has the tag {strange.pop()!r}; known are {sorted(known)}"
                )
        if sum("identity" in tags(cell) for cell in cells) != 1:
            raise PressError(f"{path.name} must have one cell with the tag 'identity'")
        right = f'sheet = Sheet("{path.stem}", course, student)'  # else it would be graded as another one
        if not any(right in cell.source.splitlines() for cell in cells):
            found = [cell for cell in cells if cell.cell_type == "code" and "Sheet(" in cell.source]
            where = f", the cell at line {found[0].metadata['line']}" if found else ""
            raise PressError(f"{path.name}{where}: a line of its own must say {right}")
        return cls(path.stem, titles[0], cells)

    def for_students(self):
        """Return the cells of the student's notebook, as (cell type, source)."""
        return [
            (cell.cell_type, stub(cell.source) if cell.cell_type == "code" else cell.source)
            for cell in self.cells
            if not {"solution", "marking"} & set(tags(cell))
        ]

    def for_instructors(self):
        """Return the cells of the solution, as (cell type, source)."""
        return [
            (cell.cell_type, solved(cell.source) if cell.cell_type == "code" else cell.source)
            for cell in self.cells
            if "marking" not in tags(cell)
        ]

    def program(self, course="", student=""):
        """Return the solution with its marking as one program, for one student."""
        return "\n\n".join(code(cell, course, student) for cell in self.cells if cell.cell_type == "code")


def masters(book):
    """Return all masters of a book, in order."""
    return [Master.read(book, path) for path in sorted((book.root / "book" / "homework").glob("*.md"))]


def code(cell, course, student):
    """Return what a code cell is in the program of one student."""
    if "identity" in tags(cell):
        return f"course, student = {course!r}, {student!r}\n"
    return solved(cell.source)


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def stub(source):
    """Return code with dots in place of what is hidden.

    >>> print(stub("def half(x):\\n    return hidden(x / 2)"))
    def half(x):
        raise NotImplementedError("half: put your code in place of the dots, and delete this line")
        return ...
    """
    edits = [(*_span(source, call), "...") for call in _hidden(source)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(map(_is_hidden, ast.walk(node))):
            first = next(s for s in node.body if not _is_docstring(s))
            message = f"{node.name}: put your code in place of the dots, and delete this line"
            line = f'raise NotImplementedError("{message}")\n' + " " * first.col_offset
            start = _span(source, first)[0]
            edits.append((start, start, line))
    return _edited(source, edits)


def solved(source):
    """Return code with what is hidden in its place.

    >>> solved("half = hidden(x / 2)")
    'half = x / 2'
    """
    return _edited(source, [(*_span(source, c), _unwrapped(source, c)) for c in _hidden(source)])


def secrets(source):
    """Return the pieces of code that are hidden."""
    return [_unwrapped(source, call) for call in _hidden(source)]


def _hidden(source):
    return [node for node in ast.walk(ast.parse(source)) if _is_hidden(node)]


def _is_hidden(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hidden"


def _is_docstring(statement):
    return isinstance(getattr(statement, "value", None), ast.Constant) and isinstance(
        statement.value.value, str
    )


def _unwrapped(source, call):
    start, end = _span(source, call)
    return source[start:end].removeprefix("hidden(").removesuffix(")").strip().removesuffix(",")


def _span(source, node):
    """Return where a node begins and ends in its source."""
    lines = source.encode().splitlines(keepends=True)  # Python counts columns in bytes

    def place(line, column):
        return len((b"".join(lines[: line - 1]) + lines[line - 1][:column]).decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)


def _edited(source, edits):
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text + source[end:]
    return source
