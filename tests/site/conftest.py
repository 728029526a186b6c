"""The site in _build/html, which `make book` made."""

import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="session")
def site(root):
    """The folder of the site."""
    site = root / "_build" / "html"
    if not (site / "index.html").is_file():
        pytest.fail("these tests look at the built site: run `make book` first")
    return site


@pytest.fixture(scope="session")
def pages(site):
    """All pages of the site, parsed, by their path in it."""
    return {
        str(path.relative_to(site)): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }
