"""The key of a course."""

import os
import stat

import pytest

from book_tools import PressError
from book_tools.__main__ import main
from book_tools.homework import secret


def test_a_key_is_new_each_time_and_for_its_owner_alone(tmp_path):
    one, other = tmp_path / "one.key", tmp_path / "other.key"
    secret.create(one)
    secret.create(other)
    assert secret.read(one) != secret.read(other) and len(secret.read(one)) == 32
    if os.name == "posix":
        assert stat.S_IMODE(one.stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(tmp_path, capsys):
    path = tmp_path / "course.key"
    assert main(["key", str(path)]) == 0
    before = path.read_bytes()
    assert main(["key", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"unstable-gradient course key, keep secret: 12\n"])
def test_a_file_that_is_no_key_says_how_to_make_one(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(PressError, match="no course key; make one with|cannot be read"):
        secret.read(tmp_path / "x")


def test_a_key_that_is_not_there_or_cannot_be_written(tmp_path):
    with pytest.raises(PressError, match="cannot be read"):
        secret.read(tmp_path / "none")
    with pytest.raises(PressError, match="cannot be written: No such file"):
        secret.create(tmp_path / "none" / "course.key")


@pytest.mark.parametrize("name", ["course.key", "dist/course.key", "book/../course"])
def test_a_key_inside_of_the_book_is_refused_with_a_better_place(tmp_path, monkeypatch, capsys, name):
    (tmp_path / "_toc.yml").touch()
    for folder in ("dist", "book"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "book")
    path = tmp_path / name
    assert main(["key", str(path)]) == 1 and main(["key", "course.key"]) == 1
    assert f"keep it elsewhere, as ~/{path.name}" in capsys.readouterr().err
    assert not path.exists() and not (tmp_path / "book" / "course.key").exists()


def test_git_ignores_keys(root):
    assert "*.key" in (root / ".gitignore").read_text().splitlines()
