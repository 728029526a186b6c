"""The parts of the press, without building anything."""

import os
import shutil

import pytest

from book_tools import cache, verdicts
from book_tools.__main__ import main
from book_tools.book import Book, PressError


@pytest.fixture
def folder(root, tmp_path, monkeypatch):
    """A folder with what the fingerprint looks at, the package being a copy too."""
    package = tmp_path / "src" / "unstable_gradients"
    shutil.copytree(root / "src" / "unstable_gradients", package)
    (tmp_path / "book" / "lessons").mkdir(parents=True)
    (tmp_path / "constraints.txt").write_text("numpy==2\n")
    (tmp_path / "_config.yml").write_text("title: A book\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/intro\n")
    spec = type("Spec", (), {"submodule_search_locations": [str(package)]})
    monkeypatch.setattr(cache, "find_spec", lambda name: spec)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "path",
    [
        "src/unstable_gradients/chain.py",
        "src/unstable_gradients/claims.toml",
        "src/unstable_gradients/book.mplstyle",
        "constraints.txt",
        "book/lessons/digits.csv",
    ],
)
def test_fingerprint_changes_with_whatever_a_lesson_can_see(folder, path):
    before = cache.fingerprint(folder)
    with (folder / path).open("a") as file:
        file.write("# a comment")
    assert cache.fingerprint(folder) != before, f"a change of {path} must make cached results stale"


def test_fingerprint_changes_with_python(folder, monkeypatch):
    before = cache.fingerprint(folder)
    monkeypatch.setattr(cache.platform, "python_version", lambda: "4.0.0")
    assert cache.fingerprint(folder) != before


def test_fingerprint_ignores_prose_and_what_tools_leave(folder):
    before = cache.fingerprint(folder)
    (folder / "book" / "lessons" / "01_new.md").write_text("# Prose")
    compiled = folder / "src" / "unstable_gradients" / "__pycache__"
    compiled.mkdir(exist_ok=True)
    (compiled / "chain.pyc").write_text("")
    assert cache.fingerprint(folder) == before, "prose must not make all lessons run again"


def test_only_the_latest_caches_are_kept(folder):
    old = [folder / "_build" / "cache" / str(age) for age in range(5)]
    for age, path in enumerate(old):
        path.mkdir(parents=True)
        os.utime(path, (1000 - age, 1000 - age))
    present = cache.folder(folder)
    assert set(present.parent.iterdir()) == {present, *old[: cache.KEPT - 1]}


@pytest.mark.parametrize(
    "value, tolerance, text",
    [
        (8.0, 0.25, "8"),
        (8, None, "8"),
        (0.25, None, "0.25"),
        (1e-13, None, "10⁻¹³"),
        (2.5e-13, None, "2.5 × 10⁻¹³"),
        (-4.248354e-18, None, "−4.248354 × 10⁻¹⁸"),
        (4.24835425529159e-18, 1e-24, "4.2483543 × 10⁻¹⁸"),
        (3906.25000001, 0.5, "3906.25"),
        (1 / 3, 1e-3, "0.3333"),
        (5.163e-16, 1e-14, "5.16 × 10⁻¹⁶"),
        (0.0, 1e-10, "0"),
    ],
)
def test_numbers_are_written_for_people(value, tolerance, text):
    assert verdicts.number(value, tolerance).replace("\N{NO-BREAK SPACE}", " ") == text


def test_outside_a_book_the_press_says_where_to_go(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["build"]) == 1
    assert "run this inside the folder that holds _config.yml and _toc.yml" in capsys.readouterr().err


def test_a_page_that_is_listed_but_missing_is_named(folder):
    with pytest.raises(PressError, match="_toc.yml lists book/intro, but there is no file book/intro.md"):
        Book.here().pages()


def test_serve_without_a_site_says_how_to_make_one(folder, capsys):
    assert main(["serve"]) == 1
    assert "make book" in capsys.readouterr().err
