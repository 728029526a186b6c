r"""Plain Markdown out of a page that Sphinx has read: what any Jupyter, VS Code and Colab show.

By then Sphinx has put in the numbers, the citations and the text of references, the same as on the site.
Each kind of node has a method here, named after it. What has none raises :class:`Unsupported`, so that
nothing disappears from a notebook unseen.
"""

import base64
import mimetypes
import re
import textwrap

from docutils import nodes

# What Markdown or a Jupyter would take for markup: inside a line, and at the start of one.
MARKUP = re.compile(r"[\\`*$~]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?])|&(?=#?\w+;)|\[(?=[^\]]*\][(\[:])")
LINE_START = re.compile(r"^(?:[#>+=-]+(?=\s|$)|(\d+)(?=[.)]\s))", re.MULTILINE)
ALIGNMENTS = {"text-left": ":---", "text-center": ":---:", "text-right": "---:"}
LANGUAGES = {"ipython3": "python", "none": "", "default": ""}
ENVIRONMENTS = {"equation": None, "align": "aligned", "gather": "gathered"}  # numbered: not numbered


class Unsupported(Exception):
    """A page says something that has no translation; ``node`` knows where."""

    def __init__(self, node, what=None):
        name = node.__class__.__name__
        text = " ".join(node.astext().split())
        super().__init__(
            f"a notebook cannot show {what or f'the node {name}'}: {textwrap.shorten(text, 60)!r}"
        )
        self.node = node


