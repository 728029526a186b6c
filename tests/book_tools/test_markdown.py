"""Plain Markdown out of what MyST reads."""

import base64

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser

from book_tools.markdown import Markdown, Unsupported

EXTENSIONS = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]


class Page:
    """A page of a site with three more: a lesson, a page with an address, and one without."""

    headings = {"Forward"}

    def __init__(self, folder):
        self.folder = folder

    def label(self, kind, id):
        return f"{kind.capitalize()} 7"

    def equation(self, formula):
        return formula["number"]

    def title(self, docname):
        return f"The {docname}"

    def docname(self, uri):
        return uri.removesuffix(".html")

    def address(self, docname, fragment):
        return {"lesson": "lesson.ipynb", "public": f"https://example.org/public.html#{fragment}"}.get(
            docname
        )

    def file(self, uri):
        return self.folder / uri


@pytest.fixture
def markdown(tmp_path):
    return Markdown(Page(tmp_path))


@pytest.fixture
def translate(markdown):
    """Return a function that makes plain Markdown of MyST."""

    def translate(text):
        settings = {"myst_enable_extensions": EXTENSIONS, "doctitle_xform": False, "report_level": 2}
        return markdown.blocks(publish_doctree(text, parser=Parser(), settings_overrides=settings).children)

    return translate


