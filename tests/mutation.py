"""Break the chain and the network in one place at a time, and see which independent oracles notice.

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
    Mutant("gradients: range not checked", "chain.py", "if np.all(in_range):", "if True:"),
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
    # The network
    Mutant("network: sum over the examples", "network.py", " / y.shape[-2]", ""),
    Mutant("network: slope missing", "network.py", "trace.slope[l] * errors[l]", "errors[l]"),
    Mutant("network: slope early", "network.py", "trace.slope[l] * ", "trace.slope[max(l - 1, 1)] * "),
    Mutant("network: delta for dC/du, in errors", "network.py", "+ through @", "+ delta @"),
    Mutant("network: delta for dC/du, in weights", "network.py", "through.swapaxes", "delta.swapaxes"),
    Mutant("network: dC/du for delta, in biases", "network.py", "np.sum(delta, ", "np.sum(through, "),
    Mutant("shortcut: not followed back", "network.py", "errors[m] = errors[m] + errors[l]", "pass"),
    Mutant("shortcut: with the slope", "network.py", "errors[m] + errors[l]", "errors[m] + delta"),
    Mutant("shortcut: forgotten in between", "network.py", "= errors[l - 1] + through", "= through"),
    Mutant("batch norm: fixed variance", "network.py", "centered - standardized * along", "centered"),
    Mutant(
        "batch norm: fixed mean",
        "network.py",
        "scaled_delta - np.mean(scaled_delta, axis=-2, keepdims=True)",
        "scaled_delta",
    ),
    Mutant("batch norm: gain missing", "network.py", "gain[..., None, :] * delta", "delta"),
    Mutant("batch norm: gain twice", "network.py", "np.sum(delta * stand", "np.sum(scaled_delta * stand"),
    Mutant("batch norm: no epsilon", "network.py", " + network.epsilon", ""),
    Mutant(
        "costs: slope missing",
        "costs.py",
        "activation.slope(z) * activation.residual(z, y),",
        "activation.residual(z, y),",
    ),
    Mutant("costs: sign in the entropy", "costs.py", "y * SOFTPLUS.value(-z)", "y * SOFTPLUS.value(z)"),
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


class Net(NamedTuple):
    """A network with tanh, and a sigmoid at the end; a shortcut leads over two layers to each of those named."""

    x: list
    y: list
    parameters: list  # weights, biases and gains, each a list with one entry a layer
    shortcuts: list
    cost: str
    epsilon: float = 0.1


def _network(seed, cost, gains, shortcuts, sizes=(2, 3, 3, 3, 2), examples=4):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape).tolist() for shape in zip(sizes[1:], sizes)]
    biases, gains = (
        [rng.normal(size=n).tolist() if l in ls else None for l, n in enumerate(sizes[1:], 1)]
        for ls in (range(9), gains)
    )
    x, y = rng.normal(size=(examples, sizes[0])).tolist(), rng.uniform(size=(examples, sizes[-1])).tolist()
    return Net(x, y, [weights, biases, gains], shortcuts, cost)


NETWORKS = [_network(1, "quadratic", [], [3]), _network(2, "cross_entropy", [1, 2, 3], [3])]
# Where plain floats lose their digits: a saturated output at its target; a partial product above 1e308.
EXTREME = [
    Point(0.73, 1.0, [0.94, -1.32, 1.71, -0.67], [0.16, -0.35, 0.58, 40.3]),
    Point(0.73, 1.6e154, [0.94, -1.32, 1.71, 1.4e156], [0.16, -0.35, -360.7, 0.83]),
]

WORKER = """
import json, sys
import numpy as np
from unstable_gradients import chain, network
assert chain.__file__.startswith(sys.argv[1]), f"not the copy: {chain.__file__}"
points, networks = json.load(sys.stdin)
results = [chain.gradients(*point) for point in points]
rows = [[float(g.cost), *g.weights.tolist(), *g.biases.tolist()] for g in results]
for x, y, (weights, biases, gains), shortcuts, cost, epsilon in networks:
    shortcuts = {l: l - 2 for l in shortcuts}
    net = network.Network(weights, biases, "tanh", "sigmoid", cost, gains, shortcuts, epsilon)
    g = network.gradients(net, x, y)
    arrays = [v for v in (*g.weights, *g.biases, *g.gains) if v is not None]
    rows.append([float(g.cost), *(n for v in arrays for n in v.ravel().tolist())])
