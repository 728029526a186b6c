"""The run of lesson 6 in many versions: other kernels, other orders of the batches, other rates, other limits.

    python benchmarks/first_nan.py          (or: make tables; about three minutes)

writes book/_tables/first_nan_*.md, which lesson 6 includes; with names as rates, only these tables.
"""

import functools
import json
import os
import pathlib
import subprocess
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # matrices this small are slower on two cores

import numpy as np
from sklearn.datasets import make_regression

from unstable_gradients import datasets, descent, network, published

TABLES = pathlib.Path(__file__).parents[1] / "book" / "_tables"
SIZES, RATE = (10, 15, 1), 0.01
KERNELS = {  # names of OpenBLAS, with the instructions that they use
    "Prescott": "SSE3, 2004",
    "Nehalem": "SSE4.2, 2008",
    "Haswell": "AVX2 and FMA, 2013",
    "SkylakeX": "AVX-512, 2017",
}


def data():
    """Return the inputs and the targets of the published run."""
    x, y = make_regression(n_samples=1000, n_features=10, noise=0.1, random_state=42)
    return x.astype(np.float32), y.astype(np.float32)[:, None]


def net(weights, biases):
    """Return the network of the published run, or many of them."""
    return network.Network(weights, biases, activation="relu", output="identity", cost="mean_squares")


def summation():
    """Print the end of the published run and of 400 other orders of its sums, with the kernel of this process."""
    x, y = data()
    start, batches = net(*published.start(SIZES, 11)), published.batches(1000, 32, 2, 42)
    run = published.follow(start, x, y, RATE, batches)
    copied, rows = published.reordered(start, batches, 400, np.random.default_rng(1))
    many = published.follow(copied, x, y, RATE, rows)
    print(json.dumps([int(run.ends), run.means[np.isfinite(run.means)][-3:].tolist(), many.ends.tolist()]))


