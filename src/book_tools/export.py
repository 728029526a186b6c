"""The notebooks of the repository: the same as those of the site."""

import filecmp
import json
import os
import shutil
from pathlib import PurePosixPath

from . import PressError, site


def write(book):
    """Make the site, and take the notebooks from it; where that fails, everything stays as it was."""
    site.build(book)
    made = book.site / "notebooks" / "lessons"
    book.exported.mkdir(parents=True, exist_ok=True)
    for name, change in differences(made, book.exported).items():
        if change == "its lesson is gone":
            (book.exported / name).unlink()
        else:
            shutil.copy(made / name, book.exported / f".{name}")
            os.replace(book.exported / f".{name}", book.exported / name)
        print(f"  {book.exported.relative_to(book.root) / name}: {change}")
    print(f"The notebooks are in {book.exported.relative_to(book.root)}.")


def check(book):
    """Compare the notebooks with those of the site, which is made but not published if it is old.

    Raises
    ------
    PressError
        If those of the repository are not the same.
    """
    folder = book.exported.relative_to(book.root)
    found = differences(site.make(book) / "notebooks" / "lessons", book.exported)
    if found:
        lines = [f"  {folder / name}: {change}" for name, change in found.items()]
        raise PressError(
            "\n".join(["These notebooks are out of step:", *lines, "To mend it: make notebooks"])
        )
    print(f"The notebooks in {folder} are those of the lessons.")


def differences(made, kept):
    """Return what is to change in the second folder: names, and what is wrong. A reader's own are left alone."""
    fresh = {path.name for path in made.glob("*.ipynb")}
    old = {path.name for path in kept.glob("*.ipynb") if path.name in fresh or _was_made(path)}
    changes = dict.fromkeys(fresh - old, "it is missing")
    changes |= dict.fromkeys(old - fresh, "its lesson is gone")
    changed, wrong = filecmp.cmpfiles(made, kept, fresh & old, shallow=False)[1:]
    changes |= dict.fromkeys(changed + wrong, "its lesson has changed")
    return dict(sorted(changes.items()))


def _was_made(path):
    """Return whether this is the notebook of a lesson, and not a reader's own or a copy."""
    try:
        made_from = json.loads(path.read_text(encoding="utf-8"))["metadata"]["made_from"]
    except (ValueError, KeyError, TypeError):
        return False
    return PurePosixPath(made_from).stem == path.stem
