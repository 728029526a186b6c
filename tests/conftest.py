"""What the tests of all folders share."""

import os
import shutil
from pathlib import Path

import pytest

NO_BROWSER = "there is no Chromium to test the site with"
ADVICE = f"""
The tests in a browser were skipped: {NO_BROWSER}. To get one:
  apt-get install chromium                              (Debian, Ubuntu; other systems likewise)
  .venv/bin/python -m playwright install chromium       (without root)"""


@pytest.fixture(scope="session")
def root():
    """The folder of the project."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def playwright():
    """Playwright, running."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    """The program: the system's Chromium, or else the one that Playwright installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), playwright.chromium.executable_path)
    if not Path(program).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    return program


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    if any(NO_BROWSER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(ADVICE)
