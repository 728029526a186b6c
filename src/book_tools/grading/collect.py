"""Runs in the student's kernel, inside the sandbox: hands over the answers, and asks the functions among them.

It is a module of its own because a cell would see the student's names, and whoever calls a list `list` should
lose nothing by that. What it writes is believed by nobody; see inside.py.
"""

import base64
import io
import json
import sys

import numpy
import wire
from IPython import get_ipython

from unstable_gradients.homework import Sheet

MOST = 50  # answers
LONGEST = 100_000  # characters
LARGEST = 2**20  # bytes of a figure


def prepare():
    """Let `%matplotlib` be: figures need no window here, and what draws windows may be missing.

    But each cell begins with no figure open, as in any notebook.
    """
    get_ipython().register_magic_function(lambda line: None, "line", "matplotlib")
    get_ipython().events.register("post_run_cell", _close_figures)


def _close_figures(_):
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def handed_in():
    """Return who hands in, a dict, or None, and the answers by question.

    The sheet that is called so counts, if there is something on it, or else the fullest one. A cell that makes it
    and is executed twice leaves two; what stands on the other one alone counts, too.
    """
    names = get_ipython().user_ns
    sheets = [value for value in list(names.values()) if isinstance(value, Sheet)]
    if not sheets:
        return None, {}
    chosen = max(
        sheets, key=lambda one: (one is names.get("sheet") and len(one.answers) > 0, len(one.answers))
    )
    found = {}
    for one in (*sheets, chosen):
        if _identity(one) == _identity(chosen):
            found |= one.answers
    return _identity(chosen), found


def _identity(sheet):
    return {name: str(getattr(sheet, name))[:200] for name in ("assignment", "course", "student")}


def answers(file):
    """Write into a file who hands in what: numbers, texts, formulas as text, and figures as PNG."""
    found, (identity, given) = {}, handed_in()
    if identity is None:
        record = {"problem": "there is no sheet: the cell that makes it did not run"}
    else:
        for name, answer in list(given.items())[:MOST]:
            try:
                value = _as_data(answer)
            except Exception:  # this answer is lost, and no other
                value = None
            found[str(name)] = {"kind": str(answer.kind), "value": value}
        record = {"identity": identity, "answers": found}
    with open(file, "w") as opened:
        json.dump(record, opened)


def _as_data(answer):
    if answer.kind == "number":
        return float(answer.value).hex()
    if answer.kind in ("expression", "text"):
        return str(answer.value)[:LONGEST]
    if answer.kind == "figure":
        for dpi in (80, 30, 10):
            file = io.BytesIO()
            answer.value.savefig(file, format="png", dpi=dpi)
            if len(file.getvalue()) <= LARGEST:
                return base64.b64encode(file.getvalue()).decode()
    return None


def ask(file, question, places):
    """Write into a file what the function for a question returns at some places, asked twice, the other way round."""
    function = handed_in()[1][question].value

    def value(place):
        try:
            with numpy.errstate(all="ignore"):
                return {"value": wire.pack(function(*(wire.unpack(part) for part in place)))}
        except KeyboardInterrupt:  # its time is over
            raise
        except BaseException as error:
            return {"error": f"{type(error).__name__}: {error}"[:200]}

    first = [value(place) for place in places]
    again = [value(place) for place in reversed(places)][::-1]
    with open(file, "w") as opened:
        json.dump({"returned": [first, again]}, opened)
