"""The submissions in a folder or an archive, and what their names say of who handed them in."""

import hashlib
import os
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .. import PressError

LARGEST = 20 * 2**20  # bytes of one notebook
OTHER = "it is no notebook"  # so far; in the end such files have no row of their own
# Canvas: studentname_LATE_12345_678901_file-1.ipynb; Moodle: Full Name_12345_assignsubmission_file_/file.ipynb,
# or with no folders Full Name_12345_assignsubmission_file_file.ipynb
CANVAS = re.compile(r"(?P<who>[^_/]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<number>\d+)_(?P<file>[^/]+)")
MOODLE = re.compile(
    r"(?:^|/)(?P<who>[^_/]+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)[_/]+(?P<file>[^/]*)"
)


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in, or the place where one should be.

    Attributes
    ----------
    name : str
        Its path in the folder or archive: unique in one run.
    who : str
        What the learning platform, or else the path, says of who handed it in.
    content : bytes
    problem : str
        Why there is nothing to execute, or empty.
    """

    name: str
    who: str
    content: bytes
    problem: str = ""

    @property
    def digest(self):
        """A name for what is in it."""
        return hashlib.sha256(self.content + self.problem.encode()).hexdigest()


def collect(path):
    """Return the submissions in a folder, an archive (zip) or a single notebook, sorted by name.

    Raises
    ------
    PressError
        If there is no such thing, or an archive is broken or wants to lead outside.
    """
    path = Path(path)
    if path.is_dir():
        found = list(_in_folder(path))
    elif path.is_file():
        found = list(_in_archive(path)) if path.suffix.lower() == ".zip" else [_read(path, path.name)]
    else:
        raise PressError(f"there is no {path}: give a folder, an archive (.zip) or a notebook")
    found = _one_row_each(found)
    if not found:
        raise PressError(f"there is no notebook (.ipynb) in {path}")
    return sorted(found, key=lambda submission: submission.name)


def late(name):
    """Return whether the name of a file says, as Canvas does, that it was handed in late.

    >>> late("doejane_LATE_4711_123456_02_chain_rule-1.ipynb"), late("doejane_4711_123456_LATE_1_2_x.ipynb")
    (True, False)
    """
    match = CANVAS.fullmatch(PurePosixPath(name).name)
    return bool(match and match["late"])


def who(name, top=""):
    """Return what the name of a file says of who handed it in; all files are in the folder ``top``.

    >>> who("doejane_LATE_4711_123456_02_chain_rule-1.ipynb"), who("Jane Doe_77_assignsubmission_file_/x.ipynb")
    ('doejane 4711', 'Jane Doe 77')
    >>> who("s123/02_chain_rule.ipynb")
    's123/02_chain_rule'
    """
    return _by_platform(name, top) or name.removesuffix(".ipynb")


def _by_platform(name, top):
    """Return who a learning platform says it is; None if it says nothing.

    What stands further in front counts: in a folder of one's own everybody chooses the names of files.
    """
    below = name.removeprefix(top).lstrip("/")
    match = MOODLE.search(name) or (None if "/" in below else CANVAS.fullmatch(below))
    return match and f"{match['who']} {match['id']}"


def _one_row_each(found):
    """Return the notebooks, and one row for everybody who handed in other things alone."""
    folders = [submission.name.rpartition("/")[0] for submission in found]
    top = (
        os.path.commonpath(folders) if folders else ""
    )  # archives often hold one folder with everything in it
    notebooks = [submission for submission in found if submission.problem != OTHER]
    notebooks = [replace(notebook, who=who(notebook.name, top)) for notebook in notebooks]
    there = {_person(notebook.name, top) for notebook in notebooks}
    others = {}
    for name in sorted(submission.name for submission in found if submission.problem == OTHER):
        others.setdefault(_person(name, top), []).append(name)
    return notebooks + [
        _without(person, names) for person, names in others.items() if person and person not in there
    ]


def _person(name, top):
    """Return whose a file is: by its name, or else by its folder below ``top``; None if neither says it."""
    folder, *rest = name.removeprefix(top).lstrip("/").split("/")
    return _by_platform(name, top) or (folder if rest else None)


def _without(person, names):
    """Return the row of somebody who handed in no notebook."""
    files = [name for name in names if not PurePosixPath(name).name.startswith(".") and name[-1] != "/"]
    said = (MOODLE.sub(r"\g<file>", PurePosixPath(name).name) for name in files)
    said = ", ".join(CANVAS.sub(r"\g<file>", name) for name in said)
    problem = f"there is no notebook, only {said}"[:300] if files else "there is no notebook in it"
    return Submission((files or names)[0].rstrip("/"), person, b"", problem)


def _in_folder(folder):
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if {".ipynb_checkpoints", "__MACOSX"} & set(path.parts):
            continue
        if path.suffix.lower() != ".ipynb":
            yield Submission(f"{name}/" if path.is_dir() else name, "", b"", OTHER)
            continue
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                yield Submission(name, "", b"", "it is a link that leads out of the folder")
            elif not path.is_file():
                yield Submission(name, "", b"", "it is no file")
            else:
                yield _read(path, name)
        except (OSError, RuntimeError):  # no right to read it, or a link to itself
            yield Submission(name, "", b"", "it cannot be read")


def _read(path, name):
    if path.stat().st_size > LARGEST:
        return Submission(name, "", b"", f"it is larger than {LARGEST // 2**20} MB")
    return Submission(name, "", path.read_bytes())


def _in_archive(path):
    names = set()
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = entry.filename.replace("\\", "/")  # as some programs on Windows write them
                parts = PurePosixPath(name).parts
                if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:/", name):
                    raise PressError(
                        f"{path}: the entry {entry.filename!r} leads out of the archive; nothing was read"
                    )
                if not parts or {".ipynb_checkpoints", "__MACOSX"} & set(parts):
                    continue
                if not name.lower().endswith(".ipynb"):
                    yield Submission(name, "", b"", OTHER)
                    continue
                stem, number = name.removesuffix(".ipynb"), 1
                while name in names:  # an archive may hold one name twice
                    number += 1
                    name = f"{stem} ({number}).ipynb"
                names.add(name)
                yield _of_archive(archive, entry, name)
    except zipfile.BadZipFile as error:
        raise PressError(f"{path} is no archive that can be read: {error}") from None


def _of_archive(archive, entry, name):
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        return Submission(name, "", b"", "it is a link")
    if entry.file_size > LARGEST:
        return Submission(name, "", b"", f"it is larger than {LARGEST // 2**20} MB")
    try:
        with archive.open(entry) as file:
            return Submission(name, "", file.read(LARGEST))
    except Exception as error:  # damaged, encrypted, or packed in a way that is not known here
        return Submission(name, "", b"", f"it cannot be taken out of the archive: {error}"[:200])
