"""Gradescope: an archive that grades one assignment there, and what runs in it.

The archive holds the key of that assignment alone. On Gradescope everything runs as root in a container of
one submission: the code of the student is given to another user, who cannot enter the folder with the key.
"""

import hashlib
import json
import os
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import nbformat

from .. import PressError, cache
from ..homework.marking import BY_PERSON, AnswerKey
from ..homework.master import Master
from . import sandbox, tables
from .grade import ENDED, FAILED, Grader, Result, assignment_secrets
from .submissions import Submission, collect

FILES = Path(__file__).with_name("gradescope_files")
NEEDED = ("numpy", "sympy", "matplotlib", "nbformat", "nbclient", "ipykernel", "psutil", "jinja2")
# The user who runs the code of students must be able to read the package, and nobody but root the key.
MODES = {"setup.sh": 0o755, "run_autograder": 0o755, "assignment.json": 0o600}
DATE = (2026, 1, 1, 0, 0, 0)  # in the archive, so that the same assignment and key make the same bytes


def write(book, masters, name, course_key, course, out):
    """Write the archive of one assignment; a file that is there is replaced in one step.

    Raises
    ------
    PressError
        If there is no such assignment.
    """
    found = [master for master in masters if master.name == name]
    if not found:
        known = ", ".join(master.name for master in masters)
        raise PressError(f"there is no assignment {name!r}; there are {known}")
    settings = {"course": course, "key": assignment_secrets(course_key, found)[name].hex(), "name": name}
    settings["title"] = found[0].title
    settings["master"] = [
        {"cell_type": cell.cell_type, "source": cell.source, "metadata": dict(cell.metadata)}
        for cell in found[0].cells
    ]
    entries = {
        "setup.sh": (FILES / "setup.sh").read_bytes(),
        "run_autograder": (FILES / "run_autograder").read_bytes(),
        "requirements.txt": "".join(f"{library}=={version(library)}\n" for library in NEEDED).encode(),
        "assignment.json": json.dumps(settings).encode(),
    }
    source = book.root / "src"
    for path in cache.files(source):
        if path.suffix != ".pyc":
            entries[f"src/{path.relative_to(source).as_posix()}"] = path.read_bytes()
    new = out.with_name(f".{out.name}.new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in sorted(entries.items()):
                info = zipfile.ZipInfo(entry, DATE)
                info.external_attr = MODES.get(entry, 0o644) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        os.chmod(new, 0o600)
        os.replace(new, out)
    except OSError as error:
        raise PressError(f"{out} cannot be written: {error.strerror}") from None
    digest = hashlib.sha256(out.read_bytes()).hexdigest()[:12]
    print(f"{out} ({digest}) holds the key of this assignment: give it to Gradescope and to nobody else.")


def run(top):
    """Grade the submission in ``top``/submission, and write ``top``/results/results.json.

    Raises
    ------
    SandboxError
        If no notebook can be run here.
    """
    settings = json.loads((top / "source" / "assignment.json").read_text(encoding="utf-8"))
    cells = nbformat.from_dict(settings["master"])
    master = Master(settings["name"], settings["title"], cells)
    secrets = {master.name: bytes.fromhex(settings["key"])}
    try:
        found = collect(top / "submission")
        if len(found) > 1:
            names = ", ".join(submission.name for submission in found)
            submission = Submission(names, "", b"", f"there is more than one notebook: {names}"[:300])
        else:
            submission = found[0]
    except PressError:
        submission = Submission("", "", b"", "there is no notebook (.ipynb) among the files")
    by_person = ()
    try:
        by_person = {name for name, q in AnswerKey(master).questions.items() if q.kind in BY_PERSON}
        result = Grader([master], secrets, settings["course"], master.name).grade(submission)
    except Exception as error:
        result = Result(submission.name, "", status=FAILED, why=type(error).__name__)
        result.review.append(repr(error)[:1000])
    if result.status == ENDED:
        sandbox.check()  # if nothing at all can be run here, no result is better than 0 for everybody
    tables.put(top / "results" / "results.json", json.dumps(results(result, by_person), indent=1) + "\n")


def results(result, by_person=()):
    """Return a Result in the form of Gradescope's results.json; questions for a person have 0 of 0 points."""
    tests = []
    for mark in result.marks:
        test = {"name": mark["question"], "score": 0, "max_score": 0, "output_format": "text"}
        if mark["question"] not in by_person:
            test |= {"score": mark["points"], "max_score": mark["of"], "output": mark["feedback"]}
            test["status"] = "passed" if mark["points"] else "failed"
        elif mark["points"] is None:
            test["output"] = f"A person reads this answer and gives up to {mark['of']} points."
        else:
            test["output"] = mark["feedback"]
        tests.append(test)
    said = [result.outcome if result.status != "graded" else "", *result.errors]
    return {
        "score": result.points,
        "execution_time": round(result.seconds),
        "output": "\n".join(filter(None, said)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "status": result.outcome,
            "errors": result.errors,
            "review": result.review,
            "seconds": result.seconds,
            "megabytes": result.megabytes,
            "not enforced": sandbox.missing(),
        },
    }


if __name__ == "__main__":
    run(Path(sys.argv[1]))
