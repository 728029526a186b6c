"""Claims: they hold or they stop the build, and say which and why."""

import math

import numpy as np
import pytest

from unstable_gradients import claims
from unstable_gradients.claims import Claim, ClaimError

CLAIM = Claim(
    id="quarter",
    lesson="02_the_chain",
    statement="It is a quarter.",
    source="Someone (1900)",
    expected=0.25,
    tolerance=0.01,
)


@pytest.fixture
def declared(monkeypatch):
    monkeypatch.setattr(claims, "declared", lambda: {CLAIM.id: CLAIM})


@pytest.fixture
def file(monkeypatch, tmp_path):
    """Return a function that reads a text as if it stood in claims.toml."""
    monkeypatch.setattr(claims.importlib.resources, "files", lambda package: tmp_path)

    def read(text):
        (tmp_path / "claims.toml").write_text(text, encoding="utf-8")
        return claims.declared.__wrapped__()

    return read


@pytest.mark.parametrize("measured", [0.25, 0.2401, 0.2599, np.float32(0.25), np.array(0.251)])
def test_a_claim_within_its_tolerance_holds(declared, measured):
    verdict = claims.check("quarter", measured)
    assert verdict.claim is CLAIM
    assert verdict.measured == float(measured) and type(verdict.measured) is float


def test_the_tolerance_itself_is_allowed(monkeypatch):
    exact = Claim(id="half", lesson="l", statement="s", source="s", expected=0.5, tolerance=0.25)
    monkeypatch.setattr(claims, "declared", lambda: {"half": exact})
    claims.check("half", 0.75)
    with pytest.raises(ClaimError):
        claims.check("half", math.nextafter(0.75, 1))


@pytest.mark.parametrize("measured", [0.2399, 0.2601, -0.25, 1e300, math.inf, -math.inf, math.nan])
def test_a_claim_outside_its_tolerance_fails_by_name(declared, measured):
    with pytest.raises(ClaimError) as error:
        claims.check("quarter", measured)
    for part in (
        "'quarter'",
        "02_the_chain",
        repr(measured),
        "0.25",
        "0.01",
        "Someone (1900)",
        "It is a quarter.",
    ):
        assert part in str(error.value), f"the message does not say {part}"


def test_a_failed_claim_is_an_assertion_error():
    assert issubclass(ClaimError, AssertionError)


def test_an_unknown_claim_is_told_which_there_are(declared):
    with pytest.raises(ClaimError, match="there is no claim 'third' in claims.toml; there are quarter"):
        claims.check("third", 0.25)


@pytest.mark.parametrize(
    "measured", ["0.25", True, None, 0.25 + 0j, [0.25, 0.25], {}, np.array([0.25, 0.25])]
)
def test_what_was_measured_must_be_one_number(declared, measured):
    with pytest.raises(TypeError, match="^measured must be (a|one real) number, not "):
        claims.check("quarter", measured)


@pytest.mark.parametrize("tolerance", [0, -0.01, math.nan, math.inf])
def test_tolerance_must_be_positive(tolerance):
    with pytest.raises(
        ClaimError, match="claim 'c': expected must be a finite number and tolerance a positive one"
    ):
        Claim(id="c", lesson="l", statement="s", source="s", expected=0.25, tolerance=tolerance)


@pytest.mark.parametrize("expected", [math.nan, math.inf])
def test_expected_value_must_be_finite(expected):
    with pytest.raises(ClaimError, match=f"they are {expected!r} and 0.1"):
        Claim(id="c", lesson="l", statement="s", source="s", expected=expected, tolerance=0.1)


def test_verdict_shows_itself_to_people_and_to_the_site(declared):
    verdict = claims.check("quarter", 0.2512345678)
    text = "Claim quarter: holds. Measured 0.2512345678, expected 0.25 within 0.01. Source: Someone (1900)."
    assert str(verdict) == repr(verdict) == text
    assert verdict._repr_mimebundle_() == {
        "text/plain": text,
        claims.MIME_TYPE: {"id": "quarter", "measured": 0.2512345678},
    }


# --- The file


FIELDS = 'lesson = "02_the_chain"\nstatement = "s"\nsource = "s"\nexpected = 2\ntolerance = 0.5\n'


def test_a_table_is_a_claim(file):
    claims_read = file(f'[two]\n{FIELDS}cite = "key"\n')
    assert claims_read == {"two": Claim("two", "02_the_chain", "s", "s", 2, 0.5, "key")}


MALFORMED = {
    "a field too many": ("[two]\n" + FIELDS + "page = 3\n", "page"),
    "a field too few": ("[two]\n" + FIELDS.replace("expected = 2\n", ""), "expected"),
    "text for a number": ("[two]\n" + FIELDS.replace("0.5", '"0.5"'), "str"),
    "no table": ("two = 2\n", "mapping"),
    "a tolerance of zero": ("[two]\n" + FIELDS.replace("0.5", "0"), "tolerance"),
}


@pytest.mark.parametrize("text, says", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_claim_is_named(file, text, says):
    with pytest.raises(ClaimError, match=f"'two'.*{says}"):
        file(text)


def test_every_claim_of_the_book_loads():
    book = claims.declared()
    assert book, "no claims"
    for id, claim in book.items():
        assert claim.id == id
        assert all(text.strip() for text in (claim.lesson, claim.statement, claim.source)), (
            f"{id} leaves out something"
        )
        assert claims.check(id, claim.expected).claim is claim
        for sign in (-1, 1):
            with pytest.raises(ClaimError, match=id):
                claims.check(id, claim.expected + sign * 3 * claim.tolerance)
