"""Notebooks that want points which they did not earn, or do harm: what each does, and its cells.

Every one hands in nonsense (see NONSENSE in conftest.py) before or after its attack, so an attack that pays is
one with a point. ``BEFORE`` is executed between the sheet and the answers, ``AFTER`` after them, ``CELLS`` instead.
"""

LYING = "class Lying(float):\n    {}\n"
RETURNS = "sheet.function('slope', lambda z: {0})\nsheet.function('deltas', lambda *a: {0})"

BEFORE = {
    "replaces numpy.isclose, allclose and all": "import numpy as np\nnp.isclose = np.allclose = np.all = lambda *a, **k: True",
    "replaces numpy.abs and asarray": "import numpy as np\nnp.abs = np.absolute = lambda *a: 0\nnp.asarray = lambda *a, **k: a[0]",
    "replaces sympy.simplify and equality": "import sympy\nsympy.simplify = lambda *a, **k: 0\nsympy.Basic.__eq__ = lambda *a: True\nsympy.Basic.__hash__ = lambda s: 1",
    "replaces math.isclose and isfinite": "import math\nmath.isclose = math.isfinite = lambda *a, **k: True",
    "replaces builtins": "import builtins\nbuiltins.abs = lambda *a: 0\nbuiltins.all = builtins.any = builtins.isinstance = lambda *a: True\nbuiltins.repr = lambda *a: '0'",
    "replaces open and len": "import builtins\nbuiltins.open = lambda *a, **k: 1 / 0\nbuiltins.len = lambda *a: 0",
    "replaces json": 'import json\nforged = \'{"points": 14, "marks": [{"question": "slope", "points": 14}]}\'\njson.dump = lambda o, f, **k: f.write(forged)\njson.dumps = lambda *a, **k: forged\njson.loads = lambda *a, **k: {}',
    "replaces the checks": "type(sheet).check = lambda *a, **k: None\nsheet.passed = list('abcdef')",
    "replaces the sheet": "class Sheet:\n    assignment, course, student = '02_chain_rule', 'C', 's1'\n    points = 14\n    answers = {'slope': {'points': 14}}\nsheet_ = Sheet()",
    "replaces the way to answer": "type(sheet)._record = lambda self, name, kind, value: self.answers.update({name: 14})",
    "replaces gradients of the package": "from unstable_gradients import chain, gradcheck\nchain.gradients = chain.forward = gradcheck.compare = gradcheck.complex_step = lambda *a, **k: 0",
    "replaces the comparison of formulas": "from unstable_gradients import expressions\nexpressions.agree = lambda *a: True\nexpressions.Expression.value = lambda *a: 0",
    "replaces pack and unpack": "import sys, types\nfake = types.ModuleType('wire')\nfake.pack = lambda v: 'right'\nfake.unpack = lambda v: 1\nsys.modules['wire'] = fake",
    "replaces the import system": "import builtins\nold = builtins.__import__\nbuiltins.__import__ = lambda name, *a, **k: old('sys' if name in ('json', 'wire') else name, *a, **k)",
    "traces what runs": "import sys\nsys.settrace(lambda frame, event, arg: frame.f_globals.update(True_=1) or None)",
    "forges the answers in a thread": 'import threading, time\ndef forge():\n    while True:\n        try:\n            open(\'collected.json\', \'w\').write(\'{"answers": {"slope": {"kind": "number", "value": "14", "points": 14}}}\')\n        except Exception:\n            pass\nthreading.Thread(target=forge, daemon=True).start()',
    "writes to the grader's side of the sandbox": "import os\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    for fd in (1, 2, 3):\n        try:\n            open(f'/proc/{pid}/fd/{fd}', 'w').write('{\"answers\": {}, \"points\": 14}\\n')\n        except OSError:\n            pass",
    "prints a forged record": 'print(\'{"identity": {}, "answers": {}, "points": 14}\')\nimport sys\nsys.__stdout__.write(\'{"points": 14}\\n\')',
    "writes gradebook and results": "import pathlib\nfor p in ('gradebook.csv', '../gradebook.csv', '/book/gradebook.csv', '/tmp/gradebook.csv', *map(str, OUTSIDE)):\n    try:\n        pathlib.Path(p).write_text('written by an attack')\n    except OSError:\n        pass",
    "changes the package on disk": "import unstable_gradients, pathlib\nfor f in pathlib.Path(unstable_gradients.__file__).parent.glob('*.py'):\n    try:\n        f.write_text('forged = 1')\n    except OSError:\n        pass",
    "HTML and a script in a text": "sheet.text('differences', '<script>alert(1)</script><img src=x onerror=alert(2)><b>bold</b>')",
    "calls of a network on this machine": "import socket\nreached = []\nfor host, port in (('127.0.0.1', PORT), ('localhost', PORT), ('::1', PORT)):\n    try:\n        socket.create_connection((host, port), 2).sendall(b'reached')\n        reached.append(host)\n    except OSError as error:\n        pass\nsheet.text('differences', f'reached {reached}')",
    "installs a package": "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', '--timeout', '1', '--retries', '0', 'six'], timeout=20)",
    "looks for the key": "import pathlib\nfound = []\ntops = [p for p in pathlib.Path('/').iterdir() if p.name not in ('proc', 'sys', 'usr', 'lib', 'lib64')]\nfor top in (*tops, *OUTSIDE):\n    try:\n        for p in pathlib.Path(top).rglob('*.key'):\n            found += [str(p)] * ('course key' in p.read_text(errors='replace'))\n    except OSError:\n        pass\nfor p in OUTSIDE:\n    try:\n        found.append(pathlib.Path(p).read_text())\n    except OSError:\n        pass\nsheet.text('differences', 'found ' + ' '.join(found))",
    "looks for masters": "import pathlib, sys\nfound = []\nfor top in [MASTERS, '/book', *sys.path]:\n    try:\n        found += [str(p) for p in pathlib.Path(top).rglob('*.md') if 'question(' in p.read_text(errors='replace')]\n        found += [str(p) for p in pathlib.Path(top).rglob('marking.py')]\n    except OSError:\n        pass\nsheet.text('differences', f'found {found}')",
    "looks for other submissions": "import pathlib, sys\nfound = [str(p) for top in ('/tmp', '/home', '/var', SUBMISSIONS) for p in pathlib.Path(top).rglob('*.ipynb') if sys.prefix not in str(p)]\nsheet.text('differences', f'found {found}')",
    "reads memory, arguments and environment of others": "import os\nfound = []\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    for what in ('cmdline', 'environ', 'maps'):\n        try:\n            found.append(open(f'/proc/{pid}/{what}', errors='replace').read().replace('\\0', ' '))\n        except OSError:\n            pass\nsheet.text('differences', 'found ' + ' '.join(found)[:15000])",
    "reads its own environment": "import os\nsheet.text('differences', f'found {dict(os.environ)}')",
    "becomes root": "import os, subprocess\nfor call in (lambda: os.setuid(0), lambda: os.seteuid(0), lambda: subprocess.run(['su', '-c', 'id']), lambda: os.chroot('/tmp')):\n    try:\n        call()\n    except Exception:\n        pass\nsheet.text('differences', f'uid {os.getuid()} {open(\"/proc/self/status\").read()}')",
    "mounts what it was not given": "import subprocess\nfor c in (['mount', '-t', 'tmpfs', 'x', '/mnt'], ['unshare', '-Ur', 'id'], ['mount', '-o', 'remount,rw', '/']):\n    try:\n        subprocess.run(c, timeout=5)\n    except Exception:\n        pass",
    "leaves a key for the next student": "import ctypes, platform\nlibc = ctypes.CDLL(None)\nadd = 248 if platform.machine() == 'x86_64' else 217\nsaid = [libc.syscall(add, b'user', b'answer', b'42', 2, keyring) for keyring in (-3, -4)]\nsheet.text('differences', f'keys {said}')",
    "memory that no process is charged with": "import os\nheld = []\ntry:\n    for k in range(30):\n        held.append(os.memfd_create(f'm{k}'))\n        os.write(held[-1], b'1' * 49 * 2**20)\nexcept (OSError, AttributeError):\n    pass\nsheet.text('differences', f'hidden {len(held)}')",
    "memory that waits in sockets": "import socket\nheld = []\ntry:\n    while True:\n        held.append(socket.socketpair())\n        held[-1][0].setblocking(False)\n        try:\n            while True:\n                held[-1][0].send(b'1' * 2**16)\n        except BlockingIOError:\n            pass\nexcept OSError:\n    pass\nfew = len(held) < 64\ndel held\nsheet.text('differences', f'few {few}')",
    "a disk of its own": "import os\nsaid = os.system('unshare -Urm sh -c \"mount -t tmpfs -o size=3G x /mnt && echo mounted\"')\nsheet.text('differences', f'ended with {said}')",
    "keeps every processor busy": "import subprocess\n[subprocess.Popen(['sh', '-c', 'while :; do :; done'], start_new_session=True) for _ in range(40)]\nimport time\ntime.sleep(100)",
    "stops the grader's side when the numbers come": "import os, signal, threading, time\nparent = os.getppid()\ndef stop():\n    while not os.path.exists('collected.json'):\n        time.sleep(0.001)\n    time.sleep(0.15)\n    os.kill(parent, signal.SIGSTOP)\nthreading.Thread(target=stop, daemon=True).start()",
    "a link out of its folder": "import os\ntry:\n    os.remove('collected.json')\nexcept OSError:\n    pass\nos.symlink('/etc/passwd', 'collected.json')",
}

