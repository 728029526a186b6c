"""A tiny book that is built with a copy of the code, in a folder of its own."""

import os
import shutil
import subprocess
import sys

import pytest

FRONT_MATTER = """\
---
file_format: mystnb
kernelspec:
  name: python3
---
"""
PAGES = {
    "_toc.yml": """\
format: jb-book
root: book/intro
chapters:
  - file: book/lessons/01_tiny
  - file: book/reference/claims
""",
    "book/intro.md": "# A tiny book\n\nSee {ref}`the claim <claim-two>`.\n",
    "book/lessons/01_tiny.md": FRONT_MATTER
    + """
# A tiny lesson

```{code-cell} python
import os
from unstable_gradients import chain, claims

with open(os.environ["RUNS"], "a") as log:
    print(chain.__file__, file=log)
```

```{code-cell} python
claims.check("two", 1 + 1)
```
""",
    "book/reference/claims.md": "# Claims\n\n```{claims-table}\n```\n\n```{bibliography}\n```\n",
    "src/unstable_gradients/claims.toml": """\
[two]
lesson = "01_tiny"
statement = "One and one is $2$, says `int`."
source = "Nielsen (2015)"
cite = "nielsen2015"
expected = 2
tolerance = 0.25
""",
}


class TinyBook:
    """The tiny book in a folder; ``runs`` says how often its lesson was executed."""

    def __init__(self, root):
        self.root = root
        self.log = root.with_name(f"{root.name}.log")
        self.index = root / "_build" / "html" / "index.html"
        self.lesson = root / "book" / "lessons" / "01_tiny.md"

    @property
    def runs(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def build(self, *command):
        """Build the book with the press, or with another command; return the finished process."""
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src"), "RUNS": str(self.log)}
        return subprocess.run(
            command or [sys.executable, "-m", "book_tools", "build"],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
        )

    def edit(self, path, old, new):
        """Replace a piece of a file, which must be there."""
        path = self.root / path
        text = path.read_text(encoding="utf-8")
        assert old in text, f"the test expects {old!r} in {path}"
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def built(root, tmp_path_factory):
    """The tiny book, built once. Tests that change it take ``tiny``."""
    copy = tmp_path_factory.mktemp("built")
    for name in ("src", "book/_static"):
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "constraints.txt", "book/references.bib"):
        shutil.copy(root / name, copy / name)
    for name, text in PAGES.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    book = TinyBook(copy)
    made = book.build()
    assert made.returncode == 0, f"the tiny book cannot be built:\n{made.stdout}\n{made.stderr}"
    return book


@pytest.fixture
def tiny(built, tmp_path):
    """A copy of the built tiny book, its caches included."""
    shutil.copytree(built.root, tmp_path / "book")
    return TinyBook(tmp_path / "book")
