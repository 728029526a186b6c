"""The chain on symbols: its gradient as the product that the book prints, and by ``sympy.diff``.

Nothing here is a formula typed by hand. The product comes from :func:`unstable_gradients.chain.backward`,
run on letters; the derivative that it is compared with comes from SymPy, run on the nested cost, which
is written out here without any help from :mod:`~unstable_gradients.chain`.
"""

import numpy as np
import sympy

from . import chain
from .activations import SIGMOID, Activation
from .elementary import exp


class sigma_prime(sympy.Function):
    """The slope of an activation about which nothing else is said."""

    def _latex(self, printer, exp=None):
        return _applied(r"\sigma'", printer._print(self.args[0]), exp)


class sigma(sympy.Function):
    """An activation about which nothing is said but the name of its slope.

    An undefined SymPy function would do, were it not for its derivative: ``Subs`` objects, which
    nobody can read and which are slow to compare.
    """

    def fdiff(self, argindex=1):
        return sigma_prime(self.args[0])

    def _latex(self, printer, exp=None):
        return _applied(r"\sigma", printer._print(self.args[0]), exp)


def _applied(function, argument, exponent):
    power = "" if exponent is None else f"^{{{exponent}}}"
    return (
        rf"{function}{power}({argument})"
        if len(argument) < 8
        else rf"{function}{power}\left({argument}\right)"
    )


ABSTRACT = Activation("sigma", value=sigma, slope=sigma_prime, largest_slope=float("nan"))
FORMS = {"nested": ABSTRACT, "explicit": SIGMOID}


class Chain:
    """The chain of ``hidden`` hidden layers of one neuron, in symbols.

    Parameters
    ----------
    hidden : int
        How many hidden layers; the chain has ``hidden + 1`` weights and biases.

    Attributes
    ----------
    x, y : Symbol
        Input and target.
    w, b : list of Symbol
        ``w[0]`` is w_1, the weight of the first layer.
    parameters : list of str
        The names of the derivatives: ``"b1", "w1", "b2", ...``.

    Raises
    ------
    ValueError
        If ``hidden`` is no whole number, or is negative.

    Notes
    -----
    Three ways to write the same gradient:

    ``"letters"``
        z_l and a_l are letters, as in Nielsen (2015), eq. 122. The letters do not commute, so that
        the factors stay in the order of the layers.
    ``"nested"``
        written out down to x, with sigma and sigma' left unnamed.
    ``"explicit"``
        written out, with the logistic function for sigma.
    """

    def __init__(self, hidden=3):
        if not isinstance(hidden, int) or isinstance(hidden, bool) or hidden < 0:
            raise ValueError(f"hidden must be a whole number of layers, 0 or more, not {hidden!r}")
        layers = range(1, hidden + 2)
        self.x, self.y = sympy.symbols("x y", real=True)
        self.w = [sympy.Symbol(f"w{l}", real=True) for l in layers]
        self.b = [sympy.Symbol(f"b{l}", real=True) for l in layers]
        self.parameters = [f"{kind}{l}" for l in layers for kind in "bw"]

    def cost(self, form="nested"):
        """Return the cost as one expression in x, y and the parameters.

        Parameters
        ----------
        form : ``"nested"`` or ``"explicit"``
        """
        sigma = _activation(form, FORMS).value
        a = self.x
        for w, b in zip(self.w, self.b):
            a = sigma(w * a + b)
        return (a - self.y) ** 2 / 2

    def gradient(self, parameter, form="letters"):
        """Return the derivative of the cost with respect to a parameter, from the backward pass.

        Parameters
        ----------
        parameter : str
            ``"b1"`` or ``"w3"``, say.
        form : ``"letters"``, ``"nested"`` or ``"explicit"``

        Raises
        ------
        ValueError
            If the chain has no such parameter, or there is no such form.
        """
        layer = self._layer(parameter)
        activation = _activation(form, {"letters": None, **FORMS})
        gradients = self._written_out(activation) if activation else self._letters()
        return (gradients.weights if parameter[0] == "w" else gradients.biases)[layer - 1]

    def gradient_by_diff(self, parameter, form="nested"):
        """Return the same derivative from ``sympy.diff`` of the nested cost, an independent path.

        Parameters and errors as for :meth:`gradient`, without the form ``"letters"``.
        """
        layer = self._layer(parameter)
        return sympy.diff(self.cost(form), (self.w if parameter[0] == "w" else self.b)[layer - 1])

    def equation(self, parameter):
        """Return ``dC/d(parameter) = the product in letters`` as a SymPy equation, for display."""
        product = self.gradient(parameter)
        return sympy.Eq(_partial(parameter), product, evaluate=False)

    def function(self, parameter):
        """Return the derivative as a NumPy function ``f(x, y, w1, ..., b1, ...)`` of arrays that broadcast."""
        function = sympy.lambdify(
            self._arguments(), self.gradient(parameter, "explicit"), modules=[{"exp": exp}, "numpy"], cse=True
        )
        # SymPy collects the denominators of all slopes in one; infinite, it is right: the slope is then 0.
        return np.errstate(over="ignore", under="ignore")(function)

    def javascript(self, parameter):
        """Return the source of the JavaScript function ``dC_db1(x, y, w1, ..., b1, ...)``, for ``"b1"``."""
        temporaries, (result,) = sympy.cse(self.gradient(parameter, "explicit"))
        lines = [f"  const {name} = {sympy.jscode(value)};" for name, value in temporaries]
        arguments = ", ".join(str(s) for s in self._arguments())
        return "\n".join(
            [f"function dC_d{parameter}({arguments}) {{", *lines, f"  return {sympy.jscode(result)};", "}"]
        )

    def _arguments(self):
        return [self.x, self.y, *self.w, *self.b]

    def _layer(self, parameter):
        if parameter not in self.parameters:
            raise ValueError(
                f"parameter must be one of {', '.join(sorted(self.parameters, key=lambda p: (p[0], int(p[1:]))))}; it is {parameter!r}"
            )
        return int(parameter[1:])

    def _written_out(self, activation):
        return chain.backward(chain.forward(self.x, self.w, self.b, activation), self.y)

    def _letters(self):
        last = len(self.w)
        w, z, a = ([sympy.Symbol(f"{kind}{l}", commutative=False) for l in range(last + 1)] for kind in "wza")
        output_slope = Activation(
            "letters", sigma, sigma_prime, float("nan"), residual=lambda z, y: _partial(f"a{last}")
        )
        trace = chain.Trace(z, [self.x, *a[1:]], [None, *map(sigma_prime, z[1:])], w[1:], output_slope)
        return chain.backward(trace, self.y)


def _activation(form, forms):
    if form not in list(forms):
        raise ValueError(f"form must be one of {', '.join(map(repr, forms))}; it is {form!r}")
    return forms[form]


def _partial(name):
    return sympy.Symbol(rf"\frac{{\partial C}}{{\partial {name[0]}_{{{name[1:]}}}}}", commutative=False)
