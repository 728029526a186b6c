"""Executes lessons side by side, into the cache from which Sphinx takes them."""

import os
import re
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from . import PressError, cache

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """A lesson that was executed; ``failure`` says where and why it stopped, or is None."""

    notebook: dict
    seconds: float
    failure: str = None
    traceback: str = ""


def fill_cache(book):
    """Execute the lessons that are not in the cache yet.

    Raises
    ------
    PressError
        If a cell fails. The other lessons are executed and kept all the same.
    """
    store = get_cache(str(cache.folder(book.root)))
    waiting = {}
    for path in book.notebooks():
        notebook = book.read(path)
        try:
            store.match_cache_notebook(notebook)
        except KeyError:
            waiting[path] = notebook
    if not waiting:
        return

    print(f"Executing {len(waiting)} of {len(book.notebooks())} pages with cells:")
    failed = []
    with ProcessPoolExecutor(min(len(waiting), os.cpu_count() or 1)) as pool:
        timeout = book.config["execute"]["timeout"]
        runs = {pool.submit(run, path, notebook, timeout): path for path, notebook in waiting.items()}
        for done in as_completed(runs):
            result, path = done.result(), runs[done].relative_to(book.root)
            print(f"  {path}: {'failed after ' if result.failure else ''}{result.seconds:.1f} s", flush=True)
            if result.failure:
                failed.append(f"{result.traceback}\n{path}{result.failure}")
            else:
                timing = {"execution_seconds": result.seconds}
                store.cache_notebook_bundle(
                    CacheBundleIn(result.notebook, str(runs[done]), data=timing),
                    check_validity=False,
                    overwrite=True,
                )
    if failed:
        raise PressError("\n\n".join(failed))


def run(path, notebook, timeout, allow_errors=False):
    """Execute a notebook in a fresh kernel, in the folder of its file, and return the Run."""
    # One thread for each: lessons run side by side, and threads that wait for each other cost more than they bring.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    client = NotebookClient(
        notebook,
        timeout=timeout,
        allow_errors=allow_errors,
        record_timing=False,  # times would be part of the cells' metadata, by which the cache knows them
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # else each kernel warns
        resources={"metadata": {"path": str(path.parent)}},
    )
    reached = {}
    client.on_cell_execute = lambda cell, cell_index: reached.update(index=cell_index)
    start = time.perf_counter()
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return Run(
            notebook, time.perf_counter() - start, *_described(error, notebook, reached.get("index", 0))
        )
    return Run(notebook, time.perf_counter() - start)


def _described(error, notebook, index):
    """Return where and why a run stopped in one line, and the traceback."""
    text = ANSI.sub("", str(error)).strip()
    line = notebook.metadata.source_map[index]
    number = sum(cell.cell_type == "code" for cell in notebook.cells[: index + 1])
    return f":{line}: code cell {number} failed: {text.splitlines()[-1]}", text
