"""The gradient of the network, held against everything that shares no code with it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unstable_gradients import activations, chain, costs, gradcheck, initializers, network
from unstable_gradients.network import Network

jax.config.update("jax_enable_x64", True)

EPS, TINY = np.finfo(float).eps, np.finfo(float).tiny
ACTIVATIONS = list(activations.ACTIVATIONS)
STRUCTURES = {
    "plain": {},
    "batch norm": {"normalized": True},
    "shortcuts": {"shortened": True},
    "both": {"normalized": True, "shortened": True},
}
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_structure = pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)


def textbook_cost(parameters, x, y, activation, output, cost, shortcuts, epsilon=1e-5):
    """The cost as the textbooks write it, in operators alone: for arrays of NumPy, JAX and PyTorch."""
    weights, biases, gains = parameters
    a = [x]
    for l, (w, b, gain) in enumerate(zip(weights, biases, gains), start=1):
        z = a[-1] @ w.T
        if gain is not None:
            centered = z - z.mean(0)
            z = gain * centered / ((centered**2).mean(0) + epsilon) ** 0.5
        value = (activation if l < len(weights) else output)(z + b)
        a.append(value + a[shortcuts[l]] if l in shortcuts else value)
    return cost(a[-1], y)


COSTS = {
    "quadratic": lambda a, y: ((a - y) ** 2).sum(-1).mean() / 2,
    "mean_squares": lambda a, y: ((a - y) ** 2).mean(),
    "cross_entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(-1).mean(),
}
BY_JAX = {"identity": lambda z: z, "tanh": jnp.tanh, "gelu": functools.partial(jax.nn.gelu, approximate=True)}


def problem(activation, sizes, seed=1, examples=7, normalized=False, shortened=False, **options):
    """Return a network that neither vanishes nor explodes, with data for it."""
    rng = np.random.default_rng(seed)
    weights = initializers.weights("he_normal" if "relu" in activation else "lecun_normal", sizes, rng)
    biases = [0.3 * rng.standard_normal(n) for n in sizes[1:]]
    gains = None
    if normalized:  # but not the last layer, as in practice
        gains = [*(rng.uniform(0.5, 1.5, n) for n in sizes[1:-1]), None]
    hidden = len(sizes) - 2
    shortcuts = {l: l - 2 for l in range(3, hidden + 1, 2)} if shortened else {}
    net = Network(weights, biases, activation, gains=gains, shortcuts=shortcuts, **options)
    x, y = rng.standard_normal((examples, sizes[0])), rng.uniform(0.1, 0.9, (examples, sizes[-1]))
    return net, x, y


def largest_errors(net, got, expected):
    """Return, for every array of derivatives, its largest error relative to its largest number.

    A sum over the examples may cancel, as it does in a bias that batch normalization subtracts
    again: then the error is relative to the largest sum of absolute values.
    """
    errors = {}
    for name in ("weights", "biases", "gains"):
        for l, (mine, theirs) in enumerate(zip(getattr(got, name), expected[name]), start=1):
            if mine is not None:
                theirs = np.asarray(theirs)
                assert mine.shape == theirs.shape == getattr(net, name)[l - 1].shape, f"{name} of layer {l}"
                sums = np.abs(got.deltas[l - 1]).sum(axis=0) if name == "biases" else theirs
                errors[f"{name} of layer {l}"] = np.max(np.abs(mine - theirs)) / np.max(np.abs(sums))
    return errors


def assert_equal(net, got, expected, tolerance):
    assert got.cost == pytest.approx(float(expected["cost"]), rel=tolerance, abs=0), "cost"
    errors = largest_errors(net, got, expected)
    worst = max(errors, key=errors.get)
    assert errors[worst] <= tolerance, f"dC/d({worst}) is off by {errors[worst]:.1e} of its largest number"


def by_jax(net, x, y, activation):
    f, g = (BY_JAX.get(name) or getattr(jax.nn, name) for name in (activation, net.output.name))
    parameters = [
        [None if p is None else jnp.array(p) for p in ps] for ps in (net.weights, net.biases, net.gains)
    ]
    value, (weights, biases, gains) = jax.value_and_grad(textbook_cost)(
        parameters, jnp.array(x), jnp.array(y), f, g, COSTS[net.cost.name], net.shortcuts
    )
    assert value.dtype == np.float64, "JAX fell back to float32"
    return {"cost": value, "weights": weights, "biases": biases, "gains": gains}


def by_torch(torch, net, x, y, activation):
    functions = {
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        # its softplus is z itself from 20 on, wrong by 2e-9 there
        "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
        "tanh": torch.tanh,
        "gelu": functools.partial(torch.nn.functional.gelu, approximate="tanh"),
    }
    f, g = (
        functions.get(name) or getattr(torch.nn.functional, name) for name in (activation, net.output.name)
    )
    parameters = [
        [None if p is None else torch.tensor(p, requires_grad=True) for p in ps]
        for ps in (net.weights, net.biases, net.gains)
    ]
    cost = textbook_cost(
        parameters, torch.tensor(x), torch.tensor(y), f, g, COSTS[net.cost.name], net.shortcuts
    )
    cost.backward()
    weights, biases, gains = ([None if p is None else p.grad.numpy() for p in ps] for ps in parameters)
    return {"cost": cost.item(), "weights": weights, "biases": biases, "gains": gains}


# --- Against automatic differentiation


@pytest.mark.slow  # together: JAX compiles each of them
@pytest.mark.parametrize("structure", [STRUCTURES["plain"], STRUCTURES["both"]], ids=["plain", "both"])
@every_activation
def test_equal_jax(activation, structure):
    net, x, y = problem(activation, (3, 5, 5, 5, 5, 4), **structure)
    assert_equal(net, network.gradients(net, x, y), by_jax(net, x, y, activation), tolerance=1e-12)


# Below, batch norm and ReLU together let rounding grow 50,000 times; with fewer examples it would be more.


@pytest.mark.slow
@every_structure
@every_activation
def test_equal_jax_at_depth_50_and_width_128(activation, structure):
    net, x, y = problem(activation, [128] * 51, examples=128, output="identity", **structure)
    assert_equal(net, network.gradients(net, x, y), by_jax(net, x, y, activation), tolerance=1e-10)


@every_structure
@every_activation
def test_equal_pytorch_at_depth_50_and_width_128(activation, structure):
    torch = pytest.importorskip("torch")
    net, x, y = problem(activation, [128] * 51, examples=128, output="identity", **structure)
    assert_equal(net, network.gradients(net, x, y), by_torch(torch, net, x, y, activation), tolerance=1e-10)


# --- Against central differences of the cost, written out


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays if a is not None])


def by_central_differences(net, x, y, cost):
    """Return the derivatives by all weights, biases, gains and inputs, one after the other."""
    groups = (net.weights, net.biases, net.gains, [x])
    f, output = net.activation[0].value, net.output.value

    def of_theta(theta):
        parts = iter(np.split(theta, np.cumsum([p.size for ps in groups for p in ps if p is not None])))
        moved = [[None if p is None else next(parts).reshape(p.shape) for p in ps] for ps in groups]
        return textbook_cost(moved[:3], moved[3][0], y, f, output, cost, net.shortcuts, net.epsilon)

    return gradcheck.central_differences(of_theta, flat([p for ps in groups for p in ps]))


@every_structure
@pytest.mark.parametrize("cost", costs.COSTS)
@pytest.mark.parametrize("activation", ["tanh", "gelu", "elu"])
def test_equal_central_differences(activation, cost, structure):
    net, x, y = problem(activation, (2, 3, 3, 3, 3, 2), cost=cost, epsilon=0.03, **structure)
    g = network.gradients(net, x, y)
    comparison = gradcheck.compare(
        flat([*g.weights, *g.biases, *g.gains, g.inputs]), by_central_differences(net, x, y, COSTS[cost])
    )
    # Truncation h**2 C'''/6 with h = 6e-6 and C''' up to 1000: batch normalization divides by a spread below 1.
    assert np.max(comparison.absolute) < 1e-8, str(comparison)
    assert np.median(np.abs(flat(g.weights))) > 1e-4, "no test: the derivatives drown in that error"


def test_shortcuts_may_cross_and_start_at_the_input():
    net, x, y = problem("tanh", (3, 3, 3, 3, 3, 2))
    net = Network(net.weights, net.biases, "tanh", shortcuts={1: 0, 3: 0, 4: 3, np.int64(2): np.int64(1)})
    g = network.gradients(net, x, y)
    comparison = gradcheck.compare(
        flat([*g.weights, *g.biases, g.inputs]), by_central_differences(net, x, y, COSTS["quadratic"])
    )
    assert np.max(comparison.absolute) < 1e-9, str(comparison)


def test_every_layer_may_have_its_own_activation_and_the_last_its_own_gain():
    names = ["tanh", "softplus", "silu"]
    weights = initializers.weights("lecun_normal", (3, 4, 5, 3, 2), np.random.default_rng(4))
    gains = [None, np.array([0.7, 1.2, 0.8, 1.4, 0.6]), None, np.array([1.3, 0.9])]
    net = Network(weights, None, names, output="identity", cost="mean_squares", gains=gains)
    assert [a.name for a in net.activation] == names
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
    functions = [activations.get(name).value for name in names]
    waiting = iter([])

    def one_after_the_other(z):
        return next(waiting)(z)

    def of_theta(theta):
        nonlocal waiting
        waiting = iter(functions)
        parts = np.split(theta, np.cumsum([w.size for w in weights]))
        moved = [part.reshape(w.shape) for part, w in zip(parts, weights)]
        return textbook_cost(
            (moved, net.biases, gains), x, y, one_after_the_other, lambda z: z, COSTS["mean_squares"], {}
        )

    expected = gradcheck.central_differences(of_theta, flat(weights))
    comparison = gradcheck.compare(flat(network.gradients(net, x, y).weights), expected)
    assert np.max(comparison.absolute) < 1e-9, str(comparison)


# --- Width 1 is the chain


def as_network(weights, biases, activation):
    return Network(
        [np.array([[w]]) for w in weights], [np.array([b]) for b in biases], activation, output=activation
    )


sizes = st.floats(0.01, 2)
signed = sizes | sizes.map(lambda v: -v)


@every_activation
@settings(max_examples=40)
@given(
    x=signed,
    y=signed,
    layers=st.integers(1, 12).flatmap(lambda n: st.lists(st.tuples(signed, signed), min_size=n, max_size=n)),
)
def test_width_one_is_the_chain(activation, x, y, layers):
    weights, biases = zip(*layers)
    one = network.gradients(as_network(weights, biases, activation), [[x]], [[y]])
    expected = chain.gradients(x, y, weights, biases, activation)
    for name in ("cost", "weights", "biases"):
        got, true = np.array(getattr(one, name)).reshape(-1), np.ravel(getattr(expected, name))
        # Where a partial product leaves the range, the chain repeats the pass with scaled numbers.
        assert np.all(np.abs(got - true) <= 4 * EPS * np.abs(true) + 1e-290), name


def test_chain_and_network_of_width_one_equal_jax():
    x, y, weights, biases = 0.73, 0.21, [0.94, -1.32, 1.71, -0.67], [0.16, -0.35, 0.58, 0.83]
    for activation in ("sigmoid", "gelu", "elu"):
        net = as_network(weights, biases, activation)
        expected = by_jax(net, np.array([[x]]), np.array([[y]]), activation)
        of_network = network.gradients(net, [[x]], [[y]])
        of_chain = chain.gradients(x, y, weights, biases, activation)
        for l in range(4):
            for got in (of_network.weights[l].item(), of_chain.weights[l]):
                assert got == pytest.approx(expected["weights"][l].item(), rel=64 * EPS, abs=0), activation


# --- Many networks, many sets of data


@every_structure
@pytest.mark.parametrize("cost", costs.COSTS)
def test_leading_axes_equal_the_loop(cost, structure):
    rng = np.random.default_rng(7)
    one, x, y = problem("tanh", (3, 4, 4, 4, 4, 2), cost=cost, **structure)

    def many(p, *leading):
        return None if p is None else p + 0.1 * rng.standard_normal((*leading, *p.shape))

    weights = [many(w, 2, 1) for w in one.weights]
    biases = [many(b, 3) for b in one.biases]
    gains = [many(g, 2, 3) for g in one.gains]
    net = Network(weights, biases, "tanh", cost=cost, gains=gains, shortcuts=one.shortcuts)
    assert net.leading == (2, 3)
    x = many(x, 2, 1)
    together = network.gradients(net, x, y)
    assert together.cost.shape == (2, 3)
    assert together.weight_norms.shape == together.bias_norms.shape == (2, 3, 5)
    for i, j in np.ndindex(2, 3):
        alone = Network(
            [w[i, 0] for w in weights],
            [b[j] for b in biases],
            "tanh",
            cost=cost,
            gains=[None if gain is None else gain[i, j] for gain in gains],
            shortcuts=one.shortcuts,
        )
        g = network.gradients(alone, x[i, 0], y)
        assert together.cost[i, j] == pytest.approx(g.cost, rel=1e-13)
        for name in ("weights", "biases", "gains", "deltas"):
            for mine, theirs in zip(getattr(together, name), getattr(g, name)):
                if theirs is not None:
                    np.testing.assert_allclose(mine[i, j], theirs, rtol=1e-11, atol=1e-15, err_msg=name)
        np.testing.assert_allclose(together.weight_norms[i, j], g.weight_norms, rtol=1e-12)
        np.testing.assert_allclose(together.bias_norms[i, j], g.bias_norms, rtol=1e-12)


def test_many_sets_of_data_for_one_network():
    net, x, y = problem("tanh", (3, 4, 2))
    x, y = np.stack([x, -x]), np.stack([y, 1 - y])
    together = network.gradients(net, x, y)
    for k in range(2):
        g = network.gradients(net, x[k], y[k])
        np.testing.assert_allclose(together.weights[0][k], g.weights[0], rtol=1e-12)
        np.testing.assert_allclose(together.bias_norms[k], g.bias_norms, rtol=1e-12)


# --- Laws


@given(seed=st.integers(0, 2**32 - 1))
def test_the_gradient_is_the_mean_over_the_examples(seed):
    net, x, y = problem("tanh", (3, 4, 2), seed=seed, examples=5)
    g = network.gradients(net, x, y)
    alone = [network.gradients(net, x[k : k + 1], y[k : k + 1]) for k in range(5)]
    assert g.cost == pytest.approx(np.mean([a.cost for a in alone]), rel=1e-13)
    for l in range(2):
        np.testing.assert_allclose(
            g.weights[l], np.mean([a.weights[l] for a in alone], axis=0), rtol=0, atol=1e-14
        )


@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(0.1, 10))
def test_batch_norm_forgets_the_size_of_the_weights(seed, factor):
    """BN((aW)u) = BN(Wu), and dC/d(aW) = dC/dW / a: exactly so with epsilon 0 (Ioffe and Szegedy, sec. 3.3)."""
    net, x, y = problem("tanh", (3, 4, 4, 2), seed=seed, normalized=True, epsilon=0.0)
    larger = Network(
        [factor * net.weights[0], *net.weights[1:]], net.biases, "tanh", gains=net.gains, epsilon=0
    )
    g, of_larger = network.gradients(net, x, y), network.gradients(larger, x, y)
    assert of_larger.cost == pytest.approx(g.cost, rel=1e-12)
    np.testing.assert_allclose(factor * of_larger.weights[0], g.weights[0], rtol=0, atol=1e-11)


def test_a_batch_normalized_layer_has_mean_bias_and_deviation_gain():
    net, x, _ = problem("tanh", (3, 4, 4, 2), examples=50, normalized=True, epsilon=0.0)
    trace = network.forward(net, x)
    for l in (1, 2):
        np.testing.assert_allclose(np.mean(trace.z[l], axis=0), net.biases[l - 1], rtol=0, atol=1e-14)
        np.testing.assert_allclose(np.std(trace.z[l], axis=0), net.gains[l - 1], rtol=1e-12)
    assert trace.spread[3] is trace.standardized[3] is None


def test_a_trace_is_indexed_by_layer():
    net, x, _ = problem("tanh", (3, 4, 4, 4, 2), shortened=True)
    trace = network.forward(net, x)
    assert trace.z[0] is trace.slope[0] is None and trace.a[0] is x
    for l in range(1, 5):
        np.testing.assert_allclose(
            trace.z[l], trace.a[l - 1] @ net.weights[l - 1].T + net.biases[l - 1], rtol=1e-14
        )
        shortcut = trace.a[net.shortcuts[l]] if l in net.shortcuts else 0
        value = np.tanh(trace.z[l]) if l < 4 else 1 / (1 + np.exp(-trace.z[l]))
        np.testing.assert_allclose(trace.a[l], value + shortcut, rtol=1e-14)


def test_float32_in_float32_out():
    net, x, y = problem("gelu", (3, 4, 4, 2), normalized=True)
    small = Network(
        *([p.astype("f4") for p in ps] for ps in (net.weights, net.biases)),
        "gelu",
        gains=[g if g is None else g.astype("f4") for g in net.gains],
    )
    trace = network.forward(small, x.astype("f4"))
    g = network.backward(trace, y.astype("f4"))
    for array in (
        *trace.z[1:],
        *trace.a,
        *trace.slope[1:],
        *g.weights,
        *g.biases,
        *g.gains[:-1],
        *g.deltas,
        g.inputs,
        g.cost,
    ):
        assert array.dtype == np.float32
    np.testing.assert_allclose(g.weights[0], network.gradients(net, x, y).weights[0], rtol=0, atol=1e-6)


def test_whole_numbers_are_numbers():
    whole = network.gradients(Network([[[1, -2]]], [[3]]), [[2, 5]], [[1]])
    np.testing.assert_array_equal(
        whole.weights[0],
        network.gradients(Network([[[1.0, -2.0]]], [[3.0]]), [[2.0, 5.0]], [[1.0]]).weights[0],
    )


def test_biases_left_out_are_zero():
    net, x, y = problem("tanh", (3, 4, 2))
    without, zero = Network(net.weights), Network(net.weights, [np.zeros(4), np.zeros(2)])
    assert network.gradients(without, x, y).cost == network.gradients(zero, x, y).cost
    assert net.sizes == (3, 4, 2)


# --- Norms


def test_norms_are_those_of_the_gradients():
    net, x, y = problem("tanh", (3, 4, 2))
    g = network.gradients(net, x, y)
    np.testing.assert_allclose(g.weight_norms, [np.linalg.norm(w) for w in g.weights], rtol=1e-14)
    np.testing.assert_allclose(g.bias_norms, [np.linalg.norm(b) for b in g.biases], rtol=1e-14)


@pytest.mark.parametrize("leading", [(), (2,)])
@pytest.mark.parametrize("power", [-900, -520, 510, 900])
def test_norms_do_not_leave_the_range_before_the_numbers_do(power, leading):
    """A sum of squares does so at half the exponent: beyond 2**512, and below 2**-511."""
    net, x, y = problem("identity", (3, 4, 2), output="identity")
    if leading:
        net = Network([np.stack([w, w]) for w in net.weights], net.biases, "identity", output="identity")
    # The cost would overflow; its derivative does not: everything is linear in x, y and the biases.
    scale = 2.0**power
    biases = [scale * b for b in net.biases]
    moved = network.gradients(
        Network(net.weights, biases, "identity", output="identity"), scale * x, scale * y
    )
    g = network.gradients(net, x, y)
    np.testing.assert_allclose(moved.bias_norms, scale * g.bias_norms, rtol=1e-14)
    if power < 0:
        assert np.all(moved.biases[0] ** 2 < TINY), "no test: the squares are numbers"


def test_a_vanishing_gradient_keeps_its_norm_to_the_end():
    """200 sigmoid layers: down to 1e-250, and norms that equal those of numbers made large first."""
    net, x, y = problem("sigmoid", [6] * 201)
    net = Network([0.3 * w for w in net.weights], net.biases, "sigmoid")
    g = network.gradients(net, x, y)
    assert 0 < g.weight_norms[0] < 1e-170 and np.sum(g.weights[0] ** 2) == 0
    assert np.linalg.norm(g.weights[0] / g.weight_norms[0]) == pytest.approx(1, rel=1e-14)


# --- NaN, infinity and warnings


@every_structure
@every_activation
@pytest.mark.filterwarnings("error")
def test_nan_in_gives_nan_out_without_a_warning(activation, structure):
    net, x, y = problem(activation, (3, 5, 5, 5, 5, 4), **structure)
    for place in (x, y, net.weights[1], net.biases[2]):
        value, place.flat[1] = place.flat[1], np.nan
        g = network.gradients(net, x, y)
        assert np.isnan(g.cost) and np.isnan(g.weight_norms).all() and np.isnan(g.bias_norms).all()
        place.flat[1] = value


@every_structure
@every_activation
@pytest.mark.parametrize("size", [1e10, 1e150, 1e300])
@pytest.mark.filterwarnings("error")
def test_numbers_of_any_size_make_no_warning(activation, structure, size):
    net, x, y = problem(activation, (3, 5, 5, 5, 5, 4), output="identity", **structure)
    net = Network(
        [size * w for w in net.weights],
        net.biases,
        activation,
        output="identity",
        gains=net.gains,
        shortcuts=net.shortcuts,
    )
    g = network.gradients(net, size * x, size * y)
    assert g.weight_norms.shape == g.bias_norms.shape == (5,)
