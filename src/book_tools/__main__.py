"""The press on the command line: ``python -m book_tools``."""

import argparse
import sys
from pathlib import Path

from . import PressError

# Each command imports what it needs: `doctor` has to run where the rest is missing.


def build(arguments):
    from . import site
    from .book import Book

    site.build(Book.here())


def notebooks(arguments):
    from . import export
    from .book import Book

    (export.check if arguments.check else export.write)(Book.here())


def homework(arguments):
    from .book import Book
    from .homework import release

    (release.check if arguments.check else release.write)(Book.here())


def key(arguments):
    from .homework.secret import create

    create(arguments.file)


def grade(arguments):
    from .book import Book
    from .grading import batch
    from .grading.sandbox import Limits

    limits = Limits(seconds=arguments.seconds, memory=arguments.megabytes * 2**20)
    given = arguments.submissions, arguments.key, arguments.out, arguments.course, arguments.assignment
    results = batch.grade(Book.here(), *given, limits, arguments.roster)
    return int(not any(result.status == "graded" for result in results))


def gradescope(arguments):
    from .book import Book
    from .grading import gradescope
    from .homework import secret
    from .homework.master import masters

    book = Book.here()
    key = secret.read(arguments.key)
    gradescope.write(book, masters(book), arguments.assignment, key, arguments.course, arguments.out)


def serve(arguments):
    from .book import Book
    from .serve import serve

    serve(Book.here(), arguments.port)


def picture(arguments):
    from .book import Book
    from .picture import draw

    draw(Book.here())


def doctor(arguments):
    from . import doctor

    return doctor.examine()


def parser():
    """Return the parser; each command is a function of the parsed arguments."""
    parser = argparse.ArgumentParser(prog="python -m book_tools", description="The press of the book.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")

    command = commands.add_parser("build", help="execute the lessons and make the website")
    command.set_defaults(run=build)

    command = commands.add_parser("notebooks", help="make the notebooks of the lessons, and the website")
    command.add_argument("--check", action="store_true", help="only say which are out of step")
    command.set_defaults(run=notebooks)

    command = commands.add_parser("homework", help="make the notebooks of the assignments")
    command.add_argument("--check", action="store_true", help="only say which are out of step")
    command.set_defaults(run=homework)

    command = commands.add_parser("key", help="make the secret key of a course")
    command.add_argument("file", type=Path, help="a new file, to be kept outside the repository")
    command.set_defaults(run=key)

    command = commands.add_parser("grade", help="grade a folder or an archive of notebooks")
    command.add_argument("submissions", type=Path, help="a folder, an archive (.zip) or a notebook")
    command.add_argument("--key", type=Path, required=True, help="the key of the course")
    command.add_argument("--out", type=Path, required=True, help="a folder for gradebook and feedback")
    command.add_argument("--course", default="", help="the name of the course that notebooks should give")
    command.add_argument("--assignment", default="", help="grade this one alone")
    command.add_argument("--roster", type=Path, help="who is in the course: a CSV with student, name")
    command.add_argument("--seconds", type=float, default=180, help="for one notebook (default: %(default)s)")
    command.add_argument("--megabytes", type=int, default=4096, help="of memory (default: %(default)s)")
    command.set_defaults(run=grade)

    command = commands.add_parser(
        "gradescope", help="make the archive that grades an assignment on Gradescope"
    )
    command.add_argument("assignment", help="its name, as 02_chain_rule")
    command.add_argument("--key", type=Path, required=True, help="the key of the course")
    command.add_argument("--out", type=Path, required=True, help="the archive (.zip) to write")
    command.add_argument("--course", default="", help="the name of the course that notebooks should give")
    command.set_defaults(run=gradescope)

    command = commands.add_parser("serve", help="show the website on this computer")
    command.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    command.set_defaults(run=serve)

    command = commands.add_parser("picture", help="draw the picture of the README")
    command.set_defaults(run=picture)

    command = commands.add_parser(
        "doctor", help="say what is installed, and what is missing to run a notebook"
    )
    command.set_defaults(run=doctor)
    return parser


def main(argv=None):
    """Run a command; return the exit status."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.run(arguments) or 0
    except PressError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"\n{error.name} is missing. What else: python -m book_tools doctor", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
