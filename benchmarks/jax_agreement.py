"""Compare dC/db_1 of the chain with JAX and with 50-digit arithmetic, as the last neuron saturates.

    python benchmarks/jax_agreement.py          (or: make tables)

writes book/_tables/jax_agreement.md, which lesson 2 includes: lessons themselves do not need JAX.
"""

import pathlib

import jax
import mpmath
import numpy as np

from unstable_gradients import chain

TABLE = pathlib.Path(__file__).parents[1] / "book" / "_tables" / "jax_agreement.md"
X, WEIGHTS, BIASES = 0.7, (1.7, -2.3, 3.1, -1.4), (-0.6, 0.9, -1.1)  # the network of lesson 2


def jax_gradient(y, last_bias):
    """dC/db_1 by automatic differentiation of the cost, with JAX's own sigmoid, in float64."""

    def cost(first_bias):
        a = X
        for w, b in zip(WEIGHTS, (first_bias, *BIASES[1:], last_bias)):
            a = jax.nn.sigmoid(w * a + b)
        return (a - y) ** 2 / 2

    return float(jax.grad(cost)(BIASES[0]))


def true_gradient(y, last_bias):
    """dC/db_1 to 50 digits, by numerical differentiation of the nested cost at twice that precision."""
    with mpmath.workdps(200):

        def cost(first_bias):
            a = mpmath.mpf(X)
            for w, b in zip(WEIGHTS, (first_bias, *BIASES[1:], last_bias)):
                a = 1 / (1 + mpmath.exp(-(mpmath.mpf(w) * a + b)))
            return (a - mpmath.mpf(y)) ** 2 / 2

        return mpmath.diff(cost, mpmath.mpf(BIASES[0]))


def _error(value, truth):
    return "all: it returns 0" if value == 0 else f"{float(abs(value - truth) / abs(truth)):.0e}"


def main():
    jax.config.update("jax_enable_x64", True)
    trace = chain.forward(X, WEIGHTS, (*BIASES, 0.0))
    rows = []
    for y in (0.2, 1.0):
        for z in (-40, 1, 10, 20, 30, 37, 40):
            last_bias = z - float(trace.z[4])
            truth = true_gradient(y, last_bias)
            package = float(chain.gradients(X, y, WEIGHTS, (*BIASES, last_bias)).biases[0])
            errors = [_error(value, truth) for value in (package, jax_gradient(y, last_bias))]
            rows.append(f"| {y} | {z} | {mpmath.nstr(truth, 4)} | {errors[0]} | {errors[1]} |")
    TABLE.write_text(
        "\n".join(
            [
                r"| $y$ | $z_4$ | $\partial C/\partial b_1$, true | error of this package | error of JAX |",
                "| ---: | ---: | ---: | ---: | ---: |",
                *rows,
                "",
                f"Relative errors, in double precision; JAX {jax.__version__}, NumPy {np.__version__}.",
                "",
            ]
        ),
        encoding="utf-8",
    )
    print(f"written: {TABLE.relative_to(TABLE.parents[2])}")


if __name__ == "__main__":
    main()
