"""Every claim of the book is able to fail."""

import json
import re
import shutil
import tomllib

import pytest

from book_tools.book import Book
from book_tools.execution import run
from unstable_gradients import claims

DECLARED = claims.declared()
LESSONS = sorted({claim.lesson for claim in DECLARED.values()})


def moved(claim, steps):
    """Return the fields of a claim, its expected value moved by so many tolerances."""
    fields = {name: getattr(claim, name) for name in ("lesson", "statement", "source", "cite", "tolerance")}
    return {**fields, "expected": claim.expected + steps * claim.tolerance}


@pytest.mark.slow
@pytest.mark.parametrize("steps", [3, -3], ids=["up", "down"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_moving_the_expected_value_by_three_tolerances_fails(root, tmp_path, monkeypatch, lesson, steps):
    shutil.copytree(root / "src" / "unstable_gradients", tmp_path / "unstable_gradients")
    toml = "".join(
        f"[{id}]\n"
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in moved(claim, steps).items())
        for id, claim in DECLARED.items()
    )
    assert tomllib.loads(toml).keys() == DECLARED.keys()
    (tmp_path / "unstable_gradients" / "claims.toml").write_text(toml, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    book = Book(root)
    (path,) = [path for path in book.notebooks() if path.stem == lesson]
    executed = run(path, book.read(path), book.config["execute"]["timeout"], allow_errors=True).notebook
    errors = [
        output.evalue
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename == "ClaimError"
    ]
    failing = {re.match("claim '(.+?)' of lesson", error)[1] for error in errors}
    expected = {id for id, claim in DECLARED.items() if claim.lesson == lesson}
    assert failing == expected, (
        f"with all expected values moved, every claim of {lesson} must fail; "
        f"these still hold or are never checked: {', '.join(expected - failing)}"
    )