SAME = {
    "lines": "One sentence a line.\nAnd *another*, **with** `code`.\n\nA paragraph.",
    "mathematics": "So $a_l = \\sigma(z_l)$ is\n\n$$\na + b\n$$\n\nand so on.",
    "list": "- one\n- two\n  lines",
    "nested list": "- one\n\n  1. first\n\n     - deep\n     - deeper\n\n  2. second\n\n- two",
    "list from 3": "3. three\n4. four",
    "formula in a list": "- one\n\n  $$\n  x\n  $$",
    "code": "```\nx = 1\n\ny = 2\n```",
    "code with a fence": "````\n```\n````",
    "code with backticks": "A ``a`b`` and `` `c` `` here.",
    "quotation": "> Said *he*.\n>\n> - and she",
    "links": "See [this](https://example.org/a) and <https://example.org>.",
    "rule": "Before\n\n---\n\nafter",
    "hard break": "One\\\ntwo",
    "table": "| left | $x$ | right |\n| :--- | :---: | ---: |\n| a | `b` | *c* |\n|  | 2 | 3 |",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_is_plain_stays_as_it_is(translate, text):
    assert translate(text) == text


BECOMES = {
    "admonition": (
        "```{admonition} Predict\n:class: tip\nUp,\nor down?\n\nDecide.\n```",
        "> **Predict.** Up,\n> or down?\n>\n> Decide.",
    ),
    "admonition with a formula": (
        ":::{admonition} Why?\n$$\na\n= b\n$$\n:::",
        "> **Why?**\n>\n> $$ a = b $$",
    ),
    "admonition with markup": (":::{admonition} Mind *this*\nIt is.\n:::", "> **Mind *this*.** It is."),
    "note": ("```{note}\nMind.\n```", "> **Note.** Mind."),
    "several lines of mathematics": (
        "$$\na &= b \\\\\nc &= d\n$$",
        "$$\n\\begin{aligned}a &= b \\\\\nc &= d\\end{aligned}\n$$",
    ),
    "align": (
        "\\begin{align*}\na &= b\n\\end{align*}",
        "$$\n\\begin{aligned}\na &= b\n\\end{aligned}\n$$",
    ),
    "bars in a table": (
        "```{list-table}\n* - $|w| \\|x\\|$\n  - a|b\n```",
        "|  |  |\n| --- | --- |\n| $\\vert w\\vert  \\Vert x\\Vert $ | a\\|b |",
    ),
    "label": ("(sec-a)=\nText.", "Text."),
    "comment": ("% nobody reads this\nText.", "Text."),
    "attribute": ("A [word]{.special} here.", "A word here."),
    "footnote": (
        "A word.[^a]\n\n[^a]: Explained.",
        "A word.<sup>1</sup>\n\n---\n\n<sup>1</sup> Explained.",
    ),
    "definition": ("Term\n: What it is.", "- **Term**: What it is."),
    "image elsewhere": ("![a b](https://example.org/i.png)", "![a b](https://example.org/i.png)"),
}


@pytest.mark.parametrize("text, plain", BECOMES.values(), ids=BECOMES)
def test_what_is_not_plain_becomes_so(translate, text, plain):
    assert translate(text) == plain


@pytest.mark.parametrize(
    "text",
    ["2 * 3 * 4", "a _word_", "5 $ and 6 $", "`code`", "[a](b)", "<b>", "~gone~", "&amp;", "back\\slash"]
    + ["# no heading", "- no item", "1. no item", "> no quotation", "+ no item", "==="],
)
def test_text_that_looks_like_markup_is_read_back_as_text(markdown, text):
    plain = markdown.block(nodes.paragraph("", "", nodes.Text(text)))
    assert plain != text
    again = publish_doctree(plain, parser=Parser(), settings_overrides={"myst_enable_extensions": EXTENSIONS})
    if "$" in text:  # in HTML that keeps JupyterLab from seeing mathematics
        assert plain == r"5 <span>\$</span> and 6 <span>\$</span>"
    else:
        assert again.astext() == text


@pytest.mark.parametrize("text", ["snake_case", "3 < 4", "a[0]", "-1 and +1", "3.5", "R&D", "wait: what"])
def test_text_that_only_a_machine_would_escape_is_left_alone(markdown, text):
    assert markdown.block(nodes.paragraph("", "", nodes.Text(text))) == text


def test_an_image_is_inside_the_notebook(translate, tmp_path):
    (tmp_path / "dot.svg").write_text("<svg/>")
    text = "```{figure} dot.svg\n:alt: A dot\nA *dot*.\n```"
    data = base64.b64encode(b"<svg/>").decode()
    assert translate(text) == f"![A dot](data:image/svg+xml;base64,{data})\n\n**Figure.** A *dot*."


def reference(text, uri, kind=nodes.reference, **attributes):
    return nodes.paragraph(
        "", "See ", kind("", "", nodes.Text(text), refuri=uri, internal=True, **attributes)
    )


class number_reference(nodes.reference):
    """Named as Sphinx names it."""


@pytest.mark.parametrize(
    "node, plain",
    [
        (reference("(1)", "#equation-a"), "See (1)"),
        (reference("Figure 2", "#fig-a", number_reference), "See Figure 2"),
        (reference("Forward", "#forward"), "See *Forward*"),
        (reference("above", "#forward"), "See above"),
        (reference("A lesson", "lesson.html"), "See [A lesson](lesson.ipynb)"),
        (reference("(1)", "lesson.html#equation-a"), "See (1) in [*The lesson*](lesson.ipynb)"),
        (
            reference("Figure 2", "lesson.html#fig", number_reference),
            "See Figure 2 in [*The lesson*](lesson.ipynb)",
        ),
        (reference("claims", "public.html#a"), "See [claims](https://example.org/public.html#a)"),
        (reference("notation", "private.html"), "See notation"),
        (reference("(1)", "private.html#equation-a"), "See (1) in *The private*"),
    ],
)
def test_references_can_be_read_and_followed(markdown, node, plain):
    assert markdown.block(node) == plain


def test_a_number_of_a_formula_is_shown_by_it(markdown):
    assert markdown.block(nodes.math_block("x", "x", number="3")) == "$$\nx \\tag{3}\n$$"
    formula = "\\begin{align}\na &= b\n\\end{align}"
    numbered = nodes.math_block(formula, formula, nowrap=True, number=4)
    assert markdown.block(numbered) == "$$\n\\begin{aligned}\na &= b\n\\end{aligned} \\tag{4}\n$$"


def test_a_caption_has_the_number_of_its_figure(markdown):
    figure = nodes.figure("", nodes.caption("", "A dot."), ids=["fig-dot"])
    assert markdown.caption(figure) == "**Figure 7.** A dot."


def test_code_is_named_as_every_program_names_it(markdown):
    assert markdown.block(nodes.literal_block("x", "x", language="ipython3")) == "```python\nx\n```"


def test_citations_are_text_and_remembered(markdown):
    year = nodes.reference("", "2015", refuri="../bibliography.html#id2", internal=True)
    citation = nodes.inline("", "Nielsen [", year, nodes.Text("]"), classes=["bibtex-citation"])
    assert markdown.block(nodes.paragraph("", "", citation)) == "Nielsen (2015)"
    assert markdown.cited == {"id2"}


@pytest.mark.parametrize(
    "text, named",
    [
        ("A<br>b", "raw html"),
        ("<div>b</div>", "raw html"),
        ("\\begin{alignat*}{2}\na\n\\end{alignat*}", "this formula's environment"),
        ("```{figure} https://example.org/a.png\nCaption.\n\nLegend.\n```", "a figure without a caption"),
        ("```{list-table}\n* - - a\n    - b\n```", "a cell of a table"),
        ("```{list-table}\n:header-rows: 2\n* - a\n* - b\n* - c\n```", "a table with several header rows"),
        ("```{topic} Title\nText.\n```", "the node topic"),
    ],
)
def test_what_cannot_be_translated_is_named_and_not_dropped(translate, text, named):
    with pytest.raises(Unsupported, match=f"a notebook cannot show {named}"):
        translate(text)


@pytest.mark.parametrize(
    "node, named",
    [
        (nodes.container("", nodes.paragraph("", "Boxed.")), "the node container: 'Boxed.'"),
        (nodes.math_block("a\n\nb", "a\n\nb"), "a formula with an empty line in it: 'a b'"),
        (nodes.paragraph("", "", nodes.abbreviation("", "SGD")), "the node abbreviation: 'SGD'"),
    ],
)
def test_a_node_that_cannot_be_translated_is_quoted(markdown, node, named):
    with pytest.raises(Unsupported, match=named) as raised:
        markdown.block(node)
    assert raised.value.node.astext() in node.astext()
