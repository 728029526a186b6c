"""Numbers in prose: a cell names a value, a sentence of the page quotes it.

The record is the one that MyST-NB's ``glue`` writes, so its roles read it on the site; a plain
Jupyter needs nothing for it and shows nothing.
"""

PREFIX = "application/papermill.record/"


def glue(name, value):
    """Give ``value`` a name by which the text of the same page can quote it.

    Parameters
    ----------
    name : str
        Unique in the book.
    value : number, str or SymPy expression
        A number is kept to full precision; the sentence that quotes it says how many digits to show.

    Raises
    ------
    ValueError
        If it is a number that is not one, NaN: no sentence is about that.
    """
    if value != value:
        raise ValueError(f"the value of {name!r} is NaN")
    try:
        from IPython.display import display
    except ImportError:  # a plain script has no page
        return
    if hasattr(value, "free_symbols"):
        from sympy import latex

        record = {PREFIX + "text/latex": f"$\\displaystyle {latex(value)}$"}
    else:
        record = {
            PREFIX + "text/plain": value
            if isinstance(value, str)
            else repr(getattr(value, "item", lambda: value)())
        }
    display(record, raw=True, metadata={"scrapbook": {"name": name, "mime_prefix": PREFIX}})
