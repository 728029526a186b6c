"""What holds on every page of the site, seen in a real browser that cannot reach any other host."""

import functools
import http.server
import threading

import pytest

pytestmark = pytest.mark.slow

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = [(width, scheme) for width in (390, 1300) for scheme in ("light", "dark")]

# Text that a reader sees although it was meant for a typesetter. Code is allowed to look like that.
RAW_MATH = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, box = node.parentElement;
    if (/\\[(\[]|\$\$|\\(frac|begin|partial|sigma)/.test(node.data)
        && box.checkVisibility() && !box.closest("pre, code, script, style, annotation, title"))
      found.push(node.data.trim().slice(0, 60));
  }
  return found;
}"""
VISIBLE = "selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility()).length"


@pytest.fixture(scope="module")
def address(site):
    """The site, served on this computer."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Handler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(playwright, chromium):
    browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda setting: f"{setting[0]}px-{setting[1]}")
def visits(request, browser, address, pages):
    """What was seen on each page, at one width in one color scheme."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.route(lambda url: not url.startswith(address), lambda route: route.abort())
    page = context.new_page()
    seen = {"requests": [], "errors": []}
    page.on(
        "request", lambda r: r.url.startswith((address, "data:", "blob:")) or seen["requests"].append(r.url)
    )
    page.on("console", lambda message: message.type == "error" and seen["errors"].append(message.text))
    page.on("pageerror", lambda error: seen["errors"].append(str(error)))
    visits = {}
    for name in pages.keys() - {"index.html"}:  # which leads to another at once
        seen.update(requests=[], errors=[])
        page.goto(address + name, wait_until="load")
        page.wait_for_load_state("networkidle")
        visits[name] = look(page, **seen)
    context.close()
    return visits


def look(page, requests, errors):
    """Return what there is to see on the page."""
    root = "document.documentElement"
    visit = {
        "requests": requests,
        "errors": errors,
        "overflow": page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"),
        "theme": page.evaluate(f"{root}.dataset.theme"),
        "raw math": page.evaluate(RAW_MATH) if page.query_selector("main") else [],
    }
    page.keyboard.press("Tab")
    visit["first stop"] = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    visit["went to"] = page.evaluate("document.querySelector(':target')?.id")
    visit["search buttons"] = page.evaluate(VISIBLE, ".search-button, .search-button-field")
    if visit["search buttons"]:
        page.locator(".search-button, .search-button-field").locator("visible=true").first.click()
    visit["search boxes"] = page.evaluate(VISIBLE, "input[type=search]")
    return visit


def different(visits, what, right):
    """Return the pages on which something is not as it should be."""
    return {name: visit[what] for name, visit in visits.items() if visit[what] != right}


def test_the_front_door_leads_to_the_landing_page(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.wait_for_url("**/book/intro.html")
    page.close()


def test_no_request_leaves_for_another_host(visits):
    assert not different(visits, "requests", [])


def test_no_error_in_the_console(visits):
    assert not different(visits, "errors", [])


def test_no_page_is_wider_than_the_screen(visits):
    assert not different(visits, "overflow", 0)


def test_mathematics_is_typeset(visits):
    assert not different(visits, "raw math", [])


def test_the_theme_follows_the_system(visits, request):
    assert not different(visits, "theme", request.node.callspec.params["visits"][1])


def test_there_is_one_search_button_and_it_opens_one_box(visits):
    assert not different(visits, "search buttons", 1)
    assert not different(visits, "search boxes", 1)


def test_the_first_stop_of_the_keyboard_leads_to_the_content(visits):
    assert not different(visits, "first stop", "#main-content")
    assert not different(visits, "went to", "main-content")
