"""Train Nielsen's networks on scikit-learn's digits from many starts, and record the speeds of learning.

    python benchmarks/digits_training.py          (or: make tables; about seven minutes)

writes book/_tables/digits_training.md and book/_tables/digits_escape.md, which lesson 5 includes.
"""

import pathlib

import numpy as np
from sklearn.datasets import load_digits

from unstable_gradients import datasets, descent, initializers, network

TABLES = pathlib.Path(__file__).parents[1] / "book" / "_tables"
SIZES = [64, 30, 30, 30, 30, 10]
EPOCHS, STARTS = 500, 40
LONG_EPOCHS, LONG_STARTS = 3000, 8
NIELSEN = ("8.2e-6", "2.6e-5", "1.8e-4", "9.2e-4")  # Nielsen (2015), ch. 5, after 499 epochs on MNIST

digits = load_digits()
x, labels = digits.data[:1000] / 16, digits.target[:1000]
y = datasets.one_hot(labels, 10)


def start(seed):
    """The network of lesson 5 with four hidden layers."""
    rng = np.random.default_rng(seed)
    weights = initializers.weights("lecun_normal", SIZES, rng)
    biases = [rng.normal(size=n) for n in SIZES[1:]]
    return network.Network(weights, biases, cost="cross_entropy")


def recognized(trained):
    """The share of the images for which the largest output is the right one."""
    return np.mean(np.argmax(network.forward(trained, x).a[-1], axis=1) == labels)


def plain(number):
    """A number as Nielsen prints his."""
    return f"{number:.1e}".replace("e-0", "e-")


def write(name, lines):
    path = TABLES / f"{name}.md"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(f"written: {path.relative_to(TABLES.parents[1])}")


def plateau():
    """The set-up of Nielsen: 500 epochs at rate 0.1, weight decay 5 over the number of images."""
    runs = [descent.train(start(s), x, y, 0.1, EPOCHS, weight_decay=5 / 1000) for s in range(1, STARTS + 1)]
    speeds = np.array([run.bias_norms[:, :4] for run in runs])
    shares = [recognized(run.network) for run in runs]
    rows = []
    for epoch in (0, 10, 30, 100, 499):
        medians = " | ".join(map(plain, np.median(speeds[:, epoch], axis=0)))
        ratio = np.median(speeds[:, epoch, 3] / speeds[:, epoch, 0])
        ordered = np.sum(np.all(np.diff(speeds[:, epoch], axis=1) > 0, axis=1))
        rows.append(f"| {epoch} | {medians} | {ratio:.0f} | {ordered} of {STARTS} |")
    ratio = float(NIELSEN[3]) / float(NIELSEN[0])
    rows.append(f"| 499, Nielsen's run on MNIST | {' | '.join(NIELSEN)} | {ratio:.0f} | |")
    write(
        "digits_training",
        [
            "| epochs done | layer 1 | layer 2 | layer 3 | layer 4 | layer 4 / layer 1 | speeds in the order of the layers |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            f"Medians over {STARTS} starts. After {EPOCHS} epochs the best of the networks recognizes "
            f"{100 * max(shares):.1f} % of the 1000 images it was trained on.",
        ],
    )


def escape():
    """Longer, with a rate ten times as large, without weight decay and with it."""
    rows = []
    for seed in range(1, LONG_STARTS + 1):
        run = descent.train(start(seed), x, y, 1.0, LONG_EPOCHS)
        below = np.flatnonzero(run.costs < 2)
        when, speeds = "not reached", " | | | "
        if below.size:
            when = f"{below[0]}"
            speeds = " | ".join(f"{speed:#.2g}" for speed in run.bias_norms[below[0], :4])
        decayed = descent.train(start(seed), x, y, 1.0, LONG_EPOCHS, weight_decay=5 / 1000)
        shares = [f"{100 * recognized(r.network):.1f} %" for r in (run, decayed)]
        rows.append(f"| {seed} | {when} | {speeds} | {' | '.join(shares)} |")
    write(
        "digits_escape",
        [
            "| start | epochs until the cost is below 2 | layer 1 | layer 2 | layer 3 | layer 4 "
            f"| correct after {LONG_EPOCHS} | the same, with weight decay |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *rows,
        ],
    )


if __name__ == "__main__":
    plateau()
    escape()
