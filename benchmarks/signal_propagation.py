"""Hold the mean-field theory against simulated networks, and against networks that learn.

    python benchmarks/signal_propagation.py          (or: make tables)

writes book/_tables/signal_propagation.md and book/_tables/trainable_depth.md, which lesson 8
includes. It takes about five minutes.
"""

import pathlib

import numpy as np
from sklearn.datasets import load_digits

from unstable_gradients import datasets, descent, initializers, mean_field, network

TABLES = pathlib.Path(__file__).parents[1] / "book" / "_tables"
BIAS_VARIANCE = 0.05
EDGE = float(mean_field.critical_weight_variance(BIAS_VARIANCE, "tanh"))
WEIGHT_VARIANCES = (1.0, 1.4, EDGE, 2.5, 4.0)

WIDTH, RATIOS, SEEDS, INPUTS = 1000, 30, 10, 8

HIDDEN, DEPTHS, UPDATES, RATES = 100, (5, 10, 20, 40, 80), 300, (0.01, 0.03, 0.1)


def simulate(rng):
    """Return what one random network shows at every weight variance: mean squares of z_l, and ratios of delta_l's."""
    sizes = [WIDTH] * (RATIOS + 3)  # with the last hidden layer and the output
    unit = initializers.weights("lecun_normal", sizes, rng)
    noise = [rng.normal(size=WIDTH) for _ in unit]
    x, error = rng.normal(size=(2, INPUTS, WIDTH))  # drawn on its own: a - y would contain the output
    x /= np.sqrt(np.mean(x**2, axis=1, keepdims=True))
    squares, ratios = [], []
    for v_w in WEIGHT_VARIANCES:
        q = mean_field.fixed_point_variance(v_w, BIAS_VARIANCE, "tanh")
        weights, biases = [np.sqrt(v_w) * w for w in unit], [np.sqrt(BIAS_VARIANCE) * b for b in noise]
        net = network.Network(weights, biases, activation="tanh", output="identity")
        trace = network.forward(net, x * np.sqrt((q - BIAS_VARIANCE) / v_w))
        deltas = network.backward(trace, trace.a[-1] - error).deltas[:-1]
        norms = np.array([np.sum(delta**2, axis=1) for delta in deltas])
        ratios.append(norms[:-1] / norms[1:])
        squares.append([np.mean(z**2) for z in trace.z[1:-1]])
    return squares, ratios


def simulation_rows():
    found = [simulate(np.random.default_rng(seed)) for seed in range(SEEDS)]
    squares, ratios = (
        np.array(part).swapaxes(0, 1).reshape(len(WEIGHT_VARIANCES), -1) for part in zip(*found)
    )
    for v_w, z_squares, layers in zip(WEIGHT_VARIANCES, squares, ratios):
        q = float(mean_field.fixed_point_variance(v_w, BIAS_VARIANCE, "tanh"))
        chi = float(mean_field.chi(v_w, BIAS_VARIANCE, "tanh"))
        off = layers.mean() / chi - 1
        yield (
            f"| {v_w:.4g} | {q:.4f} | {z_squares.mean():.4f} | {chi:.4f} | {layers.mean():.4f} | "
            f"{100 * off:+z.1f} | {100 * layers.std() / chi:.1f} |"
        )


def accuracy(v_w, depth, rate, x, labels):
    """Return the share of right answers on the training images after training, in percent."""
    rng = np.random.default_rng(1)
    unit = initializers.weights("lecun_normal", [x.shape[1], *[HIDDEN] * depth, 10], rng)
    weights = [np.sqrt(v_w) * w for w in unit]
    biases = [np.sqrt(BIAS_VARIANCE) * rng.normal(size=len(w)) for w in unit]
    net = network.Network(weights, biases, activation="tanh", output="sigmoid", cost="cross_entropy")
    batches = descent.minibatches(len(x), 50, UPDATES * 50 // len(x), rng)
    history = descent.train(net, x, datasets.one_hot(labels, 10), rate, batches)
    answers = np.argmax(network.forward(history.network, x).a[-1], axis=1)
    return 100 * np.mean(answers == labels)


def depth_rows():
    digits = load_digits()
    x, labels = digits.data[:1000] / 16, digits.target[:1000]
    x = x - np.mean(x, axis=0)
    for v_w in WEIGHT_VARIANCES:
        depth = 6 * float(mean_field.correlation_depth(v_w, BIAS_VARIANCE, "tanh"))
        shown = f"{depth:.0f}" if np.isfinite(depth) else r"$\infty$"
        shares = [max(accuracy(v_w, L, rate, x, labels) for rate in RATES) for L in DEPTHS]
        yield f"| {v_w:.4g} | {shown} | " + " | ".join(f"{share:.0f}" for share in shares) + " |"


def write_simulation():
    write(
        "signal_propagation.md",
        [
            r"| $v_w$ | $q^*$ | mean square of $z_l$ | $\chi_1$ | mean ratio | off by, % | scatter of one layer, % |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *simulation_rows(),
            "",
            f"Width {WIDTH}, {RATIOS} ratios in each of {SEEDS} networks, {INPUTS} inputs each, "
            f"bias variance {BIAS_VARIANCE}.",
        ],
    )


def write_depths():
    write(
        "trainable_depth.md",
        [
            r"| $v_w$ | $6\,\xi_c$ | " + " | ".join(f"$L = {L}$" for L in DEPTHS) + " |",
            "| ---: | ---: |" + " ---: |" * len(DEPTHS),
            *depth_rows(),
            "",
            f"Right answers in percent, on 1000 digits that it was trained with, after {UPDATES} updates, "
            f"with the best of the learning rates {', '.join(map(str, RATES))}.",
        ],
    )


def write(name, lines):
    (TABLES / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(f"written: {(TABLES / name).relative_to(TABLES.parents[1])}")


if __name__ == "__main__":
    write_simulation()
    write_depths()
