"""The assignments on the site: the directive ``{assignments}``, and the notebooks that it leads to."""

import shutil
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from ..book import Book
from .master import masters
from .release import MADE


class Assignments(SphinxDirective):
    """A table of all assignments, with what each is about and its notebook for students."""

    def run(self):
        self.env.note_reread()  # a new file is a new row
        up = "../" * self.env.docname.count("/")
        lines = [
            ":::{list-table}",
            ":header-rows: 1",
            ":widths: 30 70",
            "",
            "* - Assignment",
            "  - What you do",
        ]
        for master in masters(Book(Path(self.env.srcdir))):
            about = master.cells[0].source.split("\n\n")[1].replace("\n", " ")
            lines += [
                f"* - <a href='{up}{MADE[0]}/{master.name}.ipynb' download>{master.title}</a>",
                f"  - {about}",
            ]
        return self.parse_text_to_nodes("\n".join([*lines, ":::"]))


def offer(app, error):
    """Put the student's notebooks of the repository into the site."""
    folder = Path(app.srcdir) / MADE[0]
    if error is None and app.builder.format == "html" and folder.is_dir():
        target = Path(app.outdir) / MADE[0]
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("[0-9]*.ipynb")):
            shutil.copy(path, target)


def setup(app):
    app.add_directive("assignments", Assignments)
    app.connect("build-finished", offer)
