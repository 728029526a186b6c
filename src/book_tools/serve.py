"""Shows the website on this computer."""

import functools
import http.server

from . import PressError


def serve(book, port):
    """Serve the site to this computer alone, until interrupted."""
    if not (book.site / "index.html").is_file():
        raise PressError("there is no site yet: make it with `make book` (python -m book_tools build)")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=book.site)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise PressError(f"cannot serve on port {port}: {error.strerror}; try another, --port 8001") from None
    with server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (Ctrl-C stops)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
