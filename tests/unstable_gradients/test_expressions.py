"""Formulas as text: what is read, what is refused, and which are the same."""

import time

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from unstable_gradients import chain
from unstable_gradients.expressions import Expression, ExpressionError, agree

LETTERS = ["x", "y", *(f"{n}{l}" for n in "wbza" for l in (1, 2, 3, 4))]
X, Y, W, B = 0.7, 0.2, (1.7, -2.3, 3.1, -1.4), (-0.6, 0.9, -1.1, 0.4)
HIDDEN = [
    (0.31, 0.77, (-1.2, 2.1, 0.7, 1.9), (0.5, -0.8, 1.3, -0.2)),
    (0.9, 0.4, (0.6, -1.8, 2.4, -0.9), (-1.1, 0.3, 0.2, 0.7)),
]


def at(x, y, weights, biases):
    """A value for each letter, to 60 digits."""
    with mpmath.workdps(60):
        x, y = mpmath.mpf(x), mpmath.mpf(y)
        weights, biases = ([mpmath.mpf(v) for v in values] for values in (weights, biases))
        trace = chain.forward(x, weights, biases)
    values = {"x": x, "y": y}
    for l in (1, 2, 3, 4):
        values |= {f"w{l}": weights[l - 1], f"b{l}": biases[l - 1], f"z{l}": trace.z[l], f"a{l}": trace.a[l]}
    return values


PLACES = [at(X, Y, W, B), *(at(*place) for place in HIDDEN)]


def written(form, error="(a4 - y)"):
    """The gradient of the first bias, the slopes written in some form."""
    slopes = [form.format(z=f"z{l}", a=f"a{l}") for l in (1, 2, 3, 4)]
    return f"({slopes[0]})*w2*({slopes[1]})*w3*({slopes[2]})*w4*({slopes[3]})*{error}"


def nested():
    """The same with nothing but inputs and parameters in it: what sympy.diff makes of the whole network."""
    x, y = sympy.symbols("x y")
    w, b = sympy.symbols("w1:5"), sympy.symbols("b1:5")
    a = x
    for weight, bias in zip(w, b):
        a = 1 / (1 + sympy.exp(-(weight * a + bias)))
    return str(sympy.diff((a - y) ** 2 / 2, b[0]))


EQUIVALENT = {
    "s(1 - s)": written("{a}*(1 - {a})"),
    "sigma(z) sigma(-z)": written("sigmoid({z})*sigmoid(-{z})"),
    "exponentials": written("exp(-{z})/(1 + exp(-{z}))**2"),
    "exponentials of z / 2": written("1/(exp({z}/2) + exp(-{z}/2))**2"),
    "tanh": written("(1 - tanh({z}/2)**2)/4"),
    "cosh": written("1/(4*cosh({z}/2)**2)"),
    "expanded": str(sympy.expand(sympy.sympify(written("{a}*(1 - {a})")))),
    "factored": str(sympy.factor(sympy.expand(sympy.sympify(written("{a}*(1 - {a})"))))),
    "sign moved": "-" + written("({a} - {a}**2)", "(y - a4)"),
    "the package's residual": written("{a} - {a}**2", "(sigmoid(z4)*(1 - y) - sigmoid(-z4)*y)"),
    "nested": nested(),
    "z instead of the layer above": written("{a}*(1 - {a})", "(sigmoid(w4*a3 + b4) - y)"),
}
RIGHT = EQUIVALENT["s(1 - s)"]
VISIBLE = chain.gradients(X, Y, W, B).biases[0]
NEAR_MISSES = {
    "sign": written("{a}*(1 - {a})", "(y - a4)"),
    "a slope missing": RIGHT.replace("(a4*(1 - a4))*", ""),
    "one weight too many": "w1*" + RIGHT,
    "a weight missing": RIGHT.replace("w3*", ""),
    "the weight of another layer": RIGHT.replace("w3", "w4"),
    "slope of a instead of z": RIGHT.replace("(a2*(1 - a2))", "sigmoid(a2)*sigmoid(-a2)"),
    "tanh without the halves": written("(1 - tanh({z})**2)/4"),
    "a small constant": RIGHT + " + 1e-20",
    "a relative change in the last digits": RIGHT + "*1.0000000000001",
    "the number itself": repr(float(VISIBLE)),
    "right at the visible x alone": RIGHT + f" + (x - {X})*y",
    "right at all visible numbers": RIGHT + f"*(1 + (x - {X})*(y - {Y}))",
}


@pytest.mark.parametrize("form", EQUIVALENT)
def test_equivalent_forms_agree_within_a_second(form):
    start = time.process_time()
    assert agree(Expression(EQUIVALENT[form], LETTERS), Expression(RIGHT, LETTERS), PLACES), form
    assert time.process_time() - start < 1


@pytest.mark.parametrize("form", NEAR_MISSES)
def test_near_misses_do_not_agree(form):
    start = time.process_time()
    assert not agree(Expression(NEAR_MISSES[form], LETTERS), Expression(RIGHT, LETTERS), PLACES), form
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "form", ["right at the visible x alone", "right at all visible numbers", "the number itself"]
)
def test_some_near_misses_agree_at_the_visible_numbers(form):
    """That the places which nobody knows beforehand are needed."""
    value = float(Expression(NEAR_MISSES[form], LETTERS).value(PLACES[0]))
    assert value == pytest.approx(VISIBLE, rel=1e-12)


