"""Draws the picture of the README: the figure of the landing page."""

import matplotlib


def draw(book):
    """Run the cells of the landing page and keep the figure, on white, as GitHub shows it on any ground."""
    matplotlib.use("Agg")
    cells = book.read(book.pages()[0]).cells
    page = {}
    exec("\n".join(cell.source for cell in cells if cell.cell_type == "code"), page)
    target = book.root / "book" / "_static" / "hook.png"
    page["fig"].savefig(target, dpi=150, facecolor="white", metadata={"Software": None})
    print(f"written: {target.relative_to(book.root)}")
