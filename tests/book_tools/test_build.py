"""What `make book` promises, on a tiny book."""

import shutil
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_first_build_executes_the_copy_once_and_leads_to_the_landing_page(built):
    assert len(built.runs) == 1, f"the lesson must run once: the press runs it, Sphinx finds it; {built.runs}"
    assert built.runs[0].startswith(str(built.root)), "the kernel must import the package beside the book"
    assert "book/intro.html" in built.index.read_text(), "index.html must lead to the landing page"
    assert (built.index.parent / "book" / "intro.html").is_file()


def test_claim_is_shown_in_its_lesson_and_in_the_table(built):
    lesson = (built.index.parent / "book" / "lessons" / "01_tiny.html").read_text()
    table = (built.index.parent / "book" / "reference" / "claims.html").read_text()
    assert 'id="claim-two"' in lesson, "the box of a claim must be a target for links"
    assert "claim" in lesson and "This claim holds" in lesson
    assert "vnd.unstable" not in lesson and "Claim two: holds" not in lesson, "the box must win over text"
    for page in (lesson, table):
        assert "2 ±\N{NO-BREAK SPACE}0.25" in page, "expected value and tolerance must be shown"
        assert "bibliography.html#" in page or "#id" in page, "a citation must link to the bibliography"
        assert '<span class="pre">int</span>' in page, "the statement must be read as Markdown"
    assert '../lessons/01_tiny.html#claim-two"' in table, "the table must link to the box"


def test_nothing_is_executed_twice(tiny):
    made = tiny.build()
    assert "nothing has changed" in made.stdout, f"the site is up to date:\n{made.stdout}\n{made.stderr}"
    for what, path in [
        ("site", tiny.index.parent),
        ("site, once more with Sphinx's memory", tiny.root / "_build/work"),
    ]:
        shutil.rmtree(tiny.index.parent)
        shutil.rmtree(path, ignore_errors=True)
        made = tiny.build()
        assert made.returncode == 0, made.stdout + made.stderr
        assert "Executing" not in made.stdout, f"without {what}, the press must find all in the cache"
        assert not tiny.runs, f"without {what}, no lesson may run again; runs: {tiny.runs}"
        assert tiny.index.is_file()


def test_prose_is_written_again_and_nothing_executed(tiny):
    tiny.edit("book/lessons/01_tiny.md", "# A tiny lesson", "# A small lesson")
    made = tiny.build()
    assert made.returncode == 0, made.stdout + made.stderr
    assert not tiny.runs, "a change of prose must not run a lesson"
    for page in ("lessons/01_tiny", "reference/claims"):
        html = (tiny.index.parent / "book" / f"{page}.html").read_text()
        assert "A small lesson" in html and "A tiny lesson" not in html, f"{page} must show the new title"


def test_a_comment_in_the_package_executes_the_lesson_again(tiny):
    chain = tiny.root / "src" / "unstable_gradients" / "chain.py"
    chain.write_text(chain.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    made = tiny.build(str(Path(sys.executable).with_name("jupyter-book")), "build", ".")
    assert made.returncode == 0, made.stdout + made.stderr
    assert len(tiny.runs) == 1, f"`jupyter-book build .` must notice a change in src/; runs: {tiny.runs}"
    made = tiny.build()
    assert made.returncode == 0, made.stdout + made.stderr
    assert len(tiny.runs) == 1, f"the press must find what `jupyter-book build .` executed; runs: {tiny.runs}"

    chain.write_text(chain.read_text(encoding="utf-8") + "# changed again\n", encoding="utf-8")
    made = tiny.build()
    assert made.returncode == 0, made.stdout + made.stderr
    assert len(tiny.runs) == 2, (
        f"after a change in src/ the press must run the lesson again; runs: {tiny.runs}"
    )


def failed(book, *messages):
    """Build a book that must fail, saying these things, and leave the earlier site alone."""
    book.index.write_text("the good site")
    made = book.build()
    said = made.stdout + made.stderr
    assert made.returncode != 0, f"this build must fail:\n{said}"
    for message in messages:
        assert message in said, f"the message must contain {message!r}; it is:\n{said}"
    assert book.index.read_text() == "the good site", "a failed build must leave the earlier site alone"
    return said


def test_a_failing_claim_stops_the_build(tiny):
    tiny.edit("book/lessons/01_tiny.md", "1 + 1", "1 + 2")
    said = failed(
        tiny, "book/lessons/01_tiny.md:17: code cell 2 failed", "ClaimError: claim 'two'", "Traceback"
    )
    assert "claim 'two'" in said.strip().splitlines()[-1], "the last line must name the claim"
    assert "updating environment" not in said, "Sphinx must not even start"


def test_a_failing_cell_stops_the_build(tiny):
    tiny.edit("book/lessons/01_tiny.md", "import os", "import os; 1 / 0")
    failed(tiny, "book/lessons/01_tiny.md:9: code cell 1 failed: ZeroDivisionError: division by zero")


def test_whatever_is_wrong_in_a_page_stops_the_build_every_time(tiny):
    tiny.edit(
        "book/intro.md",
        "See",
        "See {doc}`nowhere`, {cite}`nobody`, {py:func}`unstable_gradients.nothing` and",
    )
    tiny.edit(
        "book/lessons/01_tiny.md",
        'claims.check("two"',
        "import sys; from IPython.display import display\n"
        'print("careful", file=sys.stderr)\n'
        'display({claims.MIME_TYPE: {"id": "undeclared", "measured": 1.0}}, raw=True)\n'
        'display({claims.MIME_TYPE: {"id": "moved", "measured": 1.0}}, raw=True)\n'
        'claims.check("two"',
    )
    claims = tiny.root / "src" / "unstable_gradients" / "claims.toml"
    another = '\n[{}]\nlesson = "{}"\nstatement = ""\nsource = ""\nexpected = 1\ntolerance = 1\n'
    with claims.open("a") as file:
        for id, lesson in [("unchecked", "01_tiny"), ("moved", "intro"), ("early", "99_later")]:
            file.write(another.format(id, lesson))
    for _ in range(2):  # Sphinx itself forgets the warnings of pages that it has read
        failed(
            tiny,
            "nowhere",
            "nobody",
            "unstable_gradients.nothing",
            "stderr was found in the cell outputs",
            "claim 'undeclared' is checked here, but claims.toml does not declare it",
            "claim 'unchecked' is never checked in its lesson, 01_tiny",
            "claim 'moved' of lesson intro is checked in book/lessons/01_tiny",
            "claim 'early': its lesson 99_later is not in _toc.yml",
        )
