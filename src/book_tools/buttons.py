"""The buttons of a lesson: they lead to its notebook, not to the source of its page."""

from . import notebooks


def add(app, pagename, templatename, context, doctree):
    """Add a button that downloads the notebook; let those that launch something launch the notebook."""
    notebook = notebooks.path(pagename)
    buttons = context["header_buttons"]
    if not notebook:  # a page that is no notebook cannot be launched
        buttons[:] = [button for button in buttons if button.get("label") != "launch-buttons"]
        return
    for group in buttons:
        for button in group.get("buttons", []):
            if "url" in button:
                button["url"] = button["url"].replace(f"{pagename}.md", notebook)
    buttons.insert(
        0,
        {
            "type": "link",
            "url": context["pathto"](notebook, resource=True),
            "tooltip": "Download this lesson as a Jupyter notebook",
            "icon": "fas fa-download",
            "label": "download-notebook-button",
        },
    )


def setup(app):
    app.connect("html-page-context", add, priority=502)  # after the theme, which adds its buttons at 501