def kernels():
    """The table of what the kernels of OpenBLAS make of the run; those that this processor cannot run are left out."""
    rows = [
        "| kernel | instructions | NaN at | the last three means | at 48 | to 52 | to 64 | none |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for kernel, instructions in KERNELS.items():
        child = subprocess.run(
            [sys.executable, __file__, "summation"],
            env={**os.environ, "OPENBLAS_CORETYPE": kernel},
            capture_output=True,
        )
        if child.returncode:
            continue
        end, means, ends = json.loads(child.stdout)
        counts = np.histogram(ends, [1, 48, 49, 53, 65])[0].tolist()
        assert counts[0] == 0, "a NaN before update 48"
        shares = [f"{100 * n / len(ends):.0f}" for n in (*counts[1:], ends.count(0))]
        last = ", ".join(f"{mean:.3g}" for mean in means)
        rows.append(f"| {kernel} | {instructions} | {end} | {last} | {' | '.join(shares)} |")
    return rows


def batch_orders(blocks=30, copies=800, epochs=10):
    """The table of random orders of the batches, all from the published start."""
    x, y = data()
    start = net(*published.start(SIZES, 11))
    ends, jumps, deaths = [], [], []
    for block in range(blocks):
        batches = published.shuffled(1000, 32, epochs, copies, np.random.default_rng([6, block]))
        runs = published.follow(start, x, y, RATE, batches)
        ends.append(runs.ends)
        jumps.append(runs.jumps[runs.ends > 0])
        alive = runs.norms.any(axis=2)  # some gradient of some weight is not 0
        dead = ~alive[-16:].any(axis=0)
        deaths += [int(np.flatnonzero(lived)[-1]) + 2 for lived in alive[:, dead].T]
    ends, jumps = np.concatenate(ends), np.concatenate(jumps)
    lost = ends[ends > 0]
    quoted = np.percentile(lost, [0, 5, 50, 95, 100]).astype(int)
    return [
        "| orders of the batches | |",
        "| :--- | :--- |",
        f"| tried, {epochs} epochs each | {len(ends)} |",
        f"| NaN | {len(lost)} |",
        f"| of these with a jump of $10^6$ or more | {np.count_nonzero(jumps >= 1e6)} |",
        f"| smallest of their largest jumps | {np.min(jumps):.0e} |",
        f"| update of the NaN, median | {quoted[2]} |",
        f"| update of the NaN, 5 % to 95 % of them | {quoted[1]} to {quoted[3]} |",
        f"| update of the NaN, earliest and latest | {quoted[0]} and {quoted[4]} |",
        f"| NaN after update 64 | {100 * np.mean(lost > 64):.1f} % |",
        f"| every ReLU dead | {len(deaths)}, from updates {', '.join(map(str, sorted(deaths)))} on |",
        f"| finite and alive at the end | {len(ends) - len(lost) - len(deaths)} |",
    ]


def rates(copies=60, epochs=10):
    """The table of learning rates, with raw and with standardized targets; starts and batches are random."""
    x, y = data()
    standardized = datasets.standardize(y).astype(np.float32)
    rows = [
        f"| targets | learning rate | NaN, of {copies} | cost left, median |",
        "| --- | ---: | ---: | ---: |",
    ]
    tried = [("raw", y, r) for r in (0.003, 0.005, 0.0055, 0.006, 0.0065, 0.007, 0.0075, 0.008, 0.01)]
    tried += [("standardized", standardized, r) for r in (0.01, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)]
    for name, targets, rate in tried:
        rng = np.random.default_rng(5)
        start = net(*published.starts(SIZES, copies, rng))
        runs = published.follow(start, x, targets, rate, published.shuffled(1000, 32, epochs, copies, rng))
        lost = runs.ends > 0
        left = "" if lost.all() else _short(np.median(runs.costs[-32:, ~lost].mean(axis=0)) / np.var(targets))
        rows.append(f"| {name} | {rate} | {np.count_nonzero(lost)} | {left} |")
    return rows


def clipping(seeds=20, epochs=10):
    """The table of limits for clipping by norm, in units of the average norm of a run that does not blow up."""
    x, y = data()

    def start(seed):
        rng = np.random.default_rng(seed)
        weights, biases = published.starts(SIZES, 1, rng)
        return net([w[0] for w in weights], [b[0] for b in biases]), descent.minibatches(
            1000, 32, epochs, rng
        )

    first, batches = start(0)
    calm = descent.train(first, x, y, 0.005, batches)
    norms = np.sqrt(np.sum(calm.weight_norms.astype(float) ** 2 + calm.bias_norms.astype(float) ** 2, axis=1))
    average = np.mean(norms)
    rows = [
        f"| limit / average norm | NaN, of {seeds} | cost left, median |",
        "| ---: | ---: | ---: |",
    ]
    for share in (0.05, 0.1, 0.5, 1, 2, 5, 10, 100):
        clip = functools.partial(descent.clip_by_norm, limit=share * average)
        costs, lost = [], 0
        for seed in range(seeds):
            begin, batches = start(seed)
            run = descent.train(begin, x, y, RATE, batches, clip=clip)
            lost += run.divergence is not None
            costs.append(np.mean(run.costs[-32:]))
        rows.append(f"| {share} | {lost} | {_short(np.median(costs) / np.var(y))} |")
    spread = norms.reshape(epochs, 32).mean(axis=1)
    note = f"The average norm is {average:.0f}: the mean over {epochs} epochs of a run with the learning rate 0.005, in which it falls from {spread[0]:.0f} in the first epoch to {spread[-1]:.0f} in the last. The last column is the cost in epoch {epochs} as a share of the variance of the targets."
    return [*rows, "", note]


def _short(number):
    return np.format_float_positional(number, precision=2, fractional=False, trim="-")


def main():
    if sys.argv[1:] == ["summation"]:
        return summation()
    tables = {table.__name__: table for table in (kernels, batch_orders, rates, clipping)}
    for table in (tables[name] for name in sys.argv[1:] or tables):
        path = TABLES / f"first_nan_{table.__name__}.md"
        path.write_text("\n".join([*table(), ""]), encoding="utf-8")
        print(f"written: {path.relative_to(TABLES.parents[1])}")


if __name__ == "__main__":
    main()
