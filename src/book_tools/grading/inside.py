"""Runs inside the sandbox: executes a notebook, hands out its answers, and asks its functions.

It talks in lines of JSON. First it reads the notebook and limits; it executes the cells and writes the
answers that are data. Only then does it read the places at which functions are to be evaluated, those of one
question in each line, and writes what they return. The student's code shares this sandbox and may tamper with
all of it: nothing that is written here is believed outside, and nothing that is worth knowing is ever in here
before it is needed.
"""

import json
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIMITS = {
    "RLIMIT_FSIZE": 50 * 2**20,  # bytes of a file
    "RLIMIT_NOFILE": 128,  # what waits in a socket is memory that no process is charged with
    "RLIMIT_CORE": 0,
}
ADDRESSES = 4 * 2**30  # bytes of address space that one process may have in any case
LONGEST = 8 * 2**20  # bytes of one file with answers
FOLDER = Path.cwd()
ANSWERS = FOLDER / "collected.json"


def main():
    """Execute the notebook on standard input."""
    order = json.loads(sys.stdin.readline())
    for name, most in LIMITS.items():
        _limit(name, most)
    _limit("RLIMIT_AS", max(ADDRESSES, order["memory"]))
    if order["processes"]:
        _limit("RLIMIT_NPROC", order["processes"])

    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.from_dict(order["notebook"])
    cells = list(notebook.cells)
    notebook.cells.insert(0, nbformat.v4.new_code_cell())  # whose place is taken by what _run executes
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
        _run(client, "prepare()")
        for number, cell in enumerate(cells, start=1):
            try:
                client.execute_cell(cell, number)
            except Exception as error:  # a dead kernel, a time-out that could not be interrupted
                crashes.append(f"cell {number}: {type(error).__name__}")
                if type(error).__name__ == "DeadKernelError":
                    break
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    crashes.append(f"cell {number}: {output['ename']}: {output['evalue']}"[:200])
            cell["outputs"] = []  # nobody needs them, and they may be large
            client.clear_display_id_mapping(number)
        _write({"crashes": crashes[:20], **_run(client, f"answers({str(ANSWERS)!r})")})
        client.timeout = order["function_seconds"]
        for line in sys.stdin:
            asked = json.loads(line)
            _write(_run(client, f"ask({str(ANSWERS)!r}, {asked['question']!r}, {asked['places']!r})"))


def _run(client, call):
    """Call a function of collect.py in the kernel and return what it wrote into a file."""
    from nbformat.v4 import new_code_cell

    ANSWERS.unlink(missing_ok=True)
    here = str(Path(__file__).parent)
    # Imports are the one thing that no name of a student can be in the way of.
    code = f"import sys as _sys\n_sys.path.insert(0, {here!r})\nimport collect as _collect\n_collect.{call}"
    try:
        client.execute_cell(new_code_cell(code), 0)
        if ANSWERS.is_symlink() or ANSWERS.stat().st_size > LONGEST:
            return {"problem": "the answers are too large"}
        found = json.loads(ANSWERS.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {"problem": "the answers could not be collected"}
    except Exception as error:
        # Which error it was may hang on a race in the student's code; the gradebook must not.
        return {"problem": "the answers could not be collected", "error": repr(error)[:500]}


def _limit(name, most):
    kind = getattr(resource, name, None)
    if kind is not None:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS has some of them by name alone
            resource.setrlimit(kind, (most, most))


def _write(record):
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
