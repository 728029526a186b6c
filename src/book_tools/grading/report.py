"""What instructors and students get to read. Every text of a student is treated as text, never as HTML or a formula."""

import hashlib
import json
import re
from collections import Counter

import jinja2

from unstable_gradients.variants import folded

from ..homework.marking import AnswerKey
from . import submissions
from .tables import harmless, put, text

PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("book_tools.grading", "pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
HEADING = re.compile(r"^#+ (.+?) \(\{points\}`(\w+)`\)", re.MULTILINE)
NO_ANSWER = "There is no answer."
# A visible check that did not hold, or a stub as it came: what the marks say already.
EXPECTED = re.compile(r"cell \d+: (NotYet|NotImplementedError)\b")


def asked(masters):
    """Return what is asked, for each assignment: by question its points, its rubric, and its heading or nothing."""
    found = {}
    for master in masters:
        headings = {name: heading for cell in master.cells for heading, name in HEADING.findall(cell.source)}
        found[master.name] = {
            name: {"of": question.points, "rubric": question.rubric, "heading": headings.get(name, "")}
            for name, question in AnswerKey(master).questions.items()
        }
    return found


def write(results, out, questions=None, said=()):
    """Write gradebook, feedback, review list and the JSON with everything; each file in one step.

    What is written depends on these alone: the same results give the same bytes.

    Parameters
    ----------
    results : list of Result
    out : Path
    questions : dict, optional
        As of :func:`asked`; without it there are no headings and no rubrics.
    said : sequence of str
        What the review list says at its top, of all submissions.
    """
    _note_doubles(results)
    questions = questions or {}
    put(out / "gradebook.csv", gradebook(results))
    put(out / "review.html", review(results, questions, said))
    graded = [{k: v for k, v in r.record().items() if k not in ("seconds", "megabytes")} for r in results]
    put(out / "grades.json", json.dumps(graded, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    put(
        out / "resources.csv",
        _csv([["submission", "seconds", "MB"], *([r.submission, r.seconds, r.megabytes] for r in results)]),
    )
    folder = out / "feedback"
    folder.mkdir(exist_ok=True)
    page = PAGES.get_template("feedback.html")
    pages = {
        file_name(result): page.render(
            result=result, errors=_errors(result), questions=questions.get(result.assignment, {})
        )
        for result in results
    }
    for name, content in pages.items():
        put(folder / name, content)
    for old in folder.glob("*.html"):
        if old.name not in pages:
            old.unlink()


def gradebook(results):
    """Return the gradebook as CSV: a row for each submission, a column for each question."""
    questions = list(dict.fromkeys((m["question"], m["of"]) for result in results for m in result.marks))
    head = ["submission", "who", "student", "assignment", "points so far", "waits for a person", "of"]
    head += ["status", "late", "to review", *(f"{name} ({of})" for name, of in questions)]
    rows = [head]
    for result in results:
        marks = {(mark["question"], mark["of"]): mark["points"] for mark in result.marks}
        rows.append(
            [
                *(result.submission, result.who, result.student, result.assignment),
                *(result.points, result.open, result.of, result.status),
                "late" if submissions.late(result.submission) else "",
                len(_waiting(result)) + len(_notes(result)),
                *("" if q not in marks else "?" if marks[q] is None else marks[q] for q in questions),
            ]
        )
    return _csv(rows)


def review(results, questions, said=()):
    """Return the review list: all answers that wait for a person, by question, then what else there is to see."""
    answers = {}
    for result in results:
        for mark in _waiting(result):
            answers.setdefault((result.assignment, mark["question"], mark["of"]), []).append(result)
    order = {
        (a, name): place for place, (a, name) in enumerate((a, n) for a in questions for n in questions[a])
    }
    groups = [
        {
            "assignment": assignment,
            "question": question,
            "of": of,
            **questions.get(assignment, {}).get(question, {}),
            "results": found,
        }
        for (assignment, question, of), found in sorted(
            answers.items(), key=lambda item: (item[0][0], order.get(item[0][:2], 0), item[0][1])
        )
    ]
    notes = [(result, found) for result in results if (found := _notes(result))]
    return PAGES.get_template("review.html").render(results=results, groups=groups, notes=notes, said=said)


def file_name(result):
    """Return the name of a student's feedback page: the submission's, without what could lead elsewhere."""
    name = result.submission.removesuffix(".ipynb")
    if re.fullmatch(r"\w{1,50}", name) and name != result.submission:
        return f"{name}.html"
    digest = hashlib.sha256(result.submission.encode(errors="backslashreplace")).hexdigest()
    clean = re.sub(r"[^\w-]+", "_", name)[:50]
    return f"{clean}-{digest[:16]}.html"  # another one for each, whatever its name


def _waiting(result):
    return [mark for mark in result.marks if mark["points"] is None]


def _errors(result):
    """Return the errors that tell something which the marks do not."""
    return [error for error in result.errors if not EXPECTED.match(error)]


def _notes(result):
    """Return what a person should look at besides the answers that wait, a line for each."""
    by_machine = [mark for mark in result.marks if mark["points"] is not None]
    if by_machine and all(m["feedback"] == NO_ANSWER and not m["points"] for m in by_machine):
        return [*result.review, "nothing was answered" + " but what a person reads" * bool(_waiting(result))]
    return result.review + _errors(result)


def _note_doubles(results):
    """Note where several submissions to one assignment say that they are of the same student."""
    counts = Counter((r.assignment, folded(r.student)) for r in results if r.student.strip())
    for result in results:
        number = counts[result.assignment, folded(result.student)]
        note = f"{number} submissions say that they are of {result.student!r}"
        if number > 1 and note not in result.review:
            result.review.append(note)


def _csv(rows):
    return text([[harmless(cell) for cell in row] for row in rows])
