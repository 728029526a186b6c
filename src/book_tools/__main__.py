"""The press on the command line: ``python -m book_tools``."""

import argparse
import sys

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
