"""Says what is installed, and how to get what is missing, for someone who wants to run a notebook.

Nothing but the standard library is needed here, so that it runs where everything else is missing; even as
a script, ``python src/book_tools/doctor.py``. What is required, and from which version on, stands in
``pyproject.toml`` alone.
"""

import platform
import re
import sys
from importlib import metadata
from pathlib import Path

PACKAGE = "unstable-gradients"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
GROUPS = {"": "What lessons use", "lab": "To open and run them", "book": "To build the site (optional)"}


def examine():
    """Print what there is and what to do; return 0 if notebooks can run, and 1 if not."""
    python, requirements = declared()
    print(f"Python is {platform.python_version()}, at {sys.executable}")
    if below(platform.python_version(), python):
        print(f"The book needs Python {bounds(python)}: install it, and run this again with it.")
        return 1

    missing = {}
    for group, title in GROUPS.items():
        print(f"\n{title}:")
        names = {PACKAGE: ""} if not group else {}
        names |= requirements[group]
        missing[group] = [name + limits for name, limits in names.items() if not found(name, limits)]
    needed = missing[""] + missing["lab"]
    print()
    if version_of("ipykernel") and any(line.startswith("jupyterlab") for line in needed):
        needed = [line for line in needed if not line.startswith("jupyterlab")]
        print(
            "Without JupyterLab, open notebooks in another program: VS Code, for instance, needs only ipykernel."
        )
    if needed:
        print(f"Something is missing. {advice(needed)}")
    else:
        print("Everything that a notebook needs is here.")
    if missing["book"]:
        print(f"To build the site as well: {in_a_copy('book')}")
    return 1 if needed else 0


def declared():
    """Return which Python and which libraries are required: limits, and name to limits by group."""
    try:
        about = metadata.metadata(PACKAGE)
        python, lines = about["Requires-Python"], about.get_all("Requires-Dist")
    except metadata.PackageNotFoundError:
        python, lines = in_the_repository()
    groups = {group: {} for group in GROUPS}
    for line in lines:
        name, limits = re.match(r"([\w.-]+)\s*([^;]*)", line).groups()
        extra = re.search(r"extra == ['\"]([\w-]+)", line)
        groups.setdefault(extra[1] if extra else "", {})[name] = limits.strip()
    return python, groups


def in_the_repository():
    """Return the same from the repository's own file, where the package is not installed."""
    text = PYPROJECT.read_text(encoding="utf-8")
    try:
        import tomllib
    except ModuleNotFoundError:  # Python is older than 3.11, and that is all there is to say
        return re.search(r'requires-python = "(.*)"', text)[1], []
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].items()
    return project["requires-python"], project["dependencies"] + [
        f'{line}; extra == "{extra}"' for extra, lines in extras for line in lines
    ]


def found(name, limits):
    """Print a line about one library; return whether it can be used."""
    version = version_of(name)
    problem = "missing" if not version else "too old" if below(version, limits) else ""
    problem = problem or ("too new" if above(version, limits) else "")
    needs = f"needs {bounds(limits)}" if limits else ""
    print(f"  {problem or 'ok':8} {name:22} {version or '':14} {needs}".rstrip())
    return not problem


def version_of(name):
    """Return the version of a library, or None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def below(version, limits):
    """Return whether a version is lower than limits such as ">=1.0,<2" allow."""
    least = limit(">=", limits)
    return bool(least) and numbers(version) < numbers(least)


def above(version, limits):
    """Return whether a version is higher than limits such as ">=1.0,<2" allow."""
    end = limit("<", limits)
    return bool(end) and numbers(version) >= numbers(end)


def limit(sign, limits):
    """Return the version behind a sign, or None."""
    match = re.search(rf"{sign}\s*([\w.]+)", limits)
    return match and match[1]


def numbers(version):
    """Return what to compare versions by: 1.26 and 1.26.0 are the same, 1.9 is lower than 1.10."""
    parts = [int(part) for part in re.findall(r"\d+", version)]
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


def bounds(limits):
    """Return limits as people say them: "1.0 or newer, but below 2"."""
    end = limit("<", limits)
    return f"{limit('>=', limits)} or newer" + (f", but below {end}" if end else "")


def advice(needed):
    """Return how to get what is missing."""
    if any(line.startswith(PACKAGE) for line in needed):
        return f"To get it all: {in_a_copy('lab')}"
    return f"To get it:\n  {install(*needed)}"


def in_a_copy(extra):
    """Return how to install the package with one of its extras."""
    return f"in a copy of the book's repository,\n  {install(f'.[{extra}]')}"


def install(*what):
    """Return a command for this very Python."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return " ".join([python, "-m pip install", *(f'"{name}"' for name in what)])


if __name__ == "__main__":
    sys.exit(examine())
