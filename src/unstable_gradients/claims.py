"""The claims of the book: statements with a number, declared before they are measured.

They stand in ``claims.toml``, next to this file. The lesson that makes a claim measures it and calls
:func:`check` where the reader sees it. A claim that fails raises, and so stops the build.
"""

import functools
import importlib.resources
import math
import tomllib
from dataclasses import dataclass

MIME_TYPE = "application/vnd.unstable-gradients.claim+json"  # by which the site finds a verdict


class ClaimError(AssertionError):
    """A claim of the book does not hold, or cannot be checked."""


@dataclass(frozen=True)
class Claim:
    """One statement with a number.

    Attributes
    ----------
    id : str
        The name of its table in ``claims.toml``.
    lesson : str
        The file name, without its ending, of the lesson that checks it.
    statement : str
        What is claimed, in Markdown.
    source : str
        Who says so, and where: a citation, or "derived in the lesson".
    expected, tolerance : float
        The claim holds if ``abs(measured - expected) <= tolerance``. The tolerance is positive.
    cite : str
        The key of the source in the bibliography, or empty.
    """

    id: str
    lesson: str
    statement: str
    source: str
    expected: float
    tolerance: float
    cite: str = ""

    def __post_init__(self):
        if not (math.isfinite(self.expected) and math.isfinite(self.tolerance) and self.tolerance > 0):
            raise ClaimError(
                f"claim {self.id!r}: expected must be a finite number and tolerance a positive one; "
                f"they are {self.expected!r} and {self.tolerance!r}"
            )


@dataclass(frozen=True)
class Verdict:
    """A claim and the value that was measured for it, close enough to the expected one."""

    claim: Claim
    measured: float

    def __str__(self):
        c = self.claim
        return (
            f"Claim {c.id}: holds. Measured {self.measured:.10g}, "
            f"expected {c.expected:.10g} within {c.tolerance:.3g}. Source: {c.source}."
        )

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None):
        record = {"id": self.claim.id, "measured": self.measured}
        return {"text/plain": str(self), MIME_TYPE: record}


@functools.cache
def declared():
    """Return all claims of the book, by id.

    Raises
    ------
    ClaimError
        If ``claims.toml`` says something that a :class:`Claim` has no room for, or leaves out what it needs.
    """
    text = importlib.resources.files(__package__).joinpath("claims.toml").read_text(encoding="utf-8")
    claims = {}
    for id, fields in tomllib.loads(text).items():
        try:
            claims[id] = Claim(id=id, **fields)
        except TypeError as error:
            raise ClaimError(f"claims.toml, claim {id!r}: {error}") from None
    return claims


def check(id, measured):
    """Hold a measured value against the claim of that name.

    Parameters
    ----------
    id : str
        A claim of ``claims.toml``.
    measured : float
        What the lesson found.

    Returns
    -------
    Verdict
        Shown in the page as it stands, when it is the last line of a cell.

    Raises
    ------
    ClaimError
        If the claim fails, or there is no claim of that name.
    TypeError
        If ``measured`` is not a single real number.
    """
    claims = declared()
    if id not in claims:
        raise ClaimError(f"there is no claim {id!r} in claims.toml; there are {', '.join(claims)}")
    if isinstance(measured, (bool, str)):
        raise TypeError(f"measured must be a number, not {type(measured).__name__}: {measured!r}")
    try:
        measured = float(measured)
    except (TypeError, ValueError):
        raise TypeError(f"measured must be one real number, not {measured!r}") from None
    claim = claims[id]
    if not abs(measured - claim.expected) <= claim.tolerance:
        raise ClaimError(
            f"claim {id!r} of lesson {claim.lesson} fails: measured {measured!r}, expected {claim.expected!r} "
            f"within {claim.tolerance!r} ({claim.source}: {claim.statement})"
        )
    return Verdict(claim, measured)
