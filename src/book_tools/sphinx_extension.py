"""What the book adds to Sphinx; ``_config.yml`` lists it."""

from pathlib import Path

from . import buttons, cache, notebooks, typesetting, verdicts
from .homework import page


def setup(app):
    # Pages that were read by another version of the press are read again.
    app.add_config_value("press", cache.digest(*cache.files(Path(__file__).parent)), "env", str)
    app.connect("config-inited", _choose_cache)
    typesetting.setup(app)
    verdicts.setup(app)
    notebooks.setup(app)
    buttons.setup(app)
    page.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _choose_cache(app, config):
    config.nb_execution_cache_path = str(cache.folder(Path(app.srcdir)))
    (Path(app.outdir) / cache.STAMP).unlink(missing_ok=True)  # from now on it is not made of that
