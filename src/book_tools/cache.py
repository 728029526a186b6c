"""What is made is kept until something changes that could change it.

For the site that is any change of :func:`sources`. For executed lessons, jupyter-cache itself compares
the cells alone. So each state of everything else that a lesson can see has a cache of its own, in a
folder named by a fingerprint of that state. The folder's path is an option of MyST-NB on which Sphinx's
own cache depends, so a change of state makes both layers forget.
"""

import hashlib
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

STAMP = ".made_of"  # a file in the finished site, with what ``sources`` returned when it was made
KEPT = 3  # caches: this state of the book and two to go back to


def folder(root):
    """Return the cache for the present state of the book at ``root``; forget all but the latest few."""
    present = root / "_build" / "cache" / fingerprint(root)
    present.mkdir(parents=True, exist_ok=True)
    present.touch()
    latest_first = sorted(present.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in latest_first[KEPT:]:
        shutil.rmtree(old)
    return present


def fingerprint(root):
    """Return a name for what lessons can see besides their own cells.

    That is the package, the versions of all libraries and of Python, and the data files that lie
    beside the lessons. (Where a page includes a file as text, Sphinx itself looks after it.)
    """
    (package,) = find_spec("unstable_gradients").submodule_search_locations
    beside = (path for path in files(root / "book" / "lessons") if path.suffix != ".md")
    return digest(platform.python_version(), *files(Path(package)), *beside, root / "constraints.txt")


def sources(root):
    """Return a name for everything that the site is made of."""
    top = sorted(path for path in root.iterdir() if path.is_file() and not path.name.startswith("."))
    offered = files(root / "notebooks" / "homework")
    return digest(fingerprint(root), *files(root / "book"), *files(root / "src"), *offered, *top)


def files(folder):
    """Return the files in ``folder`` and below, sorted, without what tools leave there."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    )


def digest(*parts):
    """Return a short hash of strings and of files, names and contents."""
    state = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part.read_bytes()
        state.update(f"{getattr(part, 'name', '')} {len(content)}\n".encode() + content)
    return state.hexdigest()[:16]
