"""The press on the command line: ``python -m book_tools``."""

import argparse
import sys

from .book import Book, PressError


def build(arguments):
    from . import site

    site.build(Book.here())


def serve(arguments):
    from .serve import serve

    serve(Book.here(), arguments.port)


def picture(arguments):
    from .picture import draw

    draw(Book.here())


def parser():
    """Return the parser; each command is a function of the parsed arguments."""
    parser = argparse.ArgumentParser(prog="python -m book_tools", description="The press of the book.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")

    command = commands.add_parser("build", help="execute the lessons and make the website")
    command.set_defaults(run=build)

    command = commands.add_parser("serve", help="show the website on this computer")
    command.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    command.set_defaults(run=serve)

    command = commands.add_parser("picture", help="draw the picture of the README")
    command.set_defaults(run=picture)
    return parser


def main(argv=None):
    """Run a command; return the exit status."""
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except PressError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
