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
from . import marks, report, roster, sandbox, submissions, tables
from .grade import ENDED, FAILED, Grader, Result, assignment_secrets


def grade(book, path, key, out, course="", assignment="", limits=sandbox.USUAL, people=None):
    """Grade all submissions in ``path``, and write gradebook, feedback and review list into ``out``.

    Parameters
    ----------
    book : Book
    path : Path
        A folder, an archive of a learning platform, or a notebook.
    key : Path
        The key of the course.
    out : Path
        A folder for the results. What is in it from an earlier run with the same submissions is used again,
        and so are the marks that people wrote into its ``marks.csv``.
    course, assignment : str
        What notebooks have to say they belong to; anything if empty.
    limits : Limits
    people : Path, optional
        The roster of the course; see :mod:`book_tools.grading.roster`.

    Raises
    ------
    PressError
        If something is wrong with what was given; no result is overwritten then.
    """
    if os.name != "posix":
        raise PressError("grading needs Linux or macOS; on Windows run it in WSL or in a Linux container")
    all_masters = masters(book)
    if assignment and assignment not in {master.name for master in all_masters}:
        known = ", ".join(master.name for master in all_masters)
        raise PressError(f"there is no assignment {assignment!r}; there are {known}")
    course_key = secret.read(key)
    if out.resolve().is_relative_to(path.resolve()):
        raise PressError(f"{out} would be among the submissions: the results need a folder of their own")
    for private in filter(None, (key, path, out, people, book.root)):
        for folder in sandbox.visible():
            if private.resolve().is_relative_to(folder):
                raise PressError(
                    f"{private} lies in {folder}, which notebooks can read while they run; keep it elsewhere"
                )
    found = submissions.collect(path)
    listed = roster.read(people) if people else []
    absent = roster.absent(listed, found)
    questions = report.asked(m for m in all_masters if assignment in ("", m.name))
    names = [*(submission.name for submission in found), *(result.submission for result in absent)]
    marks.Marks(out / marks.FILE).check(dict.fromkeys(names, marks.all_of(questions)))
    for lack in sandbox.missing():
        print(f"warning: {lack}", file=sys.stderr)
    grader = Grader(all_masters, assignment_secrets(course_key, all_masters), course, assignment, limits)
    kept = out / "results"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PressError(f"{out} cannot be the folder for the results: {error.strerror}") from None
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
    print(
        f"{len(found)} submission{'s' * (len(found) != 1)}, {len(results)} of them graded before", flush=True
    )
    if waiting:
        _check()
    for number, (submission, result) in enumerate(_all_graded(grader, waiting), start=1):
        results[submission] = result
        if result.status == ENDED:
            _check()  # was it this notebook, or does nothing run here any more?
        if result.status != FAILED:  # else it is tried again next time
            tables.put(files[submission], json.dumps(result.record(), sort_keys=True))
        _progress(number, len(waiting))
    results = [*(results[submission] for submission in found), *absent]
    said = roster.check(results, listed)
    known = marks.known(results, questions, assignment)
    given = marks.Marks(out / marks.FILE)  # once more: somebody may have written into it meanwhile
    given.check(known)
    given.give(results, known)
    tables.put(given.file, given.text(results))
    report.write(results, out, questions, said)
    graded = sum(result.status == "graded" for result in results)
    for note in said:
        print(f"{note}.")
    print(f"{graded} graded, {len(results) - graded} not. The gradebook is {out / 'gradebook.csv'}.")
    print(f"What a person must look at is in {out / 'review.html'}.")
    return results


def _all_graded(grader, waiting):
    """Yield every submission with its result, as they come."""
    lost = []
    workers = max(min(_processors(), len(waiting)), 1)
    with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(grader,)) as pool:
        try:
            runs = {pool.submit(_graded, submission): submission for submission in waiting}
            for done in as_completed(runs):
                submission = runs[done]
                try:
                    yield submission, done.result()
                except BrokenProcessPool:
                    lost.append(submission)
                except Exception as error:  # whatever went wrong, this submission gets its row
                    why = str(error) if isinstance(error, PressError) else repr(error)
                    yield submission, _failed(submission, why)
        except BaseException as error:  # Ctrl-C, or a disk that is full: what waits need not be graded first
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                raise PressError(
                    "Stopped. What was graded is kept: the same command goes on from there."
                ) from None
            raise
    if len(waiting) == 1 and lost:
        yield lost[0], _failed(lost[0], "its process was ended, perhaps for want of memory")
        return
    # One of them took the process down that graded it, and all the others with it. Halves find out which.
    for half in (lost[: len(lost) // 2], lost[len(lost) // 2 :]):
        if half:
            yield from _all_graded(grader, half)


def _check():
    try:
        sandbox.check()
    except sandbox.SandboxError as error:
        raise PressError(str(error)) from None


def _processors():
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _failed(submission, why):
    result = Result(submission.name, submission.who, status=FAILED, why=why[:300])
    result.review.append(result.outcome)
    return result


_grader = None


def _prepare(grader):
    global _grader
    _grader = grader
    signal.signal(signal.SIGINT, _stop)


def _stop(*_):
    """End a process quietly, and what waits for it; the grader says what there is to say."""
    global _grader
    _grader = None
    sys.exit()


def _graded(submission):
    return _grader.grade(submission)


def _progress(done, of):
    width = 30
    bar = "#" * (width * done // of)
    end = "\n" if done == of or not sys.stdout.isatty() else ""
    start = "\r" if sys.stdout.isatty() else ""
    print(f"{start}[{bar:{width}}] {done} of {of}", end=end, flush=True)
