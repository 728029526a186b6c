"""The book as the press finds it on disk."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from sphinx_external_toc.parsing import parse_toc_yaml

from . import PressError


@dataclass(frozen=True)
class Book:
    """The files of the book.

    Attributes
    ----------
    root : Path
        The folder of ``_config.yml`` and ``_toc.yml``.
    """

    root: Path

    @classmethod
    def here(cls):
        """Return the book that the current folder is in."""
        for folder in (Path.cwd(), *Path.cwd().parents):
            if (folder / "_config.yml").is_file() and (folder / "_toc.yml").is_file():
                return cls(folder)
        raise PressError("no book here: run this inside the folder that holds _config.yml and _toc.yml")

    @property
    def site(self):
        """The finished website."""
        return self.root / "_build" / "html"

    @property
    def work(self):
        """Where the next website is made."""
        return self.root / "_build" / "work"

    @property
    def exported(self):
        """The notebooks made from the lessons."""
        return self.root / "notebooks" / "lessons"

    @cached_property
    def config(self):
        """What ``_config.yml`` says."""
        return yaml.safe_load((self.root / "_config.yml").read_text(encoding="utf-8"))

    def pages(self):
        """Return the files of the table of contents, in reading order."""
        pages = []
        for name in parse_toc_yaml(self.root / "_toc.yml"):
            found = [path for path in (self.root / f"{name}.md", self.root / name) if path.is_file()]
            if not found:
                raise PressError(f"_toc.yml lists {name}, but there is no file {name}.md")
            pages.append(found[0])
        return pages

    def notebooks(self):
        """Return the pages that have cells to execute."""
        return [path for path in self.pages() if is_myst_markdown_notebook(path.read_text(encoding="utf-8"))]

    def read(self, path):
        """Return the page at ``path`` as a notebook, cell for cell as MyST-NB reads it."""
        parsing = MdParserConfig(enable_extensions=set(self.config["parse"]["myst_enable_extensions"]))
        text = path.read_text(encoding="utf-8")
        return read_myst_markdown_notebook(text, config=parsing, add_source_map=True, path=path)
