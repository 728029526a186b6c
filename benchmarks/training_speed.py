"""What the record of a training run costs, and how the passes compare with JAX's: ratios, measured in the same run.

    python benchmarks/training_speed.py

takes about a minute and writes benchmarks/training_speed.md.

Each round runs every contestant once, in turn, on one core, so that a slow moment of the machine
meets all of them. A ratio is that of the times in the fastest quarter of the rounds: processor time,
which does not count what other programs take away.
"""

import os

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import pathlib
import time

import jax
import jax.numpy as jnp
import numpy as np

from unstable_gradients import datasets, descent, initializers, network

jax.config.update("jax_enable_x64", True)
TABLE = pathlib.Path(__file__).with_suffix(".md")
ROUNDS, EXAMPLES, UPDATES = 25, 1000, 200


def problem(sizes, seed):
    """Return a network with its data: random inputs, random labels."""
    rng = np.random.default_rng(seed)
    weights = initializers.weights("lecun_normal", sizes, rng)
    biases = [rng.standard_normal(w.shape[0]) for w in weights]
    x = rng.standard_normal((EXAMPLES, sizes[0]))
    y = datasets.one_hot(rng.integers(sizes[-1], size=EXAMPLES), sizes[-1])
    return network.Network(weights, biases, cost="cross_entropy"), x, y


def without_record(net, x, y, rate, batches):
    """The same passes and steps as descent.train, nothing noted and nothing checked."""
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    net = network.Network(weights, biases, cost="cross_entropy")
    for rows in batches:
        g = network.gradients(net, x[rows], y[rows])
        for p, step in zip([*net.weights, *net.biases], [*g.weights, *g.biases]):
            p -= rate * step


@jax.jit
def jax_step(weights, biases, x, y, rate):
    """One update of the same network, differentiated and compiled by JAX."""

    def cost(weights, biases):
        a = x
        for w, b in zip(weights[:-1], biases[:-1]):
            a = jax.nn.sigmoid(a @ w.T + b)
        z = a @ weights[-1].T + biases[-1]
        return jnp.mean(jnp.sum(jax.nn.softplus(z) - y * z, axis=-1))

    steps = jax.grad(cost, argnums=(0, 1))(weights, biases)
    return jax.tree.map(lambda p, step: p - rate * step, (weights, biases), steps)


def with_jax(net, x, y, rate, batches):
    weights, biases = list(net.weights), list(net.biases)
    for rows in batches:
        weights, biases = jax_step(weights, biases, x[rows], y[rows], rate)
    jax.block_until_ready(weights)


def seconds(run, *arguments):
    start = time.process_time()
    run(*arguments)
    return time.process_time() - start


def ratios(sizes, batch):
    """Return recorded / not recorded, and recorded / JAX."""
    net, x, y = problem(sizes, seed=1)
    epochs = -(-UPDATES * batch // EXAMPLES)
    batches = [
        b for b in descent.minibatches(EXAMPLES, batch, epochs, np.random.default_rng(2)) if len(b) == batch
    ]
    contestants = (descent.train, without_record, with_jax)
    for run in contestants:
        run(net, x, y, 0.1, batches[:5])  # compile, and fill caches
    rounds = [[seconds(run, net, x, y, 0.1, batches) for run in contestants] for _ in range(ROUNDS)]
    recorded, plain, peer = np.quantile(rounds, 0.25, axis=0)
    return recorded / plain, recorded / peer


def main():
    lines = [
        "| layers | batch | with record / without | with record / JAX, compiled |",
        "| --- | ---: | ---: | ---: |",
    ]
    for sizes, batch in (
        ([10, 15, 10], 32),
        ([64, 30, 30, 30, 30, 10], 32),
        ([64, 30, 30, 30, 30, 10], 1000),
        ([64, 100, 100, 10], 100),
        ([784, 128, 128, 128, 10], 64),
    ):
        record, peer = ratios(sizes, batch)
        lines.append(f"| {'-'.join(map(str, sizes))} | {batch} | {record:.2f} | {peer:.2f} |")
        print(lines[-1], flush=True)
    lines += [
        "",
        f"{ROUNDS} rounds of {UPDATES} updates in double precision, on one core; NumPy {np.__version__}, "
        f"JAX {jax.__version__}.",
    ]
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(f"written: {TABLE.relative_to(TABLE.parents[1])}")


if __name__ == "__main__":
    main()
