"""Mathematics, typeset while the site is built.

MathJax, carried by the package sphinx-mathjax-offline, runs in QuickJS and turns each formula into a
drawing, with MathML beside it for screen readers. So a page needs neither a script nor a font nor
another host for its formulas, and nothing moves when it has loaded.
"""

import json
from importlib.metadata import distribution
from pathlib import Path

import quickjs
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)

COMPONENTS = (
    "loader",
    "core",
    "adaptors/liteDOM",
    "input/tex-full",
    "output/svg",
    "output/svg/fonts/tex",
    "a11y/assistive-mml",
)

SETUP = r"""
const {adaptors, handlers, a11y, input, output, mathjax} = MathJax._;
const dom = adaptors.liteAdaptor.liteAdaptor();
a11y['assistive-mml'].AssistiveMmlHandler(handlers.html_ts.RegisterHTMLHandler(dom));
const tex = new input.tex_ts.TeX({
  packages: ['base', 'ams', 'newcommand', 'boldsymbol', 'textmacros'],
  formatError: (jax, error) => { throw new Error(error.message); },
});
const svg = new output.svg_ts.SVG({
  font: new output.svg.fonts.tex_ts.TeXFont(), fontCache: 'none',
});
const page = mathjax.mathjax.document('', {InputJax: tex, OutputJax: svg});
const typeset = (latex, display) =>
  JSON.stringify(dom.outerHTML(page.convert(latex, {display, em: 16, ex: 8, containerWidth: 800})));
const stylesheet = () => JSON.stringify(dom.textContent(svg.styleSheet(page)));
"""


class Typesetter:
    """MathJax in an engine of its own."""

    def __init__(self):
        self._engine = quickjs.Context()
        self._engine.eval("var MathJax = {loader: {load: []}}")
        carrier = distribution("sphinx-mathjax-offline")
        for name in COMPONENTS:
            script = carrier.locate_file(f"sphinx-mathjax-offline/static/mathjax/{name}.js")
            self._engine.eval(Path(script).read_text(encoding="utf-8") + ";0")
        self._engine.eval(SETUP + ";0")
        self._done = {}

    def html(self, latex, display):
        """Return a formula as HTML; raise :class:`quickjs.JSException` if it is no LaTeX."""
        if (latex, display) not in self._done:
            self._done[latex, display] = self._call("typeset", latex, display)
        return self._done[latex, display]

    def stylesheet(self):
        """Return the rules that every formula needs."""
        return self._call("stylesheet")

    def _call(self, function, *arguments):
        return json.loads(self._engine.eval(f"{function}({', '.join(map(json.dumps, arguments))})"))


def visit_math(translator, node):
    formula = _typeset(translator, node, node.astext(), display=False)
    # The word joiner keeps a comma or a period from falling to the next line.
    translator.body.append(translator.starttag(node, "span", "", CLASS="math") + formula + "</span>\u2060")
    raise nodes.SkipNode


def visit_math_block(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    latex = node.astext()
    if not node["nowrap"] and r"\\" in latex:
        latex = rf"\begin{{split}}{latex}\end{{split}}"
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(_typeset(translator, node, latex, display=True) + "</div>\n")
    raise nodes.SkipNode


def _typeset(translator, node, latex, display):
    try:
        return translator.builder.app.typesetter.html(latex, display)
    except quickjs.JSException as error:
        LOGGER.warning("%s in the formula %s", str(error).splitlines()[0], latex, location=node)
        return f"<code>{translator.encode(latex)}</code>"


def _start(app):
    if app.builder.format != "html":
        return
    app.typesetter = Typesetter()
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / "formulas.css").write_text(app.typesetter.stylesheet(), encoding="utf-8")
    app.add_css_file("formulas.css")


def setup(app):
    app.add_html_math_renderer("svg", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", _start)
