"""What `python -m book_tools doctor` says about an environment."""

import os
import re
import subprocess
import sys
from importlib import metadata

import pytest

from book_tools import doctor
from book_tools.__main__ import main

GOOD = {
    "unstable-gradients": "0.1.0",
    "numpy": "2.0.1",
    "matplotlib": "3.10.0",
    "sympy": "1.12",
    "jupyterlab": "4.2",
    "scikit-learn": "1.5.0",
    "jupyter-book": "1.0.4.post1",
}
REQUIRES = [
    "numpy>=1.26",
    "matplotlib>=3.9",
    "sympy>=1.12.0",
    'jupyterlab>=4; extra == "lab"',
    "scikit-learn>=1.4; extra == 'lab'",
    'jupyter-book<2,>=1.0.4.post1; extra == "book"',
    'pytest>=8; extra == "test"',
]


@pytest.fixture
def environment(monkeypatch):
    """The versions in an environment, to change."""
    versions = dict(GOOD)

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    class About(dict):
        def get_all(self, name):
            return REQUIRES

    monkeypatch.setattr(doctor.metadata, "version", version)
    monkeypatch.setattr(doctor.metadata, "metadata", lambda name: About({"Requires-Python": ">=3.11"}))
    return versions


def said(capsys, status):
    assert main(["doctor"]) == status
    return capsys.readouterr().out


def test_where_all_is_there_it_says_so(environment, capsys):
    out = said(capsys, 0)
    assert re.search(r"^  ok +numpy +2\.0\.1 +needs 1\.26 or newer$", out, re.MULTILINE)
    assert re.search(r"^  ok +sympy +1\.12 +needs 1\.12\.0 or newer$", out, re.MULTILINE)
    assert "needs 1.0.4.post1 or newer, but below 2" in out
    assert "pytest" not in out
    assert out.endswith("Everything that a notebook needs is here.\n")


@pytest.mark.parametrize(
    "name, version, line, command",
    [
        ("sympy", None, "missing  sympy", '-m pip install "sympy>=1.12.0"'),
        ("numpy", "1.9.3", "too old  numpy", '-m pip install "numpy>=1.26"'),
        ("jupyterlab", None, "missing  jupyterlab", '-m pip install "jupyterlab>=4"'),
        ("unstable-gradients", None, "missing  unstable-gradients", '-m pip install ".[lab]"'),
    ],
)
def test_what_a_notebook_lacks_is_named_with_the_way_to_get_it(
    environment, capsys, name, version, line, command
):
    environment[name] = version
    if version is None:
        del environment[name]
    out = said(capsys, 1)
    assert line in out and command in out and sys.executable in out


@pytest.mark.parametrize("version, word", [(None, "missing"), ("2.0.0", "too new")])
def test_notebooks_run_without_what_builds_the_site(environment, capsys, version, word):
    environment["jupyter-book"] = version
    if version is None:
        del environment["jupyter-book"]
    out = said(capsys, 0)
    assert f"{word:8} jupyter-book" in out and 'pip install ".[book]"' in out


def test_another_program_can_open_notebooks(environment, capsys):
    del environment["jupyterlab"]
    environment["ipykernel"] = "6.29"
    assert "VS Code" in said(capsys, 0)


def test_an_old_python_is_all_there_is_to_say(environment, capsys, monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.9.18")
    out = said(capsys, 1)
    assert "Python is 3.9.18" in out and "needs Python 3.11 or newer" in out and "numpy" not in out


@pytest.mark.parametrize("command", [["-m", "book_tools", "doctor"], ["src/book_tools/doctor.py"]])
def test_it_needs_the_standard_library_alone(root, command):
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    bare = [sys.executable, "-S", *command]  # without what is installed
    run = subprocess.run(bare, cwd=root, env=environment, capture_output=True, text=True)
    assert run.returncode == 1 and not run.stderr, run.stderr
    assert "missing  unstable-gradients" in run.stdout and "missing  numpy" in run.stdout
    assert 'pip install ".[lab]"' in run.stdout


def test_other_commands_lead_to_it_where_something_is_missing(root):
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    bare = [sys.executable, "-S", "-m", "book_tools", "build"]
    run = subprocess.run(bare, cwd=root, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert "is missing" in run.stderr and "python -m book_tools doctor" in run.stderr
    assert "Traceback" not in run.stderr


def test_here_notebooks_can_run(capsys):
    assert main(["doctor"]) == 0, capsys.readouterr().out


def test_the_repository_says_the_same_as_the_package(monkeypatch):
    installed = doctor.declared()

    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "metadata", missing)
    python, groups = doctor.declared()
    assert python == installed[0]
    assert groups[""].keys() == installed[1][""].keys()
