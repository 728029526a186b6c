"""Grades a folder of submissions: side by side, and where it was interrupted, on from there."""

import hashlib
import json
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from .. import PressError, cache
from ..homework import secret
from ..homework.master import masters
from . import report, sandbox, submissions
from .grade import Grader, Result, assignment_secrets

FAILED = "the grader failed"


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
    results = {
        s: Result(**json.loads(files[s].read_text(encoding="utf-8"))) for s in found if files[s].is_file()
    }
    waiting = [submission for submission in found if submission not in results]
    print(f"{len(found)} submissions, {len(results)} of them graded before", flush=True)
    if waiting:
        try:
            sandbox.check()
        except sandbox.SandboxError as error:
            raise PressError(str(error)) from None
    for number, (submission, result) in enumerate(_all_graded(grader, waiting), start=1):
        results[submission] = result
        if not result.status.startswith(FAILED):  # else it is tried again next time
            _keep(files[submission], result)
        _progress(number, len(waiting))
    results = [results[submission] for submission in found]
    report.write(results, out)
    graded = sum(result.status == "graded" for result in results)
    print(f"{graded} graded, {len(results) - graded} not. The gradebook is {out / 'gradebook.csv'}.")
    return results


def _all_graded(grader, waiting):
    """Yield every submission with its result, as they come."""
    lost = []
    workers = max(min(os.cpu_count() or 1, len(waiting)), 1)
    with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(grader,)) as pool:
        runs = {pool.submit(_graded, submission): submission for submission in waiting}
        try:
            for done in as_completed(runs):
                submission = runs[done]
                try:
                    yield submission, done.result()
                except BrokenProcessPool:
                    lost.append(submission)
                except Exception as error:  # whatever went wrong, this submission gets its row
                    why = str(error) if isinstance(error, PressError) else repr(error)
                    yield submission, _failed(submission, why)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise PressError(
                "Stopped. What was graded is kept: the same command goes on from there."
            ) from None
    if len(waiting) == 1 and lost:
        yield lost[0], _failed(lost[0], "its process was ended, perhaps for want of memory")
        return
    # One of them took the process down that graded it, and all the others with it. Halves find out which.
    for half in (lost[: len(lost) // 2], lost[len(lost) // 2 :]):
        if half:
            yield from _all_graded(grader, half)


def _failed(submission, why):
    result = Result(submission.name, submission.who, status=f"{FAILED}: {why}"[:300])
    result.review.append(result.status)
    return result


_grader = None


def _prepare(grader):
    global _grader
    _grader = grader
    signal.signal(signal.SIGINT, lambda *_: sys.exit())  # quietly; the grader says what there is to say


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
