"""The formula: in Nielsen's order, equal to sympy.diff, and the same in NumPy and in JavaScript."""

import math
import re

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf

from unstable_gradients import chain, symbolic

THREE = symbolic.Chain(hidden=3)
EPS = np.finfo(float).eps
# x, y, w1 ... w4, b1 ... b4: no zeros, nothing symmetric.
POINT = [0.73, 0.21, 0.94, -1.32, 1.71, -0.67, 0.16, -0.35, 0.58, 0.83]

each_parameter = pytest.mark.parametrize("parameter", THREE.parameters)


def number(parameter, x, y, *layers):
    """Return the derivative from chain.gradients."""
    layers = np.stack(np.broadcast_arrays(*layers), axis=-1)
    depth = layers.shape[-1] // 2
    g = chain.gradients(x, y, layers[..., :depth], layers[..., depth:])
    return (g.weights if parameter[0] == "w" else g.biases)[..., int(parameter[1:]) - 1]


# --- The formula that the page prints


PRINTED = {  # Nielsen (2015), ch. 5, eq. 122 for b1; its like for the others
    "b1": r"\sigma'(z_{1}) w_{2} \sigma'(z_{2}) w_{3} \sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "w1": r"x \sigma'(z_{1}) w_{2} \sigma'(z_{2}) w_{3} \sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "b2": r"\sigma'(z_{2}) w_{3} \sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "w2": r"a_{1} \sigma'(z_{2}) w_{3} \sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "b3": r"\sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "w3": r"a_{2} \sigma'(z_{3}) w_{4} \sigma'(z_{4})",
    "b4": r"\sigma'(z_{4})",
    "w4": r"a_{3} \sigma'(z_{4})",
}


@each_parameter
def test_product_is_printed_in_the_order_of_the_layers(parameter):
    product = rf"{PRINTED[parameter]} \frac{{\partial C}}{{\partial a_{{4}}}}"
    assert sympy.latex(THREE.gradient(parameter)) == product
    left = rf"\frac{{\partial C}}{{\partial {parameter[0]}_{{{parameter[1]}}}}}"
    assert sympy.latex(THREE.equation(parameter)) == f"{left} = {product}"


def test_abstract_activation_prints_as_sigma():
    z = sympy.Symbol("z")
    assert sympy.latex(symbolic.sigma(z) ** 2) == r"\sigma^{2}(z)"
    assert sympy.latex(symbolic.sigma_prime(z)) == r"\sigma'(z)"
    assert sympy.latex(symbolic.sigma(z + sympy.Symbol("bias"))) == r"\sigma\left(bias + z\right)"


# --- The product is the derivative


@pytest.mark.parametrize("hidden", [0, 1, 3, 5])
def test_product_equals_sympy_diff_symbol_for_symbol(hidden):
    c = symbolic.Chain(hidden)
    assert len(c.parameters) == 2 * hidden + 2
    for parameter in c.parameters:
        assert c.gradient(parameter, "nested") == c.gradient_by_diff(parameter, "nested"), parameter


@each_parameter
def test_explicit_form_equals_sympy_diff_to_50_digits(parameter):
    arguments = [THREE.x, THREE.y, *THREE.w, *THREE.b]
    both = [THREE.gradient(parameter, "explicit"), THREE.gradient_by_diff(parameter, "explicit")]
    f = sympy.lambdify(arguments, both, "mpmath")
    with mpmath.workdps(60):
        product, by_diff = f(*map(mpf, POINT))
        assert abs(product / by_diff - 1) < mpf(10) ** -50


def test_parameters_are_named_layer_by_layer():
    assert symbolic.Chain(hidden=1).parameters == ["b1", "w1", "b2", "w2"]
    assert [str(s) for s in (*THREE.w, *THREE.b)] == ["w1", "w2", "w3", "w4", "b1", "b2", "b3", "b4"]


# --- As functions


@each_parameter
def test_function_equals_the_chain_in_numbers(parameter):
    # A dozen operations, each rounded once, in another order than in the chain.
    assert THREE.function(parameter)(*POINT) == pytest.approx(number(parameter, *POINT), rel=16 * EPS, abs=0)


