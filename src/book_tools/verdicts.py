"""The claims on the site: a box where one is checked, a table of all, and what must fit together.

A cell that ends with ``claims.check(...)`` leaves a record of what it measured in its output. MyST-NB
hands it to :class:`VerdictRenderer`, by an entry point in ``pyproject.toml``.
"""

import math
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from unstable_gradients import claims

NO_BREAK = "\N{NO-BREAK SPACE}"
LOGGER = logging.getLogger(__name__)
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class VerdictRenderer:
    """Draws the box of a claim that was checked."""

    mime_priority_overrides = [("*", claims.MIME_TYPE, 1)]

    @staticmethod
    def handle_mime(element_renderer, data, inline):
        """Return the box for the record of a verdict, and None for other outputs."""
        if inline or data.mime_type != claims.MIME_TYPE:
            return None
        page = element_renderer.renderer
        env, place = page.sphinx_env, (page.document["source"], data.line)
        id, measured = data.content["id"], data.content["measured"]
        claim = claims.declared().get(id)
        if claim is None:
            LOGGER.warning(
                "claim %r is checked here, but claims.toml does not declare it", id, location=place
            )
            return [nodes.paragraph(text=f"Claim {id}: not declared.")]

        anchor = f"claim-{id}"
        box = nodes.admonition(ids=[anchor], classes=["claim"])
        box += nodes.title("", "✓ This claim holds")
        with page.current_node_context(box):
            page.nested_render_text(_facts(claim, number(measured, claim.tolerance)), data.line)
        env.get_domain("claims").note(id, measured, place)
        env.get_domain("std").note_hyperlink_target(anchor, env.docname, anchor, "holds")
        return [box]


def _facts(claim, measured):
    """Return the text of a box, in Markdown."""
    return (
        f"{claim.statement}\n\n"
        f"Measured: **{measured}**; expected: {expected(claim)}. Source: {source(claim)}."
    )


def expected(claim):
    """Return the expected value and its tolerance, as text."""
    return f"{number(claim.expected)} ±{NO_BREAK}{number(claim.tolerance)}"


def source(claim):
    """Return the source of a claim, in Markdown, with its entry in the bibliography if it has one."""
    return claim.source + (f" {{cite:p}}`{claim.cite}`" if claim.cite else "")


def number(value, tolerance=None):
    """Return a number as people write it; one digit more than the tolerance says anything about.

    >>> number(0.25), number(1e-13), number(3906.2500001, tolerance=0.5), number(-2)
    ('0.25', '10⁻¹³', '3906.25', '−2')
    """
    digits = 10
    if tolerance and value:
        digits = math.floor(math.log10(abs(value))) - math.floor(math.log10(tolerance)) + 2
    mantissa, _, exponent = f"{value:.{min(max(digits, 3), 10)}g}".partition("e")
    mantissa = mantissa.replace("-", "−")
    if not exponent:
        return mantissa
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}{NO_BREAK}×{NO_BREAK}{power}"


class ClaimsDomain(Domain):
    """What the pages of the book measured, as far as Sphinx has read them."""

    name = "claims"
    label = "Claims"
    object_types = {"claim": ObjType("claim")}
    initial_data = {"measured": {}, "tables": set(), "shown": None}  # measured: page -> id -> value

    def note(self, id, measured, place):
        """Remember what the page that is being read measured for a claim."""
        page = self.data["measured"].setdefault(self.env.docname, {})
        if id in page:
            LOGGER.warning("claim %r is checked twice in this page", id, location=place)
        page[id] = measured

    def places(self, id):
        """Return the pages that check a claim."""
        return [page for page, measured in self.data["measured"].items() if id in measured]

    def value(self, id):
        """Return what was measured for a claim, as text."""
        claim, places = claims.declared()[id], self.places(id)
        return number(self.data["measured"][places[0]][id], claim.tolerance) if places else "not measured"

    def check_consistency(self):
        """Warn of each claim that is not checked, or not where it is declared."""
        names = {PurePosixPath(page).name for page in self.env.found_docs}
        for id, claim in claims.declared().items():
            others = [page for page in self.places(id) if PurePosixPath(page).name != claim.lesson]
            if claim.lesson not in names:
                LOGGER.warning("claim %r: its lesson %s is not in _toc.yml", id, claim.lesson)
            elif others:
                LOGGER.warning("claim %r of lesson %s is checked in %s", id, claim.lesson, ", ".join(others))
            elif not self.places(id):
                LOGGER.warning("claim %r is never checked in its lesson, %s", id, claim.lesson)

    def get_objects(self):
        """Let the search find claims by name."""
        for page, measured in self.data["measured"].items():
            for id in measured:
                yield id, f"Claim {id}", "claim", page, f"claim-{id}", 1

    def clear_doc(self, docname):
        self.data["measured"].pop(docname, None)
        self.data["tables"].discard(docname)

    def merge_domaindata(self, docnames, otherdata):
        self.data["measured"].update(
            {page: otherdata["measured"][page] for page in docnames if page in otherdata["measured"]}
        )
        self.data["tables"] |= otherdata["tables"]


class ClaimsTable(SphinxDirective):
    """The directive ``{claims-table}``: all claims, with links to the boxes."""

    def run(self):
        self.env.get_domain("claims").data["tables"].add(self.env.docname)
        return self.parse_text_to_nodes(self._table())

    def _table(self):
        lines = [":::{list-table}", ":header-rows: 1", ":widths: 52 18 18 12", ":class: claims", ""]
        lines += ["* - Claim", "  - Expected", "  - Measured", "  - Verdict"]
        in_reading_order = sorted(claims.declared().items(), key=lambda item: item[1].lesson)
        for id, claim in in_reading_order:
            lines += [
                f"* - {claim.statement} *Source: {source(claim)}.*",
                f"  - {expected(claim)}",
                f"  - {{claim-value}}`{id}`",
                f"  - {{ref}}`holds <claim-{id}>`",
            ]
        return "\n".join([*lines, ":::"])


class measured_value(nodes.Inline, nodes.Element):
    """Stands for a number that is known only when all pages have been read."""


def claim_value(role, rawtext, id, lineno, inliner, options=None, content=None):
    """Return the nodes of the role ``{claim-value}`id```: what was measured for the claim."""
    return [measured_value(id=id)], []


def fill_in(app, doctree, docname):
    """Put the numbers in."""
    for node in list(doctree.findall(measured_value)):
        node.replace_self(nodes.Text(app.env.get_domain("claims").value(node["id"])))


def outdated_tables(app, env):
    """Return the pages with tables if what they show has changed."""
    data = env.get_domain("claims").data
    if data["shown"] == data["measured"]:
        return []
    data["shown"] = {page: dict(measured) for page, measured in data["measured"].items()}
    return data["tables"]


def setup(app):
    app.add_domain(ClaimsDomain)
    app.add_directive("claims-table", ClaimsTable)
    app.add_role("claim-value", claim_value)
    app.connect("doctree-resolved", fill_in)
    app.connect("env-updated", outdated_tables)