class Markdown:
    """Translates the nodes of one page.

    Parameters
    ----------
    page : object
        Where things are: ``label(kind, id)`` of a figure or table, such as "Figure 2"; ``equation(node)``,
        the number of a formula; ``title(docname)``; ``address(docname, fragment)``, or None where there is
        none; ``docname(uri)`` that a link leads to; ``file(uri)`` of an image; and ``headings``, the titles
        of the page's own sections.

    Attributes
    ----------
    cited : set of str
        The ids of the bibliography's entries that the translated text refers to.
    """

    def __init__(self, page):
        self.page = page
        self.cited = set()
        self._quoted = self._in_table = False

    def blocks(self, children):
        """Return paragraphs, lists, formulas ... one after the other."""
        return "\n\n".join(filter(None, map(self.block, children)))

    def block(self, node):
        """Return what stands on lines of its own."""
        return self._translated("block", node)

    def inline(self, node):
        """Return what is inside a node, as part of a line."""
        return "".join(self._translated("inline", child) for child in node.children)

    def _translated(self, where, node):
        method = getattr(self, f"_{where}_{node.__class__.__name__}", None)
        if method is None:
            raise Unsupported(node)
        return method(node)

    # Text

    def _block_paragraph(self, node):
        return LINE_START.sub(lambda m: f"{m[1]}\\" if m[1] else f"\\{m[0]}", self.inline(node))

    def _inline_Text(self, node):
        return _escaped(str(node))

    def _inline_emphasis(self, node):
        return f"*{self.inline(node)}*"

    def _inline_strong(self, node):
        return f"**{self.inline(node)}**"

    def _inline_superscript(self, node):
        return f"<sup>{self.inline(node)}</sup>"

    def _inline_subscript(self, node):
        return f"<sub>{self.inline(node)}</sub>"

    def _inline_literal(self, node):
        text = node.astext()
        fence = _fence(text, "`")
        space = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{fence}{space}{text}{space}{fence}"

    def _inline_inline(self, node):
        if "bibtex-citation" not in node["classes"]:
            return self.inline(node)
        text = ""
        for child in node.children:
            if isinstance(child, nodes.reference):
                self.cited.add(child["refuri"].partition("#")[2])
                text += self.inline(child)
            else:
                text += child.astext().translate(str.maketrans("[]", "()"))
        return text

    def _inline_raw(self, node):
        breaks = {"html": "<br />", "latex": "\\\\"}  # the two forms of one backslash at the end of a line
        if breaks.get(node["format"]) != node.astext().strip():
            raise Unsupported(node, f"raw {node['format']}")
        return "\\\n" if node["format"] == "html" else ""

    # References

    def _inline_reference(self, node):
        text = self.inline(node)
        uri, _, fragment = node.get("refuri", "").partition("#")
        if uri and not node.get("internal"):
            uri = node["refuri"]
            return f"<{uri}>" if node.astext() == uri else f"[{text}]({_link(uri)})"
        if not uri:  # to this page
            return f"*{text}*" if node.astext() in self.page.headings else text
        docname = self.page.docname(uri)
        address = self.page.address(docname, fragment)
        if _is_number(node, fragment):
            title = f"*{self.page.title(docname)}*"
            return f"{text} in {f'[{title}]({_link(address)})' if address else title}"
        return f"[{text}]({_link(address)})" if address else text

    _inline_number_reference = _inline_reference

    def _inline_footnote_reference(self, node):
        return f"<sup>{node.astext()}</sup>"

    def _block_footnote(self, node):
        label, *content = node.children
        return f"<sup>{label.astext()}</sup> {self.blocks(content)}"

    # Mathematics

    def _inline_math(self, node):
        formula = " ".join(node.astext().split())
        if self._in_table:  # where a "|" would end the cell
            formula = formula.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        return f"${formula}$"

    def _block_math_block(self, node):
        r"""Return the formula with its number, ``\tag{1}``, if it has one.

        In a quotation it stands on one line: JupyterLab would take the ">" of the next for mathematics.
        """
        formula = node.astext().strip()
        if "\n\n" in formula:
            raise Unsupported(node, "a formula with an empty line in it")
        if node.get("nowrap"):
            formula = _unnumbered(node, formula)
        elif r"\\" in formula:
            formula = rf"\begin{{aligned}}{formula}\end{{aligned}}"
        if node.get("number"):
            formula += rf" \tag{{{self.page.equation(node)}}}"
        lines = ["$$", *formula.splitlines(), "$$"]
        return " ".join(lines) if self._quoted else "\n".join(lines)

    # Code

    def _block_literal_block(self, node):
        text = node.astext().rstrip("\n")
        fence = _fence(text, "```")
        language = node.get("language", "none")
        return f"{fence}{LANGUAGES.get(language, language)}\n{text}\n{fence}"

    # Lists

    def _block_bullet_list(self, node):
        return self._items(node, ["- "] * len(node))

    def _block_enumerated_list(self, node):
        start = node.get("start", 1)
        return self._items(node, [f"{number}. " for number in range(start, start + len(node))])

    def _block_definition_list(self, node):
        items = []
        for item in node.children:
            term, definition = item.children
            items.append(f"**{self.inline(term)}**: {self.blocks(definition.children)}")
        return "\n".join(_hanging("- ", item) for item in items)

    def _items(self, node, markers):
        items = [_hanging(marker, self.blocks(item.children)) for marker, item in zip(markers, node.children)]
        return ("\n" if all(len(item) == 1 for item in node.children) else "\n\n").join(items)

    # Boxes and quotations

    def _block_block_quote(self, node):
        return self._quote(node.children)

    def _block_admonition(self, node):
        return self._box(self.inline(node.children[0]), node.children[1:])

    def _block_note(self, node):
        return self._box(node.__class__.__name__.capitalize(), node.children)

    _block_attention = _block_caution = _block_danger = _block_error = _block_note
    _block_hint = _block_important = _block_tip = _block_warning = _block_note

    def _block_seealso(self, node):
        return self._box("See also", node.children)

    def _box(self, title, content):
        """Return a quotation that starts with its title, as part of the first paragraph."""
        title = f"**{title}**" if title[-1] in ".?!:" else f"**{title}.**"
        if content and isinstance(content[0], nodes.paragraph):
            return self._quote(content, f"{title} ")
        return self._quote(content, f"{title}\n\n")

    def _quote(self, content, opening=""):
        before, self._quoted = self._quoted, True
        text = opening + self.blocks(content)
        self._quoted = before
        return "\n".join(f"> {line}".rstrip() for line in text.splitlines())

    # Figures and tables

    def _inline_image(self, node):
        uri = node["uri"]
        if "://" not in uri:
            content = self.page.file(uri).read_bytes()
            uri = f"data:{mimetypes.guess_type(uri)[0]};base64,{base64.b64encode(content).decode()}"
        return f"![{_escaped(node.get('alt', ''))}]({uri})"

    _block_image = _inline_image

    def _block_figure(self, node):
        caption = self.caption(node)
        return f"{self.blocks(node.children[:-1])}\n\n{caption}"

    def caption(self, node):
        """Return the caption of a figure, or of the figure that a cell draws."""
        *_, caption = node.children
        if not isinstance(caption, nodes.caption):
            raise Unsupported(node, "a figure without a caption, or with a legend")
        return self._captioned("figure", node, caption)

    def _captioned(self, kind, node, caption):
        label = self.page.label(kind, node["ids"][0]) if node["ids"] else kind.capitalize()
        return f"**{label}.** {self.inline(caption)}"

    def _block_table(self, node):
        *titles, group = node.children
        rows = [row for row in group.findall(nodes.row)]
        head = rows[: sum(len(part) for part in group.findall(nodes.thead))]
        if len(head) > 1 or any("morecols" in e or "morerows" in e for e in group.findall(nodes.entry)):
            raise Unsupported(node, "a table with several header rows or with joined cells")
        if not head:
            rows.insert(0, [nodes.entry() for _ in rows[0]])
        lines = [self._row(row) for row in rows]
        lines.insert(1, f"| {' | '.join(_alignment(entry) for entry in rows[-1])} |")
        above = [self._captioned("table", node, title) for title in titles]
        return "\n\n".join([*above, "\n".join(lines)])

    def _row(self, row):
        return f"| {' | '.join(map(self._cell, row))} |"

    def _cell(self, entry):
        if any(not isinstance(child, nodes.paragraph) for child in entry.children):
            raise Unsupported(entry, "a cell of a table that holds more than text")
        self._in_table = True
        text = "<br><br>".join(map(self.inline, entry.children))
        self._in_table = False
        return text.replace("\\\n", "<br>").replace("\n", " ").replace("|", r"\|")

    # What stands between

    def _block_raw(self, node):
        raise Unsupported(node, f"raw {node['format']}")

    def _block_rubric(self, node):
        return f"**{self.inline(node)}**"

    def _block_transition(self, node):
        return "---"

    def _nothing(self, node):
        return ""

    _block_comment = _block_index = _block_target = _block_substitution_definition = _nothing
    _inline_comment = _inline_index = _inline_target = _nothing


