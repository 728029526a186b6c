"""Where code of students runs: without network, rights, time without end, or sight of anything else.

On Linux with bubblewrap everything is enforced. On other systems like it (Windows is none) the code still
runs in a process of its own, as a user of its own where the grader is root, with what limits the system
has; :func:`missing` says what is not enforced.
"""

import functools
import json
import os
import platform
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import psutil

import unstable_gradients

from .. import wire
from . import seccomp

USER = 61_000  # nobody's; the code of students runs as this user, or one of the next 4000, where the grader is root
PROCESSES = 50
SCRATCH = "/tmp/work"
# By names without dots: inside the walls there is no other folder to start from.
PYTHON = os.path.abspath(sys.executable)
PREFIXES = set(map(os.path.abspath, (sys.prefix, sys.base_prefix, sys.exec_prefix)))
INSIDE = [*map(Path(__file__).with_name, ("inside.py", "collect.py")), Path(wire.__file__)]
PACKAGE = Path(unstable_gradients.__file__).resolve().parent
NAMESPACES = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]


@dataclass(frozen=True)
class Limits:
    """How much one notebook may use.

    Attributes
    ----------
    seconds, cell_seconds, function_seconds : float
        For the whole notebook, for one cell of it, and for one function at all its hidden places, twice.
    memory : int
        Bytes in use, of all processes together.
    disk : int
        Bytes of each of its two scratch folders.
    answers : int
        Bytes of its answers.
    """

    seconds: float = 180
    cell_seconds: float = 60
    function_seconds: float = 20
    memory: int = 4 * 2**30
    disk: int = 200 * 2**20
    answers: int = 16 * 2**20


USUAL = Limits()
TRIAL = "from unstable_gradients.homework import Sheet\nsheet = Sheet('trial')"


ITSELF = "it ended itself, or the grader's side of it"


class SandboxError(Exception):
    """A notebook did not get to the end of its run; the message says why."""


def missing():
    """Return what is not enforced on this machine, as sentences; nothing if all is."""
    if wall() == "bubblewrap":
        unknown = f"the system calls of {platform.machine()} are not known: none is refused, and memory may be hidden"
        return [] if seccomp.program() else [unknown]
    said = [
        "bubblewrap is not here, or not allowed to work (Debian: apt-get install bubblewrap; it exists for Linux alone)",
        "code of students can reach the network, and write into folders that everybody may write into",
    ]
    if wall() == "user":
        return said
    return [
        *said,
        "it runs as the user who grades: it can read what that user can read, the key of the course among it",
        "it can end other processes of that user, start any number, and leave some behind",
    ]


def wall():
    """Return what stands between the code of students and the rest of this machine: the best of :func:`walls`."""
    return walls()[0]


@functools.cache
def walls():
    """Return what can stand there on this machine, the best first.

    That is "bubblewrap"; "user" where the grader is root and can at least become nobody; and "process".
    """
    found = ["process"]
    if os.geteuid() == 0 and shutil.which("setpriv"):
        # The first Python is still started by root: that it starts does not say that this user may start one.
        start = (
            f"import subprocess; subprocess.run([{PYTHON!r}, '-c', 'import unstable_gradients'], check=True)"
        )
        if _succeeds([*_become(USER), PYTHON, "-c", start]):
            found.insert(0, "user")
    start = ["--setenv", "PYTHONPATH", "/book", PYTHON, "-c", "import unstable_gradients"]
    if shutil.which("bwrap") and _succeeds([*_walls(USUAL, None), *start]):
        found.insert(0, "bubblewrap")
    return found


