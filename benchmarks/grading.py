"""Grade 200 submissions, every attack of the tests among them, and say what it took.

    python benchmarks/grading.py          (minutes; prints time and memory of a submission)

writes book/_tables/attacks.md, which the page for instructors includes: what was tried, and what it came to.
"""

import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from book_tools.grading import batch, sandbox  # noqa: E402
from book_tools.homework import secret  # noqa: E402
from tests.book_tools.grading import attacks, course  # noqa: E402

TABLE = ROOT / "book" / "_tables" / "attacks.md"
SUBMISSIONS = 200


def main():
    with tempfile.TemporaryDirectory() as top:
        top = pathlib.Path(top)
        folder, key, out = top / "submissions", top / "course.key", top / "graded"
        folder.mkdir()
        secret.create(key)
        facts = {"PORT": 9, "OUTSIDE": [str(key)], "MASTERS": str(ROOT / "book"), "SUBMISSIONS": str(folder)}
        course.hand_in_attacks(folder, facts)
        course.hand_in_the_rest(folder)
        names = list(course.SOLUTIONS)
        for k in range(SUBMISSIONS - len(list(folder.iterdir()))):
            course.save(folder / f"student s{k}.ipynb", course.solution(f"s{k}", names[k % len(names)]))
        start = time.perf_counter()
        limits = sandbox.Limits(seconds=60, cell_seconds=10, memory=2**30)
        results = batch.grade(course.BOOK, folder, key, out, limits=limits)
        seconds = time.perf_counter() - start
    honest = [r for r in results if r.submission.startswith("student ")]
    full = sum(r.points == r.of - r.open for r in honest)
    print(f"{len(results)} submissions in {seconds:.0f} s, walls: {sandbox.wall()}")
    print(f"{full} of {len(honest)} ordinary ones have all points")
    for what, values in (("seconds", [r.seconds for r in honest]), ("MB", [r.megabytes for r in honest])):
        print(
            f"{what} of an ordinary submission: median {statistics.median(values):.1f}, most {max(values):.1f}"
        )
    rows = ["| what the notebook does | points | what the grader says |", "| --- | ---: | --- |"]
    for name in (*attacks.BEFORE, *attacks.AFTER, *attacks.FILES):
        (result,) = (r for r in results if r.submission.rsplit(" s", 1)[0].removesuffix(".ipynb") == name)
        rows.append(f"| {name} | {result.points} | {result.outcome} |")
    TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"written: {TABLE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
