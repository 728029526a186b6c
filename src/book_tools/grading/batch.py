"""Grades a folder of submissions: side by side, and where it was interrupted, on from there."""

import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from .. import PressError, cache
from ..homework import secret
from ..homework.master import masters
from . import report, sandbox, submissions
from .grade import Grader, Result, assignment_secrets


def grade(book, path, key, out, course="", assignment="", limits=sandbox.USUAL):
    """Grade all submissions in ``path``, and write gradebook, feedback and review list into ``out``.

    Parameters
    ----------
    book : Book
    path : Path
        A folder, an archive of a learning platform, or a notebook.
    key : Path
        The key of the course.
    out : Path
        A folder for the results. What is in it from an earlier run with the same submissions is used again.
    course, assignment : str
        What notebooks have to say they belong to; anything if empty.
    limits : Limits

    Raises
    ------
    PressError
        If something is wrong with what was given; nothing is written then.
    """
    if os.name != "posix":
        raise PressError("grading needs Linux or macOS; on Windows run it in WSL or in a Linux container")
    all_masters = masters(book)
    if assignment and assignment not in {master.name for master in all_masters}:
        known = ", ".join(master.name for master in all_masters)
        raise PressError(f"there is no assignment {assignment!r}; there are {known}")
    course_key = secret.read(key)
    found = submissions.collect(path)
    for lack in sandbox.missing():
        print(f"warning: {lack}", file=sys.stderr)
    grader = Grader(all_masters, assignment_secrets(course_key, all_masters), course, assignment, limits)
    kept = out / "results"
    kept.mkdir(parents=True, exist_ok=True)
    # What a result depends on besides the notebook. A change of any of it grades everything anew.
    state = cache.digest(
        hashlib.sha256(course_key).hexdigest(),
        course,
        assignment,
        repr(limits),
        *cache.files(book.root / "book" / "homework"),
        *cache.files(book.root / "src"),
    )
    files = {
        s: kept
        / f"{hashlib.sha256(f'{s.name} {s.digest} {state}'.encode(errors='backslashreplace')).hexdigest()[:24]}.json"
        for s in found
    }
    waiting = [submission for submission in found if not files[submission].is_file()]
    workers = min(os.cpu_count() or 1, max(len(waiting), 1))
    print(f"{len(found)} submissions, {len(found) - len(waiting)} of them graded before", flush=True)
    with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(grader,)) as pool:
        runs = {pool.submit(_graded, submission): submission for submission in waiting}
        for number, done in enumerate(as_completed(runs), start=1):
            submission = runs[done]
            try:
                result = done.result()
            except Exception as error:  # whatever went wrong, this submission gets its row
                result = Result(submission.name, submission.who, status=f"the grader failed: {error!r}"[:300])
                result.review.append(result.status)
            _keep(files[submission], result)
            _progress(number, len(waiting))
    results = [Result(**json.loads(files[submission].read_text(encoding="utf-8"))) for submission in found]
    report.write(results, out)
    graded = sum(result.status == "graded" for result in results)
    print(f"{graded} graded, {len(results) - graded} not. The gradebook is {out / 'gradebook.csv'}.")
    return results


_grader = None


def _prepare(grader):
    global _grader
    _grader = grader


def _graded(submission):
    return _grader.grade(submission)


def _keep(file, result):
    """Write a result in one step: a file is whole, or it is not there."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(result.record(), sort_keys=True), encoding="utf-8")
    os.replace(new, file)


def _progress(done, of):
    width = 30
    bar = "#" * (width * done // of)
    end = "\n" if done == of or not sys.stdout.isatty() else ""
    start = "\r" if sys.stdout.isatty() else ""
    print(f"{start}[{bar:{width}}] {done} of {of}", end=end, flush=True)