def test_right_form_is_the_gradient_of_the_package():
    for place, numbers in zip(PLACES[1:], HIDDEN):
        expected = chain.gradients(*numbers).biases[0]
        assert float(Expression(RIGHT, LETTERS).value(place)) == pytest.approx(expected, rel=1e-12)


@given(
    st.recursive(
        st.sampled_from(["x", "y", "2", "0.5", "3.25"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda t: f"tanh({t})"),
            inner.map(lambda t: f"-{t}"),
            inner.map(lambda t: f"({t})**2"),
        ),
        max_leaves=12,
    )
)
def test_value_is_what_sympy_says(text):
    x, y = sympy.symbols("x y")
    expected = sympy.sympify(text, rational=True).subs({x: sympy.Rational(7, 8), y: sympy.Rational(-3, 4)})
    with mpmath.workdps(50):
        got = Expression(text, ["x", "y"]).value({"x": 0.875, "y": -0.75})
        assert abs(got - mpmath.mpf(sympy.N(expected, 60))) <= 1e-40 * max(1, abs(got))


REFUSED = {
    "a power of powers": ("9**9**9", "exponent of a power"),
    "a bomb": ("9**9**9**9**9", "exponent of a power"),
    "a product that grows": ("*".join(["10**900"] * 20), "no finite value"),
    "an exponential": ("exp(exp(exp(9)))", "no finite value"),
    "a huge argument": ("tanh(10**900)", "too large"),
    "a division by zero": ("1/(x - x)", "no value at one of the places"),
    "a logarithm of zero": ("log(x - x)", "no"),
    "a root of a negative number": ("sqrt(-1 - x**2)", "no real value"),
    "a call": ("__import__('os')", "function '__import__' is not known"),
    "an attribute": ("x.real", "no Attribute"),
    "a method": ("x.real()", "function 'real' is not known"),
    "a call of what was called": ("x" + "()" * 1000, "function 'None' is not known"),
    "an index": ("x[0]", "no Subscript"),
    "a list": ("[1]", "no List"),
    "a string": ("'x'", "no Constant"),
    "a boolean": ("True", "no Constant"),
    "an infinite number": ("1e999", "no Constant"),
    "an imaginary number": ("1j", "no Constant"),
    "a comparison": ("x < 1", "no Compare"),
    "a choice": ("1 if x else 2", "no IfExp"),
    "a function of one's own": ("lambda: 1", "no Lambda"),
    "an assignment": ("(x := 1)", "no NamedExpr"),
    "a loop": ("[x for x in y]", "no ListComp"),
    "two arguments": ("exp(x, 2)", "takes one argument"),
    "an argument by name": ("exp(x=1)", "takes one argument"),
    "a derivative": (
        str(sympy.Function("sigmoid")(sympy.Symbol("x")).diff()),
        "a derivative in it is not worked out",
    ),
    "a derivative at a place": (
        str(sympy.Function("sigmoid")(2 * sympy.Symbol("x")).diff()),
        "a derivative in it is not worked out",
    ),
    "an inverse beyond its range": ("acosh(x)", "no real value"),
    "an inverse at its end": ("atanh(y/2)", "no"),
    "a starred argument": ("exp(*x)", "takes one argument"),
    "another letter": ("q", "'q' is not among its letters: x, y"),
    "a Greek letter": ("σ(x)", "character 'σ'"),
    "a look-alike": ("е*x", "character 'е'"),
    "another power": ("x^2", r"with \*\*"),
    "nothing": ("", "no formula"),
    "a sentence": ("I do not know", "no formula"),
    "brackets": ("(" * 500 + "x" + ")" * 500, "no formula|too deeply"),
    "signs": ("-" * 9_000 + "x", "too deeply"),
    "a megabyte": ("x+" * 500_000 + "x", "may have 10000 characters"),
    "digits in base sixteen": ("0x" + "f" * 5000, "a number in it is too long"),
    "a zero byte": ("x\0", "no formula"),
    "digits": ("9" * 5000, "no formula"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_at_once_with_a_reason(what):
    text, reason = REFUSED[what]
    start = time.process_time()
    with pytest.raises(ExpressionError, match=reason):
        Expression(text, ["x", "y"]).value({"x": 0.5, "y": 2})
    assert time.process_time() - start < 1


def test_sum_of_many_terms():
    assert Expression("+".join(["x*y"] * 900), ["x", "y"]).value({"x": 0.5, "y": 2}) == 900


def test_numbers_and_sympy_expressions_are_formulas():
    x = sympy.Symbol("x")
    assert Expression(sympy.Rational(1, 3) * x, ["x"]).value({"x": 3}) == 1
    assert Expression(0.5, []).value({}) == 0.5
    assert str(Expression(x + 1, ["x"])) == "x + 1"


def test_inverse_functions_agree_with_their_logarithms():
    forms = {
        "asinh(y)": "log(y + sqrt(y**2 + 1))",
        "acosh(y)": "log(y + sqrt(y**2 - 1))",
        "atanh(x)": "log((1 + x)/(1 - x))/2",
    }
    for one, other in forms.items():
        assert agree(Expression(one, ["x", "y"]), Expression(other, ["x", "y"]), [{"x": 0.3, "y": 1.7}]), one


def test_zero_agrees_with_zero():
    assert agree(Expression("x - x", ["x"]), Expression("0", ["x"]), [{"x": np.float64(0.3)}])