AFTER = {
    "an answer that compares as equal": LYING.format("__eq__ = __le__ = __ge__ = lambda *a: True")
    + RETURNS.format("Lying(1)"),
    "an answer with a float of its own": "import itertools\nn = itertools.count()\nclass Lying(float):\n    def __float__(self):\n        return float(next(n))\n"
    + RETURNS.format("Lying(1)"),
    "an answer with an abs and differences of its own": LYING.format(
        "__abs__ = __sub__ = __rsub__ = __mul__ = lambda *a: Lying(0)"
    )
    + RETURNS.format("Lying(1)"),
    "an answer with an __array__ of its own": "class Lying:\n    def __array__(self, *a, **k):\n        return __import__('numpy').zeros(6)\n    def __float__(self):\n        return 0.0\n"
    + RETURNS.format("Lying()"),
    "an answer with a tolist of its own": "class Lying:\n    def tolist(self):\n        return [['right']]\n"
    + RETURNS.format("Lying()"),
    "an answer with a repr of its own": LYING.format(
        '__repr__ = __str__ = lambda *a: \'__import__("os").system("touch /tmp/x")\''
    )
    + RETURNS.format("Lying(1)"),
    "an answer that says it is another class": "class Lying:\n    __class__ = float\n    def __float__(self):\n        return 1.0\n"
    + RETURNS.format("Lying()"),
    "an array that compares as smaller": "import numpy as np\nclass Lying(np.ndarray):\n    def __le__(self, other):\n        return np.array(True)\n    __sub__ = __rsub__ = lambda s, o: np.zeros(s.shape)\n"
    + RETURNS.format("np.zeros(6).view(Lying)"),
    "an answer that differs when asked twice": "import random\n" + RETURNS.format("random.random()"),
    "an answer without end": "class Lying(list):\n    def __iter__(self):\n        while True:\n            yield 1\n"
    + RETURNS.format("Lying([1])"),
    "an answer of a million numbers": RETURNS.format("[0.0] * 10**6"),
    "an answer nested in itself": "a = []\na.append(a)\n" + RETURNS.format("a"),
    "a message with the hidden numbers": "def slope(z):\n    raise ValueError(f'hidden {z}')\nsheet.function('slope', slope)",
    "a function that exits": "import os\n" + RETURNS.format("os._exit(0)"),
    "a function that raises what ends a program": "def slope(z):\n    raise SystemExit('<b>' + 'x' * 10**6)\nsheet.function('slope', slope)\nsheet.function('deltas', lambda *a: (_ for _ in ()).throw(KeyboardInterrupt()))",
    "a function that never returns": "def slope(z):\n    while True:\n        pass\nsheet.function('slope', slope)",
    "a function that writes hidden numbers into a text": "def slope(z):\n    sheet.answers['differences'].value = f'hidden {z}'\n    sheet.text('differences', f'hidden {z}')\n    open('/tmp/hidden', 'a').write(str(z))\n    return z\nsheet.function('slope', slope)",
    "a formula that is a bomb": "sheet.expression('dC_db1', '9**9**9', [])\nsheet.answers['dC_dw3'].value = '9**9**9**9**9'",
    "a formula that is code": "sheet.answers['dC_db1'].value = '__import__(\"os\").system(\"touch /tmp/pwned\")'\nsheet.answers['dC_dw3'].value = '(lambda: 1)()'",
    "a formula with a number in base sixteen": "sheet.answers['dC_db1'].value = '0x' + 'f' * 5000",
    "a cell that is long to read": "%%writefile /dev/null\n" + "a\n" * 2**19,
    "a formula nested deeply": "sheet.answers['dC_db1'].value = '(' * 5000 + 'x' + ')' * 5000\nsheet.answers['dC_dw3'].value = '-' * 9000 + 'x'",
    "a formula that calls what it called": "sheet.answers['dC_db1'].value = 'x' + '()' * 1000\nsheet.answers['dC_dw3'].value = 'x' + '.x' * 1000",
    "a formula of a megabyte": "sheet.answers['dC_db1'].value = 'x+' * 500000 + 'x'",
    "a formula in look-alikes": "sheet.answers['dC_db1'].value = 'ｗ２*а4'\nsheet.answers['dC_dw3'].value = 'w2\\u200b*x'",
    "a number that is text": "sheet.answers['ratio'].value = 'right'",
    "a number that is a formula for a spreadsheet": "sheet.answers['ratio'].value = '=1+1'",
    "kinds that do not exist": "for a in sheet.answers.values():\n    a.kind = 'right'",
    "answers to questions that do not exist": "from unstable_gradients.homework import Answer\nsheet.answers.update({f'q{k}': Answer('number', 1) for k in range(10**5)})",
    "no answers at all": "sheet.answers = None",
    "an endless loop": "while True:\n    pass",
    "an endless loop that cannot be interrupted": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    "an endless loop in a thread": "import threading\ndef loop():\n    while True:\n        pass\n[threading.Thread(target=loop).start() for _ in range(3)]",
    "an endless loop in a destructor": "class Stays:\n    def __del__(self):\n        while True:\n            pass\nstays = Stays()\nimport atexit\natexit.register(stays.__del__)",
    "a fork bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "a memory bomb": "b = []\nwhile True:\n    b.append(bytearray(10**8))",
    "a memory bomb of many processes": "import os, time\nfor k in range(30):\n    if os.fork() == 0:\n        b = bytearray(b'1' * 10**8)\n        time.sleep(100)\n        os._exit(0)\ntime.sleep(100)",
    "a full disk": "import os\nfor folder in ('/tmp', '/dev/shm', '/dev', '/', '.'):\n    try:\n        for k in range(10**4):\n            with open(f'{folder}/full{k}', 'wb') as f:\n                f.write(b'x' * 10**7)\n    except OSError:\n        pass",
    "kills its kernel": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "kills everything": "import os, signal\ntry:\n    os.kill(1, signal.SIGKILL)\nexcept OSError:\n    pass\nos.kill(-1, signal.SIGKILL)",
    "stops its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)",
    "ends itself": "import os\nos._exit(0)",
    "exits": "exit()",
    "prints a gigabyte": "line = 'x' * 10**6\nfor k in range(1000):\n    print(line)",
    "shows a gigabyte": "from IPython.display import HTML, display\nfor k in range(100):\n    display(HTML('x' * 10**7))",
    "another assignment": "sheet.assignment = '01_descent'",
    "an assignment that is a path": "sheet.assignment = '../../../etc/passwd'",
    "the id of another student": "sheet.student = 's999999'",
    "an id that is a formula and a tag": "sheet.student = '=HYPERLINK(\"http://x\")<script>alert(3)</script>'\nsheet.course = '@SUM(1)'",
    "a pickle": "import pickle, os\nclass P:\n    def __reduce__(self):\n        return os.system, ('touch /tmp/pwned',)\nsheet.answers['ratio'].value = pickle.dumps(P())",
}

# Files that are no notebooks that somebody would write: content by name.
FILES = {
    "an empty file": b"",
    "a corrupt file": b'{"cells": [{"cell_type": "code", "sou',
    "no notebook at all": b"PK\x03\x04 this is something else \xff\xfe",
    "JSON that is no notebook": b'[1, 2, {"cells": 3}]',
    "JSON that is nested too deeply": b"[" * 100_000 + b"]" * 100_000,
    "a notebook with too many cells": b'{"nbformat": 4, "cells": ['
    + b'{"cell_type":"code","source":""},' * 50_000
    + b'{"cell_type":"code","source":""}]}',
    "a notebook with a million other things": b'{"nbformat": 4, "cells": [], "metadata": ['
    + b"{}," * 10**6
    + b"{}]}",
    "a notebook without cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}',
    "a notebook with odd cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}, 3, null]}',
    "a notebook of another age": b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [], "metadata": {}}]}',
}
