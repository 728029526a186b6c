"""The key of a course: a file that only instructors have, from which hidden numbers follow."""

import os
import re
import secrets

from .. import PressError

HEAD = "unstable-gradient course key, keep secret: "


def create(path):
    """Write a new key. A file that is there already is never touched.

    Raises
    ------
    PressError
        If it would be inside of the book's folder, is there already, or cannot be written.
    """
    for folder in path.resolve().parents:
        if (folder / "_toc.yml").is_file():  # as of book_tools.book.Book
            raise PressError(
                f"{path} would be in {folder}, from where a key gets into other hands; keep it elsewhere, as ~/{path.name}"
            )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PressError(
            f"{path} is there already; a new key would change the hidden numbers of all students"
        ) from None
    except OSError as error:
        raise PressError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{HEAD}{secrets.token_hex(32)}\n")
    print(f"A new key is in {path}. Keep a copy in a safe place.")


def read(path):
    """Return the key in a file, as bytes."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise PressError(f"the key {path} cannot be read: {error}") from None
    if not re.fullmatch(f"{HEAD}[0-9a-f]{{64}}", text.strip()):
        raise PressError(f"{path} is no course key; make one with: python -m book_tools key FILE")
    return bytes.fromhex(text.strip().removeprefix(HEAD))
