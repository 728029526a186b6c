"""Break the chain in one place at a time, and see which independent oracles notice.

    python tests/mutation.py

Each mutant is a copy of the package with one replacement in its source. A fresh Python computes cost and gradients
with the copy; here they are held against oracles that never import the package, so none can share a mutant's
mistake. Exit status 1 if the package itself fails an oracle, or if fewer than two oracles kill a mutant.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import mpmath
import numpy as np
import sympy

SOURCE = Path(__file__).parents[1] / "src" / "unstable_gradients"
NEEDED = 2  # oracles that must kill a mutant


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    # The forward pass
    Mutant("forward: sign of the bias", "chain.py", "z.append(w * a[-1] + b)", "z.append(w * a[-1] - b)"),
    Mutant("forward: bias dropped", "chain.py", "z.append(w * a[-1] + b)", "z.append(w * a[-1])"),
    Mutant("forward: weight dropped", "chain.py", "z.append(w * a[-1] + b)", "z.append(a[-1] + b)"),
    Mutant("forward: x for a_{l-1}", "chain.py", "z.append(w * a[-1] + b)", "z.append(w * a[0] + b)"),
    Mutant("forward: sigma' for sigma", "chain.py", "activation.value(z[-1])", "activation.slope(z[-1])"),
    Mutant("forward: sigma for sigma'", "chain.py", "activation.slope(z[-1])", "activation.value(z[-1])"),
    Mutant(
        "forward: sigma'(a) for sigma'(z)", "chain.py", "activation.slope(z[-1])", "activation.slope(a[-1])"
    ),
    # The backward pass
    Mutant("backward: slope missing", "chain.py", "delta = trace.slope[l] * error", "delta = error"),
    Mutant("backward: slope one layer early", "chain.py", "trace.slope[l]", "trace.slope[max(l - 1, 1)]"),
    Mutant(
        "backward: slope one layer late",
        "chain.py",
        "trace.slope[l]",
        "(trace.slope + trace.slope[-1:])[l + 1]",
    ),
    Mutant("backward: weight missing", "chain.py", "error = trace.weights[l - 1] * delta", "error = delta"),
    Mutant("backward: weight one layer early", "chain.py", "trace.weights[l - 1]", "trace.weights[l - 2]"),
    Mutant(
        "backward: weight one layer late",
        "chain.py",
        "trace.weights[l - 1]",
        "trace.weights[l % len(trace.weights)]",
    ),
    Mutant("backward: sign of dC/da_{l-1}", "chain.py", "error = trace.weights", "error = -trace.weights"),
    Mutant("backward: a_j for a_{j-1}", "chain.py", "trace.a[l - 1] * delta", "trace.a[l] * delta"),
    Mutant("backward: dC/da for dC/dz", "chain.py", "trace.a[l - 1] * delta", "trace.a[l - 1] * error"),
    Mutant("backward: weights in reverse", "chain.py", "weights.insert(0, ", "weights.append("),
    Mutant(
        "backward: residual of layer L-1", "chain.py", "residual(trace.z[-1], y)", "residual(trace.z[-2], y)"
    ),
    Mutant("cost: half missing", "chain.py", "error * (error / 2)", "error * error"),
    Mutant("cost: square missing", "chain.py", "error * (error / 2)", "error / 2"),
    Mutant("gradients: range not checked", "chain.py", "or _stayed_in_range(trace, plain.biases)", "or True"),
    # The activations
    Mutant("sigmoid: exp(z) for exp(-z)", "activations.py", "exp(-z)", "exp(z)"),
    Mutant("sigmoid: minus for plus", "activations.py", "(1 + exp(", "(1 - exp("),
    Mutant(
        "slope: sigma(z) twice", "activations.py", "_sigmoid(z) * _sigmoid(-z),", "_sigmoid(z) * _sigmoid(z),"
    ),
    Mutant(
        "slope: s(1 - s)", "activations.py", "_sigmoid(z) * _sigmoid(-z),", "_sigmoid(z) * (1 - _sigmoid(z)),"
    ),
    Mutant("residual: y for 1 - y", "activations.py", "_sigmoid(z) * (1 - y)", "_sigmoid(z) * y"),
    Mutant("residual: plus for minus", "activations.py", "(1 - y) - _sigmoid(-z)", "(1 - y) + _sigmoid(-z)"),
    Mutant(
        "residual: a - y", "activations.py", "_sigmoid(z) * (1 - y) - _sigmoid(-z) * y", "_sigmoid(z) - y"
    ),
    Mutant("difference: plus for minus", "activations.py", "activation(z) - y", "activation(z) + y"),
    Mutant("tanh: factor of the slope", "activations.py", "4 * SIGMOID", "2 * SIGMOID"),
    Mutant("tanh: slope at z for 2z", "activations.py", "SIGMOID.slope(2 * z)", "SIGMOID.slope(z)"),
]


class Point(NamedTuple):
    x: float
    y: float
    weights: list
    biases: list
    activation: str = "sigmoid"


# No zeros, nothing repeated or symmetric: that would hide wrong factors.
GENERIC = [
    Point(0.73, 0.21, [0.94, -1.32, 1.71, -0.67], [0.16, -0.35, 0.58, 0.83]),
    Point(-1.27, 0.64, [1.85, 0.76, -2.13], [-0.42, 1.19, 0.37]),
    Point(0.73, 0.21, [0.94, -1.32, 1.71, -0.67], [0.16, -0.35, 0.58, 0.83], "tanh"),
]
# Where plain floats lose their digits: a saturated output at its target; a partial product above 1e308.
EXTREME = [
    Point(0.73, 1.0, [0.94, -1.32, 1.71, -0.67], [0.16, -0.35, 0.58, 40.3]),
    Point(0.73, 1.6e154, [0.94, -1.32, 1.71, 1.4e156], [0.16, -0.35, -360.7, 0.83]),
]

WORKER = """
import json, sys
from unstable_gradients import chain
assert chain.__file__.startswith(sys.argv[1]), f"not the copy: {chain.__file__}"
results = [chain.gradients(*point) for point in json.load(sys.stdin)]
print(json.dumps([[float(g.cost), *g.weights.tolist(), *g.biases.tolist()] for g in results]))
"""


# --- The oracles. Each takes a point and returns [C, dC/dw_1, ..., dC/dw_L, dC/db_1, ..., dC/db_L].


def cost(theta, point, exp, tanh):
    """The cost as the textbook writes it, with the functions of any library."""
    a, depth = point.x, len(point.weights)
    for l in range(depth):
        z = theta[l] * a + theta[depth + l]
        a = tanh(z) if point.activation == "tanh" else 1 / (1 + exp(-z))
    return (a - point.y) ** 2 / 2


def numpy_cost(theta, point):
    return cost(theta, point, np.exp, np.tanh)


def by_sympy(point):
    parameters = sympy.symbols(f"p:{2 * len(point.weights)}")
    numbers = dict(zip(parameters, map(sympy.Rational, point.weights + point.biases)))
    exact = point._replace(x=sympy.Rational(point.x), y=sympy.Rational(point.y))
    nested = cost(parameters, exact, sympy.exp, sympy.tanh)
    return [f.subs(numbers).evalf(30) for f in (nested, *(sympy.diff(nested, p) for p in parameters))]


def by_central_differences(point, h=6e-6):
    theta = np.array(point.weights + point.biases)
    steps = h * np.eye(len(theta))
    return [
        numpy_cost(theta, point),
        *((numpy_cost(theta + step, point) - numpy_cost(theta - step, point)) / (2 * h) for step in steps),
    ]


def by_complex_step(point, h=1e-100):
    theta = np.array(point.weights + point.biases)
    steps = 1j * h * np.eye(len(theta))
    return [numpy_cost(theta, point), *(numpy_cost(theta + step, point).imag / h for step in steps)]


def by_50_digits(point):
    """The product of factors, written out for each parameter; 210 digits, of which up to 160 cancel in s(1 - s)."""
    with mpmath.workdps(210):
        a, slopes = [mpmath.mpf(point.x)], []
        for w, b in zip(point.weights, point.biases):
            z = w * a[-1] + b
            a.append(mpmath.tanh(z) if point.activation == "tanh" else 1 / (1 + mpmath.exp(-z)))
            slopes.append(1 - a[-1] ** 2 if point.activation == "tanh" else a[-1] * (1 - a[-1]))
        depth, residual = len(slopes), a[-1] - point.y
        by_bias = [
            residual * mpmath.fprod(slopes[j:]) * mpmath.fprod(point.weights[j + 1 :]) for j in range(depth)
        ]
        return [residual**2 / 2, *(a[j] * by_bias[j] for j in range(depth)), *by_bias]


def by_jax(point):
    import jax

    jax.config.update("jax_enable_x64", True)
    value, gradient = jax.value_and_grad(cost)(
        jax.numpy.array(point.weights + point.biases), point, jax.numpy.exp, jax.numpy.tanh
    )
    return [float(value), *gradient.tolist()]


class Oracle(NamedTuple):
    name: str
    expected: list  # a row for each point
    relative: float  # allowed error, relative to the number
    absolute: float  # and that which is allowed besides

    def kills(self, rows):
        """Whether the rows of a mutant, or None for one that crashed, differ from what they should be."""
        return rows is None or any(
            not abs(got - expected) <= self.absolute + self.relative * abs(expected)
            for got_row, expected_row in zip(rows, self.expected)
            for got, expected in zip(got_row, expected_row)
        )


def oracles():
    """The oracles; those that compute in plain floats themselves see the generic points only."""
    found = [
        Oracle("sympy.diff", [by_sympy(p) for p in GENERIC + EXTREME], 1e-12, 0),
        # Truncation h**2 C'''/6 and rounding eps C/h, for h = 6e-6 and C''' of order 10
        Oracle("central differences", [by_central_differences(p) for p in GENERIC], 0, 1e-9),
        Oracle("complex step", [by_complex_step(p) for p in GENERIC], 1e-12, 0),
        Oracle("50 digits", [by_50_digits(p) for p in GENERIC + EXTREME], 1e-12, 0),
    ]
    if importlib.util.find_spec("jax"):
        found.append(Oracle("jax.grad", [by_jax(p) for p in GENERIC], 1e-12, 0))
    return found


def rows_of(mutant=None):
    """Return what a copy of the package with this mutant computes at all points; None if it crashes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / SOURCE.name
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant:
            text = (copy / mutant.file).read_text(encoding="utf-8")
            count = text.count(mutant.old)
            if count != 1:
                sys.exit(
                    f"mutant {mutant.name!r}: {mutant.old!r} occurs {count} times in {mutant.file}, not once"
                )
            (copy / mutant.file).write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-c", WORKER, str(copy)],
            input=json.dumps(GENERIC + EXTREME),
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    if "not the copy" in run.stderr:
        sys.exit(run.stderr)
    return json.loads(run.stdout) if run.returncode == 0 else None


def main():
    start = time.perf_counter()
    judges = oracles()
    names = [judge.name for judge in judges]
    rows = rows_of()
    failed = [judge.name for judge in judges if judge.kills(rows)]
    if failed:
        sys.exit(f"the package itself fails: {', '.join(failed)}")
    print(f"The package itself passes: {', '.join(names)}.\n")

    width = max(len(mutant.name) for mutant in MUTANTS)
    print(" " * width, *names, sep=" | ")
    weak = []
    for mutant in MUTANTS:
        rows = rows_of(mutant)
        killed = [judge.kills(rows) for judge in judges]
        verdicts = (("killed" if k else "survived").ljust(len(name)) for k, name in zip(killed, names))
        print(mutant.name.ljust(width), *verdicts, "" if rows else "(crashed)", sep=" | ", flush=True)
        if sum(killed) < NEEDED:
            weak.append(mutant.name)

    print(f"\n{len(MUTANTS)} mutants in {time.perf_counter() - start:.0f} s.", end=" ")
    if weak:
        print(f"Killed by fewer than {NEEDED} oracles: {'; '.join(weak)}")
        return 1
    print(f"Each was killed by at least {NEEDED} oracles.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
