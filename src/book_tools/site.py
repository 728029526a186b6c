"""Makes the website."""

import shutil
import time

from jupyter_book.sphinx import build_sphinx
from sphinx.util.console import color_terminal, nocolor

from . import PressError, cache, execution


def build(book):
    """Execute what has to be executed, then write the site; a failure leaves the old site as it was."""
    start = time.perf_counter()
    if make(book) == book.site:
        how = "and nothing has changed since it was made"
    else:
        _publish(book)
        how = f"made in {time.perf_counter() - start:.0f} s"
    index = (book.site / "index.html").relative_to(book.root)
    print(f"\nThe site is in {index.parent}, {how}.\nTo read it: `make serve`, or open {index} in a browser.")


def make(book):
    """Return the folder of the site as it is to be: the published one or, if that is old, one in the making."""
    sources = cache.sources(book.root)
    if _is_made_of(book.site, sources):
        return book.site
    execution.fill_cache(book)
    html = _write(book)
    (html / cache.STAMP).write_text(sources)
    return html


def _is_made_of(site, sources):
    stamp = site / cache.STAMP
    return (site / "index.html").is_file() and stamp.is_file() and stamp.read_text() == sources


def _write(book):
    """Let Sphinx write the site into the work folder; a warning is an error.

    Sphinx remembers the pages that it has read (doctrees). The site is written afresh from them
    each time: rewriting only the pages that changed would leave old titles in the sidebars of the others.
    """
    if not color_terminal():
        nocolor()
    html, doctrees = book.work / "html", book.work / "doctrees"
    shutil.rmtree(html, ignore_errors=True)
    status = build_sphinx(
        book.root,
        html,
        noconfig=True,
        path_config=book.root / "_config.yml",
        doctreedir=doctrees,
        confoverrides={"external_toc_path": "_toc.yml", "latex_individualpages": False},
        warningiserror=True,
        keep_going=True,
    )
    if status:
        # Sphinx reports a page's warnings only when it reads the page: make it read them again.
        shutil.rmtree(doctrees, ignore_errors=True)
        raise PressError("the site could not be made: see the warnings and errors above")
    return html


def _publish(book):
    """Put the new site in the place of the old one."""
    old = book.work / "old"
    shutil.rmtree(old, ignore_errors=True)
    if book.site.exists():
        book.site.rename(old)
    (book.work / "html").rename(book.site)
    shutil.rmtree(old, ignore_errors=True)