def _succeeds(command):
    try:
        environment = {"PATH": os.defpath, "PYTHONPATH": str(PACKAGE.parent)}
        return (
            subprocess.run(command, capture_output=True, timeout=60, env=environment, cwd="/").returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


class Sandbox:
    """A process that executes one notebook; use :func:`opened`.

    Attributes
    ----------
    process : Popen
    limits : Limits
    peak : int
        The most memory that it used so far, in bytes.
    too_much : str or None
        Why it was ended, if it was.
    watch : Thread
        Ends it when it uses too much of anything.
    """

    def __init__(self, process, limits):
        self.process, self.limits, self.peak = process, limits, 0
        self._start = time.monotonic()
        self.too_much = None
        self._buffer = b""
        self.watch = threading.Thread(target=self._watch, daemon=True)
        self.watch.start()

    @property
    def seconds(self):
        """How long it has been running."""
        return time.monotonic() - self._start

    def send(self, record):
        """Write a line of JSON."""
        try:
            self.process.stdin.write(json.dumps(record).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise SandboxError(self.too_much or ITSELF) from None

    def receive(self):
        """Return the next line of JSON, a dict.

        Raises
        ------
        SandboxError
            If there comes none in time, or something else.
        """
        while b"\n" not in self._buffer:
            left = self.limits.seconds - self.seconds
            with selectors.DefaultSelector() as selector:
                selector.register(self.process.stdout, selectors.EVENT_READ)
                if left <= 0 or not selector.select(left):
                    raise SandboxError(self._too_long())
            chunk = os.read(self.process.stdout.fileno(), 2**16)
            if not chunk:
                raise SandboxError(self.too_much or ITSELF)
            self._buffer += chunk
            if len(self._buffer) > self.limits.answers:
                raise SandboxError("its answers are too large")
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise SandboxError("what it answered is no answer") from None
        if not isinstance(record, dict):
            raise SandboxError("what it answered is no answer")
        return record

    def _watch(self):
        while self.process.poll() is None:
            time.sleep(0.1)  # first of all: what is killed while it is being made leaves parts behind
            memory, worked = _used(self.process.pid, self.limits.memory)
            self.peak = max(self.peak, memory)
            if memory > self.limits.memory:
                self._end(f"it used more than {self.limits.memory // 2**20} MiB of memory")
            elif worked > 1.5 * self.seconds + 10:  # the neighbors have a right to the other processors
                self._end("it kept more than one processor busy")
            elif self.seconds > self.limits.seconds:  # also if it is the grader that waits, for its ear
                self._end(self._too_long())

    def _end(self, why):
        self.too_much = why
        kill(self.process)

    def _too_long(self):
        return f"it did not end within {self.limits.seconds:g} seconds"


def check():
    """See that notebooks can be run here at all.

    Raises
    ------
    SandboxError
        If not even the simplest one runs; the message has what was said about it.
    """
    with opened(USUAL, stderr=subprocess.PIPE) as box:
        try:
            box.send(order(notebook([TRIAL]), USUAL))
            record = box.receive()
            if "answers" not in record:
                raise SandboxError(f"{record.get('problem')}, {record.get('error')}")
        except SandboxError as error:
            kill(box.process)
            said = box.process.stderr.read().decode(errors="replace").strip()
            raise SandboxError(f"no notebook can be run here: {error}\n{said[-2000:]}") from None


def notebook(sources):
    """Return code cells as a notebook: plain dicts, for nbformat's own take long to make if there are thousands."""
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}


def order(notebook, limits):
    """Return the first record that a sandbox is sent: what to execute, and for how long."""
    return {
        "notebook": notebook,
        "cell_seconds": limits.cell_seconds,
        "function_seconds": limits.function_seconds,
        "memory": limits.memory,
        # The system counts those of a user, and this one may be the grader, with many of their own.
        "processes": None if wall() == "process" else PROCESSES,
    }


@contextmanager
def opened(limits, stderr=subprocess.DEVNULL):
    """Yield a :class:`Sandbox` that waits for its notebook; it is gone afterward, with all its processes."""
    user = USER + os.getpid() % 4000  # another one for each grader that runs at the same time
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as scratch:
        here = Path(scratch)
        (here / "work").mkdir()
        for file in INSIDE:
            shutil.copyfile(file, here / file.name)
            (here / file.name).chmod(0o644)  # whatever the habits of whoever grades
        if wall() == "user":
            here.chmod(0o755)
            os.chown(here / "work", user, user)
            (here / "work").chmod(0o700)
        (here / "seccomp").write_bytes(seccomp.program() or b"")
        with (here / "seccomp").open("rb") as forbidden:
            process = subprocess.Popen(
                command(here, limits, user, forbidden.fileno()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=here / "work",
                env=environment(here),
                start_new_session=True,
                pass_fds=[forbidden.fileno()] if wall() == "bubblewrap" else [],
            )
        box = Sandbox(process, limits)
        try:
            yield box
        finally:
            kill(process, user)
            box.watch.join()
            with suppress(OSError):  # nobody is left who could read what waits in there
                process.stdin.close()
            process.stdout.close()
            if process.stderr:
                process.stderr.close()


def kill(process, user=None):
    """End a sandbox with everything in it."""
    if process.poll() is None:  # else its number may be that of another one by now
        with suppress(psutil.Error):
            for member in psutil.Process(process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    member.kill()
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    if user is not None and wall() == "user":
        for _ in range(100):  # those who ran away from their parents, and those whom they made meanwhile
            runaways = [member for member in psutil.process_iter() if _is_of(member, user)]
            for member in runaways:
                with suppress(psutil.Error):
                    member.kill()
            if not runaways:
                break


def _is_of(process, user):
    with suppress(psutil.Error):
        return process.uids().real == user and process.status() != psutil.STATUS_ZOMBIE
    return False


def where(here):
    """Return the folder with the grader's files, as the code in the sandbox sees it."""
    return "/book" if wall() == "bubblewrap" else str(here)


def environment(here):
    """Return the environment of the sandbox: nothing of the grader's own."""
    walled = wall() == "bubblewrap"
    scratch = SCRATCH if walled else f"{here}/work"
    return {
        "PATH": os.pathsep.join([str(Path(PYTHON).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": "/book" if walled else str(PACKAGE.parent),
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
    }


def command(here, limits, user, forbidden):
    """Return the command that executes a notebook.

    ``here`` holds copies of the grader's files for it, ``forbidden`` is the descriptor of the file with the filter.
    """
    python = [PYTHON, f"{where(here)}/inside.py"]
    if wall() == "bubblewrap":
        calls = ["--seccomp", str(forbidden)] if seccomp.program() else []
        return [*_walls(limits, here), *calls, *(_become(user) if os.geteuid() == 0 else []), *python]
    return [*_become(user), *python] if wall() == "user" else python


def _become(user):
    """Return the command by which root becomes a user without any right, once and for all."""
    drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
    return [*drop, "--bounding-set=-all", "--inh-caps=-all"]


def _walls(limits, here):
    """Return the command that builds the walls: what is not named here does not exist inside."""
    lock = ["bwrap", "--die-with-parent", "--new-session", *NAMESPACES]
    if os.geteuid() == 0:  # root becomes nobody inside the walls, so that limits hold and no right is left
        capabilities = [f"--cap-add CAP_{name}".split() for name in ("SETUID", "SETGID", "SETPCAP")]
        lock += ["--cap-drop", "ALL", *(word for words in capabilities for word in words)]
    else:
        lock += ["--unshare-user", "--uid", str(USER), "--gid", str(USER), "--cap-drop", "ALL"]
    for folder in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if Path(folder).is_symlink():
            lock += ["--symlink", os.readlink(folder), folder]
        elif Path(folder).is_dir():
            lock += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"):
        lock += ["--ro-bind-try", file, file]
    lock += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/dev/shm", "/tmp"):
        lock += ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", folder]
    for folder in _outermost(PREFIXES):
        lock += [*_parents(folder), "--ro-bind", folder, folder]
    for folder in sorted(PREFIXES):  # by which name Python knows itself, if a link leads there
        if os.path.realpath(folder) != folder:
            lock += [*_parents(folder), "--symlink", os.path.realpath(folder), folder]
    lock += ["--perms", "0755", "--dir", "/book", "--ro-bind", str(PACKAGE), f"/book/{PACKAGE.name}"]
    for file in INSIDE if here else ():
        lock += ["--ro-bind", str(here / file.name), f"/book/{file.name}"]
    for folder in (SCRATCH, f"{SCRATCH}/.matplotlib"):
        lock += ["--perms", "1777", "--dir", folder]
    for fonts in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):  # else it is made anew each time
        lock += ["--ro-bind", str(fonts), f"{SCRATCH}/.matplotlib/{fonts.name}"]
    return [*lock, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]


def visible():
    """Return the folders that code of students can read; what is secret must not be in one of them."""
    return ["/usr", *_outermost(PREFIXES)] if wall() == "bubblewrap" else []


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


def _used(pid, enough):
    """Return the memory that a process and all below it use, in bytes, and how long they worked, in seconds.

    Memory that they share is counted for each, unless that comes to more than enough.
    """
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        members = [process, *process.children(recursive=True)]
        memory = _sum(members, lambda member: member.memory_info().rss)
        if memory > enough:
            memory = _sum(members, lambda member: member.memory_full_info().pss) or memory
        return memory, _sum(members, lambda member: sum(member.cpu_times()[:4]))  # with those that ended
    return 0, 0.0


def _sum(members, what):
    total = 0
    for member in members:
        with suppress(psutil.Error, AttributeError):
            total += what(member)
    return total
