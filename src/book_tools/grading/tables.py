"""Tables that people open in a spreadsheet: written so that nothing in them is a formula, and read as they come back."""

import csv
import io
import os
import re
import unicodedata

from .. import PressError

FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")
LATER = re.compile(r"([;\t]\s*)([=+\-@|%＝＋－＠])")  # where these separate cells, one begins here


def text(rows, delimiter=","):
    """Return rows as CSV."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return file.getvalue()


def harmless(cell):
    """Return a cell that no spreadsheet takes for a formula; a quote in front makes it text."""
    if not isinstance(cell, str):
        return cell
    cell = "".join(character if character.isprintable() else " " for character in cell)
    cell = LATER.sub(r"\1'\2", cell)
    return f"'{cell}" if FORMULA.match(unicodedata.normalize("NFKC", cell)) else cell


def put(path, content):
    """Write a file in one step: it is whole, or as it was."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(content, encoding="utf-8", errors="backslashreplace")
    os.replace(new, path)


def read(path, columns):
    """Read a table as a person or a spreadsheet saved it: with commas, semicolons or tabs, in UTF-8 or as Windows has it.

    Returns
    -------
    str, list of dict
        What separates the cells, and the rows that are not empty: cells by column, and as ``None`` the line.

    Raises
    ------
    PressError
        If it cannot be read, or a column is missing; it names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PressError(f"{path} cannot be read: {error.strerror}") from None
    try:
        content = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = _of_windows(path, content)
    delimiter = max(",;\t", key="".join(content.splitlines()[:1]).count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        names = [_named(name, columns) for name in next(reader, [])]
        while names and not names[-1]:
            names.pop()
        if missing := [name for name in columns if name not in names]:
            raise PressError(
                f"{path}, line 1: there is no column {missing[0]!r}; it needs {', '.join(columns)}"
            )
        if len(set(names)) < len(names):
            raise PressError(f"{path}, line 1: two columns have the same name")
        line = reader.line_num + 1
        for cells in reader:
            if any(map(str.strip, cells[len(names) :])):
                raise PressError(
                    f"{path}, line {line}: there are more cells than columns; a text with {delimiter!r} in it needs quotes"
                )
            if any(map(str.strip, cells)):
                cells += [""] * (len(names) - len(cells))
                rows.append({None: line, **dict(zip(names, cells))})
            line = reader.line_num + 1
    except csv.Error as error:
        raise PressError(f"{path}, line {line}: {error}") from None
    return delimiter, rows


def _of_windows(path, content):
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise PressError(f"{path} is not in UTF-8: save it as CSV UTF-8") from None


def _named(name, columns):
    """Return the name of a column; capitals make no difference where it is one that is needed."""
    name = name.strip()
    return name.casefold() if name.casefold() in columns else name
