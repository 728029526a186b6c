"""The submissions in a folder or an archive, and what their names say of who handed them in."""

import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .. import PressError

LARGEST = 50 * 2**20  # bytes of one notebook
# Canvas: studentname_LATE_12345_678901_file-1.ipynb; Moodle: Full Name_12345_assignsubmission_file/file.ipynb
CANVAS = re.compile(r"(?P<who>[^_/]+)(_LATE)?_(?P<id>\d+)_(?P<number>\d+)_(?P<file>[^/]+\.ipynb)")
MOODLE = re.compile(r"(?P<who>[^_/]+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)_?/(?P<file>[^/]*)")


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
    elif path.suffix == ".zip":
        found = list(_in_archive(path))
    elif path.is_file():
        found = [_read(path, path.name)]
    else:
        raise PressError(f"there is no {path}: give a folder, an archive (.zip) or a notebook")
    if not found:
        raise PressError(f"there is no notebook (.ipynb) in {path}")
    return sorted(found, key=lambda submission: submission.name)


def who(name):
    """Return what the name of a file says of who handed it in.

    >>> who("doejane_LATE_4711_123456_02_chain_rule-1.ipynb"), who("Jane Doe_77_assignsubmission_file_/x.ipynb")
    ('doejane 4711', 'Jane Doe 77')
    >>> who("s123/02_chain_rule.ipynb")
    's123/02_chain_rule'
    """
    if match := CANVAS.fullmatch(PurePosixPath(name).name) or MOODLE.search(name):
        return f"{match['who']} {match['id']}"
    return name.removesuffix(".ipynb")


def _in_folder(folder):
    base = folder.resolve()
    empty = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if ".ipynb_checkpoints" in path.parts or "__MACOSX" in path.parts:
            continue
        if path.suffix == ".ipynb":
            if not path.resolve().is_relative_to(base):
                yield Submission(name, who(name), b"", "it is a link that leads out of the folder")
            elif not path.is_file():
                yield Submission(name, who(name), b"", "it is no file")
            else:
                yield _read(path, name)
        elif (
            path.is_dir()
            and not path.is_symlink()
            and path.parent == folder
            and not any(path.rglob("*.ipynb"))
        ):
            empty.append(path)
    for path in empty:  # a student's folder without a notebook still gets its row
        name = path.relative_to(folder).as_posix()
        yield Submission(name, who(f"{name}/"), b"", "there is no notebook in it")


def _read(path, name):
    if path.stat().st_size > LARGEST:
        return Submission(name, who(name), b"", f"it is larger than {LARGEST // 2**20} MB")
    return Submission(name, who(name), path.read_bytes())


def _in_archive(path):
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = entry.filename
                parts = PurePosixPath(name.replace("\\", "/")).parts
                if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]:
                    raise PressError(f"{path}: the entry {name!r} leads out of the archive; nothing was read")
                if (
                    entry.is_dir()
                    or "__MACOSX" in parts
                    or ".ipynb_checkpoints" in parts
                    or not name.endswith(".ipynb")
                ):
                    continue
                if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                    yield Submission(name, who(name), b"", "it is a link")
                elif entry.file_size > LARGEST:
                    yield Submission(name, who(name), b"", f"it is larger than {LARGEST // 2**20} MB")
                else:
                    with archive.open(entry) as file:
                        yield Submission(name, who(name), file.read(LARGEST))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise PressError(f"{path} is no archive that can be read: {error}") from None