print(json.dumps(rows))
"""


# --- The oracles. Each takes a point and returns [C, dC/dw_1, ..., dC/dw_L, dC/db_1, ..., dC/db_L]; those
# --- that need no more than the cost as a function take networks, too.


def cost(theta, point, exp, tanh):
    """The cost as the textbook writes it, with the functions of any library."""
    a, depth = point.x, len(point.weights)
    for l in range(depth):
        z = theta[l] * a + theta[depth + l]
        a = tanh(z) if point.activation == "tanh" else 1 / (1 + exp(-z))
    return (a - point.y) ** 2 / 2


def network_cost(theta, net, xp):
    """The same for a network, with the functions of NumPy or JAX."""
    shapes = [np.shape(p) for ps in net.parameters for p in ps if p is not None]
    parts = iter(xp.split(theta, np.cumsum([np.prod(shape) for shape in shapes])))
    shaped = (next(parts).reshape(shape) for shape in shapes)
    weights, biases, gains = ([None if p is None else next(shaped) for p in ps] for ps in net.parameters)
    a, y = [np.array(net.x)], np.array(net.y)
    for l, (w, b, gain) in enumerate(zip(weights, biases, gains), start=1):
        z = a[-1] @ w.T
        if gain is not None:
            z = z - z.mean(0)
            z = gain * z / ((z * z).mean(0) + net.epsilon) ** 0.5
        value = xp.tanh(z + b) if l < len(weights) else 1 / (1 + xp.exp(-z - b))
        a.append(value + a[l - 2] if l in net.shortcuts else value)
    if net.cost == "quadratic":
        return ((a[-1] - y) ** 2).sum() / (2 * len(y))
    return -(y * xp.log(a[-1]) + (1 - y) * xp.log(1 - a[-1])).sum() / len(y)


def cost_with(xp):
    """Return the cost as a function of all parameters and a Point or Net."""

    def of_parameters(theta, point):
        return (
            network_cost(theta, point, xp) if isinstance(point, Net) else cost(theta, point, xp.exp, xp.tanh)
        )

    return of_parameters


def flat(point):
    parameters = sum(point.parameters, []) if isinstance(point, Net) else point.weights + point.biases
    return np.concatenate([np.ravel(p) for p in parameters if p is not None])


numpy_cost = cost_with(np)


def by_sympy(point):
    parameters = sympy.symbols(f"p:{2 * len(point.weights)}")
    numbers = dict(zip(parameters, map(sympy.Rational, point.weights + point.biases)))
    exact = point._replace(x=sympy.Rational(point.x), y=sympy.Rational(point.y))
    nested = cost(parameters, exact, sympy.exp, sympy.tanh)
    return [f.subs(numbers).evalf(30) for f in (nested, *(sympy.diff(nested, p) for p in parameters))]


def by_central_differences(point, h=6e-6):
    theta = flat(point)
    steps = h * np.eye(len(theta))
    return [
        numpy_cost(theta, point),
        *((numpy_cost(theta + step, point) - numpy_cost(theta - step, point)) / (2 * h) for step in steps),
    ]


def by_complex_step(point, h=1e-100):
    theta = flat(point)
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
    value, gradient = jax.value_and_grad(cost_with(jax.numpy))(jax.numpy.array(flat(point)), point)
    return [float(value), *gradient.tolist()]


class Oracle(NamedTuple):
    name: str
    expected: list  # a row for each point and network; None for what it cannot judge
    relative: float  # allowed error, relative to the number
    absolute: float  # and that which is allowed besides

    def kills(self, rows):
        """Whether the rows of a mutant, or None for one that crashed, differ from what they should be."""
        return rows is None or any(
            not abs(got - expected) <= self.absolute + self.relative * abs(expected)
            for got_row, expected_row in zip(rows, self.expected)
            if expected_row
            for got, expected in zip(got_row, expected_row)
        )


def oracles():
    """The oracles; those that compute in plain floats themselves see the generic points only."""

    def plain(by):
        return [*map(by, GENERIC), *(None for _ in EXTREME), *map(by, NETWORKS)]

    found = [
        Oracle("sympy.diff", [by_sympy(p) for p in GENERIC + EXTREME], 1e-12, 0),
        # Truncation h**2 C'''/6 and rounding eps C/h, for h = 6e-6 and C''' of order 10
        Oracle("central differences", plain(by_central_differences), 0, 1e-9),
        Oracle("complex step", plain(by_complex_step), 1e-12, 1e-15),
        Oracle("50 digits", [by_50_digits(p) for p in GENERIC + EXTREME], 1e-12, 0),
    ]
    if importlib.util.find_spec("jax"):
        found.append(Oracle("jax.grad", plain(by_jax), 1e-12, 1e-15))
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
            input=json.dumps([GENERIC + EXTREME, NETWORKS]),
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
