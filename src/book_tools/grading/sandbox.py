"""Where code of students runs: without network, rights, time without end, or sight of anything else.

On Linux with bubblewrap everything is enforced. Elsewhere the code still runs in a process of its own,
with what limits the system has, and :func:`missing` says what is not enforced.
"""

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import matplotlib
import psutil

import unstable_gradients

from . import inside, wire

SECONDS = 180  # for a whole notebook
CELL_SECONDS = 60
MEMORY = 4 * 2**30  # bytes in use, of all processes of one sandbox together
DISK = 200 * 2**20  # bytes
ANSWERS = 16 * 2**20  # bytes of a line with answers
USER = 61_337  # nobody's; the code of students runs as this user where the grader is root
SCRATCH = "/tmp/work"
NAMESPACES = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]


class SandboxError(Exception):
    """A notebook did not get to the end of its run; the message says why."""


def missing():
    """Return what cannot be enforced on this machine, as sentences; nothing if all is."""
    if shutil.which("bwrap"):
        return []
    said = [
        "there is no bubblewrap (Debian: apt-get install bubblewrap; it exists for Linux alone)",
        "code of students can reach the network",
        "it can read what the user who grades can read, the key of the course among it",
        "it can write where that user can write, and fill the disk",
        "it sees the other processes, and can end them",
    ]
    if os.name != "posix":
        said.append("there are no limits on memory, files and processes")
    return said


class Sandbox:
    """A process that executes one notebook; use :func:`opened`.

    Attributes
    ----------
    here : Path
        The folder with the grader's files for it.
    peak : int
        The most memory that it used so far, in bytes.
    """

    def __init__(self, process, here):
        self.process, self.here, self.peak = process, here, 0
        self._start = time.monotonic()
        self.too_much = None
        self._buffer = b""
        self._watch = threading.Thread(target=self._watch_memory, daemon=True)
        self._watch.start()

    @property
    def seconds(self):
        """How long it has been running."""
        return time.monotonic() - self._start

    def send(self, record):
        """Write a line of JSON."""
        try:
            self.process.stdin.write(json.dumps(record).encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, OSError):
            raise SandboxError(self.too_much or "it ended itself, or the grader's side of it") from None

    def receive(self):
        """Return the next line of JSON, a dict.

        Raises
        ------
        SandboxError
            If there comes none in time, or something else.
        """
        while b"\n" not in self._buffer:
            left = SECONDS - self.seconds
            with selectors.DefaultSelector() as selector:
                selector.register(self.process.stdout, selectors.EVENT_READ)
                if left <= 0 or not selector.select(left):
                    raise SandboxError(f"it did not end within {SECONDS} seconds")
            chunk = os.read(self.process.stdout.fileno(), 2**16)
            if not chunk:
                raise SandboxError(self.too_much or "it ended itself, or the grader's side of it")
            self._buffer += chunk
            if len(self._buffer) > ANSWERS:
                raise SandboxError("its answers are too large")
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise SandboxError("what it answered is no answer") from None
        if not isinstance(record, dict):
            raise SandboxError("what it answered is no answer")
        return record

    def _watch_memory(self):
        while self.process.poll() is None:
            self.peak = max(self.peak, used := _memory(self.process.pid))
            if used > MEMORY:
                self.too_much = f"it used more than {MEMORY // 2**30} GiB of memory"
                kill(self.process)
            time.sleep(0.1)


@contextmanager
def opened():
    """Yield a :class:`Sandbox` that waits for its notebook; it is gone afterward, with all its processes."""
    with tempfile.TemporaryDirectory(prefix="grading-") as scratch:
        here = Path(scratch)
        for module in (inside, wire):
            shutil.copy(module.__file__, here)
        here.chmod(0o755)
        process = subprocess.Popen(
            command(here),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=here,
            env=environment(here),
            start_new_session=True,
        )
        try:
            yield Sandbox(process, here)
        finally:
            kill(process)
            process.stdin.close()
            process.stdout.close()


