"""The notebooks of the repository: the same as those that are made from its sources."""

import json
import os
from pathlib import PurePosixPath

from . import PressError, site


def write(book):
    """Make the site, and take the notebooks of the lessons from it; where that fails, everything stays as it was."""
    site.build(book)
    publish(_made(book.site), book.exported, book.root)
    print(f"The notebooks are in {book.exported.relative_to(book.root)}.")


def check(book):
    """Compare the notebooks of the lessons with those of the site, which is made but not published if it is old.

    Raises
    ------
    PressError
        If those of the repository are not the same.
    """
    compare(_made(site.make(book)), book.exported, book.root, "make notebooks")


def _made(site):
    folder = site / "notebooks" / "lessons"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.ipynb")}


def publish(made, folder, root):
    """Write notebooks, texts by name, into a folder, and say what changed; each file changes in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, change in differences(made, folder).items():
        if name in made:
            change = change if (folder / name).exists() else "made"
            (folder / f".{name}").write_text(made[name], encoding="utf-8")
            os.replace(folder / f".{name}", folder / name)
        else:
            (folder / name).unlink()
        print(f"  {folder.relative_to(root) / name}: {change}")


def compare(made, folder, root, command):
    """Compare notebooks with those in a folder; ``command`` is what mends it.

    Raises
    ------
    PressError
        If they are not the same.
    """
    shown = folder.relative_to(root)
    if found := differences(made, folder):
        lines = [f"  {shown / name}: {change}" for name, change in found.items()]
        raise PressError("\n".join(["These notebooks are out of step:", *lines, f"To mend it: {command}"]))
    print(f"The notebooks in {shown} are those of their sources.")


def differences(made, folder):
    """Return what is to change in a folder: names, and what is wrong. A reader's own notebooks are left alone."""
    old = {path.name for path in folder.glob("*.ipynb") if path.name in made or _was_made(path)}
    changes = dict.fromkeys(made.keys() - old, "it is missing")
    changes |= dict.fromkeys(old - made.keys(), "its source is gone")
    changed = [n for n in old & made.keys() if (folder / n).read_text(encoding="utf-8") != made[n]]
    changes |= dict.fromkeys(changed, "its source has changed")
    return dict(sorted(changes.items()))


def _was_made(path):
    """Return whether this notebook was made from a source of its name, and is not a reader's own or a copy."""
    try:
        made_from = json.loads(path.read_text(encoding="utf-8"))["metadata"]["made_from"]
    except (ValueError, KeyError, TypeError):
        return False
    return PurePosixPath(made_from).stem == path.stem
