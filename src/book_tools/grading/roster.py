"""Who is in the course, and whether each submission is of whom it says."""

import re
from dataclasses import dataclass

from unstable_gradients.variants import folded

from .. import PressError
from . import tables
from .grade import Result

ABSENT = "nothing was handed in"


@dataclass(frozen=True)
class Person:
    """One line of the roster.

    Attributes
    ----------
    student : str
        The id that the student types into the notebook.
    name : str
        What the learning platform calls this person in names of files: a login, a number, or the full name.
    """

    student: str
    name: str


def read(file):
    """Return the people on a roster, a CSV with the columns ``student`` and ``name``.

    Raises
    ------
    PressError
        If it is no such table, nobody is on it, a line lacks one of the two, or two lines have the same.
    """
    people, lines = [], {}
    for row in tables.read(file, ["student", "name"])[1]:
        person = Person(row["student"].strip(), row["name"].strip())
        for column, cell in vars(person).items():
            if not cell:
                raise PressError(f"{file}, line {row[None]}: there is no {column}")
            before = lines.setdefault((column, folded(cell)), row[None])
            if before != row[None]:
                raise PressError(
                    f"{file}, line {row[None]}: the {column} {cell!r} stands in line {before}, too; "
                    "the number that the platform gives to each person is one's own"
                )
        people.append(person)
    if not people:
        raise PressError(f"{file}: nobody is on this roster")
    return people


def absent(people, submissions):
    """Return a Result for everybody on the roster who handed in nothing."""
    there = {_person(people, submission.who) for submission in submissions}
    return [
        Result(f"{person.name} {person.student}", person.name, student=person.student, status=ABSENT)
        for person in people
        if person not in there
    ]


def check(results, people):
    """Note where the id in a notebook is not that of the person who handed it in.

    Without a roster that is where the id is not in the name of the submission. A note that most would have
    says nothing of any: it is left out.

    Returns
    -------
    list of str
        What is to be said once, of all.
    """
    graded = [result for result in results if result.status == "graded"]
    if people:
        for result in graded:
            person = _person(people, result.who)
            if person is None:
                result.review.append(f"nobody on the roster has the name {result.who!r}")
            elif result.student.strip() and folded(result.student) != folded(person.student):
                result.review.append(
                    f"the id {result.student!r} is not that of {person.name!r} on the roster, {person.student!r}"
                )
        number = sum(result.status == ABSENT for result in results)
        return [f"{number} of {len(people)} on the roster handed in nothing"] if number else []
    odd = [r for r in graded if r.student.strip() and folded(r.student) not in _words(r.who)]
    if 2 * len(odd) > len(graded) > 1:
        return [
            f"in {len(odd)} of {len(graded)} notebooks the id is not in the name of the submission; "
            "whose they are is checked with a roster alone"
        ]
    for result in odd:
        result.review.append(
            f"the id {result.student!r} is not in the name of the submission, {result.who!r}"
        )
    return []


def _person(people, who):
    """Return the one on the roster who is meant, or None: by the whole name first, and by a word of it last."""
    platform = re.fullmatch(r"(.+) (\d+)", who)  # as submissions.who says it
    for names in ([who], platform.groups() if platform else who.split("/"), _words(who)):
        names = set(map(folded, names))
        for person in people:
            if folded(person.name) in names:
                return person
    return None


def _words(who):
    """Return the words in the name of a submission, in which ids and logins may be joined by other signs."""
    who = folded(who)
    return {who, *re.split(r"[^\w.@-]+|(?<=\w)[_./-](?=\w)", who)}