@each_parameter
def test_function_takes_arrays_that_broadcast(parameter):
    rng = np.random.default_rng(6)
    arguments = [rng.normal(size=(3, 1)), *rng.normal(size=(9, 5))]
    got = THREE.function(parameter)(*arguments)
    assert got.shape == (3, 5)
    # Where two terms nearly cancel, in z or in a_4 - y, the last bits of both forms may differ.
    np.testing.assert_allclose(got, number(parameter, *arguments), rtol=1e-13)


@each_parameter
@pytest.mark.filterwarnings("error")
def test_function_is_right_without_warnings_far_in_saturation(parameter):
    f = THREE.function(parameter)
    x, y, w, b = 0.73, 0.21, [1.0, 2.0, 3.0, -4.0], [0.16, -0.35, 0.58, 0.83]
    for size in (1e2, 3e2, 1e3, 1e4):
        for layer in range(4):
            for sign in (-1, 1):
                biases = [sign * size if l == layer else v for l, v in enumerate(b)]
                expected = number(parameter, x, y, *w, *biases)
                assert f(x, y, *w, *biases) == pytest.approx(expected, rel=16 * EPS, abs=1e-300), biases
        # Saturated in every layer, the denominators of the slopes overflow together.
        assert f(x, y, *w, size, size, size, size) == pytest.approx(
            number(parameter, x, y, *w, size, size, size, size), rel=16 * EPS, abs=1e-300
        )


def python_from(source):
    """Return the function that the JavaScript text defines: its syntax is rewritten, its arithmetic left alone."""
    name = re.search(r"function (\w+)", source)[1]
    source = re.sub(r"function (.*) \{", r"def \1:", source)
    source = source.replace("const ", "").replace("Math.", "math.").replace(";", "").rstrip("}\n")
    defined = {"math": math}
    exec(source, defined)
    return name, defined[name]


@pytest.mark.parametrize("hidden", [0, 3])
def test_javascript_equals_the_chain_in_numbers(hidden):
    c = symbolic.Chain(hidden)
    point = POINT[: 2 + hidden + 1] + POINT[6 : 6 + hidden + 1]
    for parameter in c.parameters:
        name, f = python_from(c.javascript(parameter))
        assert name == f"dC_d{parameter}"
        assert f(*point) == pytest.approx(number(parameter, *point), rel=16 * EPS, abs=0), parameter


def test_javascript_uses_nothing_but_arithmetic_and_exp():
    source = THREE.javascript("b1")
    assert source.startswith("function dC_db1(x, y, w1, w2, w3, w4, b1, b2, b3, b4) {\n")
    assert set(re.findall(r"Math\.\w+", source)) == {"Math.exp"}


# --- Bad input


@pytest.mark.parametrize("hidden", [-1, 2.0, True, "3", None])
def test_number_of_hidden_layers_must_be_a_whole_number(hidden):
    with pytest.raises(
        ValueError, match=f"hidden must be a whole number of layers, 0 or more, not {hidden!r}"
    ):
        symbolic.Chain(hidden)


CALLS = [
    THREE.gradient,
    THREE.gradient_by_diff,
    THREE.equation,
    THREE.function,
    THREE.javascript,
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
@pytest.mark.parametrize("parameter", ["b5", "w0", "z1", "b", "", None, 1, "b1 "])
def test_an_unknown_parameter_is_told_which_there_are(call, parameter):
    message = f"parameter must be one of b1, b2, b3, b4, w1, w2, w3, w4; it is {parameter!r}"
    with pytest.raises(ValueError, match=message):
        call(parameter)


@pytest.mark.parametrize("form", ["implicit", "", None, ["nested"]])
def test_an_unknown_form_is_told_which_there_are(form):
    written_out = re.escape(f"form must be one of 'nested', 'explicit'; it is {form!r}")
    with pytest.raises(ValueError, match=written_out):
        THREE.cost(form)
    with pytest.raises(ValueError, match=written_out):
        THREE.gradient_by_diff("b1", form)
    with pytest.raises(
        ValueError, match=re.escape(f"form must be one of 'letters', 'nested', 'explicit'; it is {form!r}")
    ):
        THREE.gradient("b1", form)


def test_cost_and_diff_have_no_form_in_letters():
    with pytest.raises(ValueError, match="form must be one of 'nested', 'explicit'; it is 'letters'"):
        THREE.cost("letters")
