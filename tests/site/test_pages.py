"""What holds on every page of the site, read as files."""

import json
import posixpath
import re
from urllib.parse import unquote, urlsplit

from unstable_gradients import claims

# The attributes by which a page makes the browser fetch something. A link to click on is not one.
FETCHED = [("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")]
FETCHED += [("audio", "src"), ("embed", "src"), ("object", "data"), ("img", "srcset")]
FETCHING_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload"}


def is_elsewhere(url):
    return bool(urlsplit(url).netloc)


def test_internal_links_and_their_fragments_resolve(site, pages):
    broken = []
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            target = urlsplit(link["href"])
            if target.scheme or target.netloc or link["href"] == "#":
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target.path)))
            path = path if target.path else name
            if not (site / path).is_file():
                broken.append(f"{name}: {link['href']}: no such file")
            elif target.fragment and path in pages and not pages[path].find(id=unquote(target.fragment)):
                broken.append(f"{name}: {link['href']}: no such place in that page")
    assert not broken, "links that lead nowhere:\n" + "\n".join(broken)


def test_images_exist_and_have_alternative_text(site, pages):
    wrong = []
    for name, page in pages.items():
        for image in page.find_all("img"):
            text = image.get("alt", "").strip()
            if not text or re.fullmatch(r"\S+\.\w{2,4}", text) or re.fullmatch("[0-9a-f]{16,}", text):
                wrong.append(f"{name}: {image['src']}: alternative text {text!r}")
            if not (site / posixpath.dirname(name) / unquote(image["src"])).is_file():
                wrong.append(f"{name}: {image['src']}: no such file")
    assert not wrong, "images that not everybody can see:\n" + "\n".join(wrong)


def test_nothing_is_fetched_from_another_host(site, pages):
    foreign = []
    for name, page in pages.items():
        urls = [
            tag[attribute] for kind, attribute in FETCHED for tag in page.find_all(kind, **{attribute: True})
        ]
        links = page.find_all("link", href=True)
        urls += [link["href"] for link in links if FETCHING_LINKS & set(link.get("rel", []))]
        urls += [url for style in page.find_all("style") for url in urls_in_css(style.text)]
        urls += [url for tag in page.find_all(style=True) for url in urls_in_css(tag["style"])]
        foreign += [f"{name}: {url}" for url in urls if is_elsewhere(url)]
    for path in site.rglob("*.css"):
        urls = urls_in_css(path.read_text(encoding="utf-8"))
        foreign += [f"{path.relative_to(site)}: {url}" for url in urls if is_elsewhere(url)]
    assert not foreign, "the site must ask no other host for anything:\n" + "\n".join(foreign)


def urls_in_css(text):
    return [a or b for a, b in re.findall(r"url\(\s*['\"]?(.*?)['\"]?\s*\)|@import\s+['\"](.*?)['\"]", text)]


def test_every_page_says_its_language_and_its_title(pages):
    for name, page in pages.items():
        if page.find("meta", attrs={"http-equiv": "Refresh"}):
            continue
        assert page.html.get("lang") == "en", f"{name}: a screen reader must know the language"
        assert page.title and page.title.text.strip(), f"{name}: a page needs a title"


def test_claims_page_lists_every_claim_with_its_value_and_its_box(pages):
    table = pages["book/reference/claims.html"].find("table", class_="claims")
    rows = {
        row.find("a", href=re.compile("#claim-"))["href"]: row for row in table.find("tbody").find_all("tr")
    }
    missing = []
    for id, claim in claims.declared().items():
        link = f"../lessons/{claim.lesson}.html#claim-{id}"
        if link not in rows or "not measured" in rows[link].text:
            missing.append(id)
        else:
            assert "holds" in rows[link].text, f"claim {id}: the table must say that it holds"
    assert not missing, f"claims without a row, or without a measured value: {', '.join(missing)}"
    assert len(rows) == len(claims.declared()), "one row a claim"


def test_buttons_of_a_lesson_offer_its_notebook_and_none_leads_elsewhere(pages):
    for name, page in pages.items():
        buttons = page.select(".article-header-buttons a[href], .header-article-items a[href]")
        links = {posixpath.normpath(posixpath.join(posixpath.dirname(name), b["href"])) for b in buttons}
        lesson = re.fullmatch(r"book/lessons/(.*)\.html", name)
        assert links == ({f"notebooks/lessons/{lesson[1]}.ipynb"} if lesson else set()), name


def test_formulas_and_figures_have_the_same_numbers_in_the_notebook(site, pages):
    for path in sorted((site / "notebooks" / "lessons").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        page = pages[f"book/lessons/{path.stem}.html"]
        formulas = [re.search(r"[\d.]+", number.text)[0] for number in page.select(".eqno")]
        figures = [number.text.strip() for number in page.select("figcaption .caption-number")]
        assert re.findall(r"\\tag\{([\d.]+)\}", text) == formulas, path.name
        assert re.findall(r"^\*\*(Figure [\d.]+)\.\*\* ", text, re.MULTILINE) == figures, path.name
        assert formulas, "a lesson without a numbered formula: is this test looking in the right place?"
        assert figures, "a lesson without a figure: is this test looking in the right place?"


def test_notebooks_of_the_site_hold_no_outputs(site):
    notebooks = sorted(site.rglob("*.ipynb"))
    folders = {site / "notebooks" / "lessons", site / "notebooks" / "homework"}
    assert {path.parent for path in notebooks} == folders
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells), f"{path.name} gives answers away"