def kill(process):
    """End a sandbox with everything in it."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.kill()
    for member in family:
        with suppress(psutil.Error):
            member.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)


def is_enforced():
    """Return whether code of students is locked up here."""
    return bool(shutil.which("bwrap"))


def where(here):
    """Return the folder with the grader's files, as the code in the sandbox sees it."""
    return "/book" if is_enforced() else str(here)


def environment(here):
    """Return the environment of the sandbox: nothing of the grader's own."""
    package = Path(unstable_gradients.__file__).parent.parent
    scratch = SCRATCH if is_enforced() else str(here)
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": "/book" if is_enforced() else str(package),
        "HOME": scratch,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": f"{scratch}/.ipython",
        "JUPYTER_RUNTIME_DIR": f"{scratch}/.runtime",
        "JUPYTER_PLATFORM_DIRS": "1",
        "MPLCONFIGDIR": f"{scratch}/.matplotlib",
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    } | ({"SYSTEMROOT": os.environ["SYSTEMROOT"]} if os.name == "nt" else {})


def command(here):
    """Return the command that executes a notebook; ``here`` holds copies of the grader's files for it."""
    python = [sys.executable, f"{where(here)}/inside.py"]
    if not is_enforced():
        return python
    root = os.geteuid() == 0
    lock = ["bwrap", "--die-with-parent", "--new-session", *NAMESPACES]
    lock += [] if root else ["--unshare-user", "--uid", str(USER), "--gid", str(USER)]
    for folder in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if Path(folder).is_symlink():
            lock += ["--symlink", os.readlink(folder), folder]
        elif Path(folder).is_dir():
            lock += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"):
        lock += ["--ro-bind-try", file, file]
    for folder in _outermost({sys.prefix, sys.base_prefix, sys.exec_prefix}):
        lock += [*_parents(folder), "--ro-bind", folder, folder]
    package = Path(unstable_gradients.__file__).parent
    lock += ["--perms", "0755", "--dir", "/book", "--ro-bind", str(package), "/book/unstable_gradients"]
    for name in ("inside.py", "wire.py"):
        lock += ["--ro-bind", str(here / name), f"/book/{name}"]
    lock += ["--proc", "/proc", "--dev", "/dev"]
    lock += ["--perms", "1777", "--size", str(DISK), "--tmpfs", "/dev/shm"]
    lock += ["--perms", "1777", "--size", str(DISK), "--tmpfs", "/tmp"]
    lock += ["--perms", "1777", "--dir", SCRATCH, "--perms", "1777", "--dir", f"{SCRATCH}/.matplotlib"]
    for fonts in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):  # else it is made anew each time
        lock += ["--ro-bind", str(fonts), f"{SCRATCH}/.matplotlib/{fonts.name}"]
    lock += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH, "--cap-drop", "ALL"]
    if not root:
        return [*lock, *python]
    # Root sets up the walls and becomes nobody inside them, so that limits hold and no right is left.
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
    drop += ["--bounding-set=-all", "--inh-caps=-all"]
    return [
        *lock,
        "--cap-add",
        "CAP_SETUID",
        "--cap-add",
        "CAP_SETGID",
        "--cap-add",
        "CAP_SETPCAP",
        *drop,
        *python,
    ]


def _outermost(folders):
    """Return folders without those that lie in another one or in /usr."""
    folders = {os.path.realpath(folder) for folder in folders} | {"/usr"}
    inner = {f for f in folders for other in folders if f != other and Path(other) in Path(f).parents}
    return sorted(folders - inner - {"/usr"})


def _parents(folder):
    """Return what makes the folders above this one, so that everybody may pass through them."""
    made = []
    for parent in reversed(Path(folder).parents):
        if str(parent) != "/":
            made += ["--perms", "0755", "--dir", str(parent)]
    return made


def _memory(pid):
    """Return the memory that a process and all below it use, in bytes."""
    used = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                used += member.memory_info().rss
    return used