def _escaped(text):
    """Return text in which nothing is markup. JupyterLab forgets that a "$" is escaped unless it is alone."""
    return MARKUP.sub(lambda found: r"<span>\$</span>" if found[0] == "$" else f"\\{found[0]}", text)


def _fence(text, shortest):
    """Return a row of backticks that is longer than any inside the text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return max(shortest, "`" * (longest + 1), key=len) if longest else shortest


def _hanging(marker, text):
    """Return text behind a marker, with its further lines below its first."""
    return marker + textwrap.indent(text, " " * len(marker))[len(marker) :]


def _link(address):
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _is_number(reference, fragment):
    """Return whether a reference reads "(1)" or "Figure 2", which says nothing on another page."""
    return fragment.startswith("equation-") or reference.__class__.__name__ == "number_reference"


def _alignment(entry):
    return next((ALIGNMENTS[name] for name in entry["classes"] if name in ALIGNMENTS), "---")


def _unnumbered(node, formula):
    r"""Return a formula that brought its own environment, ``\begin{align}``, without what would number it."""
    found = re.fullmatch(r"\\begin\{(\w+)(\*?)\}(.*)\\end\{\1\2\}", formula, re.DOTALL)
    if not found or found[1] not in ENVIRONMENTS or re.search(r"\\(tag|label)\b", formula):
        raise Unsupported(node, "this formula's environment")
    inside = ENVIRONMENTS[found[1]]
    return rf"\begin{{{inside}}}{found[3]}\end{{{inside}}}" if inside else found[3].strip()
