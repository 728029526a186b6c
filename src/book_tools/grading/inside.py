"""Runs inside the sandbox: executes a notebook, hands out its answers, and asks its functions.

It talks in lines of JSON. First it reads the notebook and limits; it executes the cells and writes the
answers that are data. Only then does it read the places at which functions are to be evaluated, those of one
question in each line, and writes what they return. The student's code shares this sandbox and may tamper with all of it: nothing that is
written here is believed outside, and nothing that is worth knowing is ever in here before it is needed.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

LIMITS = {
    "RLIMIT_AS": 4 * 2**30,  # bytes of address space, for one process
    "RLIMIT_FSIZE": 50 * 2**20,  # bytes of a file
    "RLIMIT_NOFILE": 512,
    "RLIMIT_CORE": 0,
}
PROCESSES = 100
LONGEST = 2**20  # bytes of one file with answers
FOLDER = Path.cwd()

# Executed by the student's kernel, when the cells have run. Figures become PNG, formulas text.
COLLECT = """
def _collect():
    import base64, io, json
    sheets = [v for v in list(globals().values()) if type(v).__name__ == "Sheet"]
    if not sheets:
        return {"problem": "there is no sheet: the cell that makes it did not run"}
    sheet, found = sheets[-1], {}
    for name, answer in list(sheet.answers.items())[:50]:
        value = None
        if answer.kind == "number":
            value = float(answer.value).hex()
        elif answer.kind in ("expression", "text"):
            value = str(answer.value)[:100_000]
        elif answer.kind == "figure":
            file = io.BytesIO()
            answer.value.savefig(file, format="png", dpi=80)
            value = base64.b64encode(file.getvalue()).decode()
        found[str(name)] = {"kind": str(answer.kind), "value": value}
    identity = {k: str(getattr(sheet, k))[:200] for k in ("assignment", "course", "student")}
    return {"identity": identity, "answers": found}

import json as _json
with open(FILE, "w") as _file:
    _json.dump(_collect(), _file)
"""
ASK = """
def _ask():
    import json, sys
    sys.path.insert(0, HERE)
    import numpy, wire
    sheet = [v for v in list(globals().values()) if type(v).__name__ == "Sheet"][-1]
    places = json.loads(PLACES)
    function = sheet.answers[places["question"]].value
    def ask(place):
        try:
            with numpy.errstate(all="ignore"):
                return {"value": wire.pack(function(*(wire.unpack(p) for p in place)))}
        except KeyboardInterrupt:  # its time is over
            raise
        except BaseException as error:
            return {"error": f"{type(error).__name__}: {error}"[:200]}
    first = [ask(place) for place in places["places"]]
    again = [ask(place) for place in reversed(places["places"])][::-1]
    with open(FILE, "w") as file:
        json.dump({"returned": [first, again]}, file)

_ask()
"""


def main():
    """Execute the notebook on standard input."""
    order = json.loads(sys.stdin.readline())
    for name, most in LIMITS.items():
        _limit(name, most)
    _limit("RLIMIT_NPROC", PROCESSES)

    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.from_dict(order["notebook"])
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=order["cell_seconds"],
        interrupt_on_timeout=True,
        allow_errors=True,
        record_timing=False,
        store_widget_state=False,
        startup_timeout=60,
    )
    client.create_kernel_manager()
    client.km.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    with client.setup_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=str(FOLDER)):
        crashes = []
        for index, cell in enumerate(notebook.cells):
            if not client.kc.is_alive():
                crashes.append("the kernel died")
                break
            try:
                client.execute_cell(cell, index)
            except Exception as error:  # a dead kernel, a time-out that could not be interrupted
                crashes.append(f"cell {index + 1}: {type(error).__name__}")
                if type(error).__name__ == "DeadKernelError":
                    break
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    crashes.append(f"cell {index + 1}: {output['ename']}: {output['evalue']}"[:200])
            cell["outputs"] = []  # nobody needs them, and they may be large
        _write({"crashes": crashes[:20], **_run(client, COLLECT)})
        client.timeout = order["function_seconds"]
        for places in sys.stdin:
            _write(_run(client, ASK, PLACES=places.strip(), HERE=order["here"]))


def _run(client, code, **names):
    """Execute code in the kernel and return what it wrote into a file."""
    from nbformat.v4 import new_code_cell

    file = FOLDER / "collected.json"
    file.unlink(missing_ok=True)
    names = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    try:
        client.execute_cell(new_code_cell(f"FILE = {str(file)!r}\n{names}{code}"), 0)
        if file.is_symlink() or file.stat().st_size > LONGEST * 8:
            return {"problem": "the answers are too large"}
        found = json.loads(file.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {"problem": "the answers could not be collected"}
    except Exception as error:
        return {"problem": f"the answers could not be collected: {type(error).__name__}"}


def _limit(name, most):
    kind = getattr(resource, name, None)
    if kind is not None:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _write(record):
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
