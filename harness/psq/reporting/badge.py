"""A badge, a small picture of a certificate's verdict, as SVG that needs nothing else."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from psq.results.certificate import Certificate

# White text on each has a contrast of more than 4.5.
_COLOURS = {0: "#1a7f37", 1: "#b42318", 2: "#8a6100"}
_LABEL_COLOUR = "#444d56"
_HEIGHT = 20
# The text is stretched to this, so that every font fits.
_LETTER = 6.6
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def badge(certificate: Certificate) -> str:
    label = f"psq {certificate['psq']}"
    message = _message(certificate)
    left, right = _width(label), _width(message)
    title = _text(_title(certificate))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" aria-label="{title}">
  <title>{title}</title>
  <clipPath id="round"><rect width="{left + right}" height="{_HEIGHT}" rx="3"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="{left}" height="{_HEIGHT}" fill="{_LABEL_COLOUR}"/>
    <rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{_COLOURS[certificate['status']]}"/>
  </g>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    {_words(label, left / 2, left)}
    {_words(message, left + right / 2, right)}
  </g>
</svg>
"""


def _words(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{width - 12}">{_text(text)}</text>'


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + 12


def _message(certificate: Certificate) -> str:
    clauses = certificate["clauses"]
    if certificate["status"] == 1:
        broken = len(clauses["not_kept"])
        return f"does not conform: {broken} not kept" if broken else "does not conform"
    known = len(clauses["known_failures"])
    return certificate["verdict"] + (f", {known} known failures" if known else "")


def _title(certificate: Certificate) -> str:
    made, tests = certificate["implementation"], certificate["tests"]
    thorough = "with" if tests["thorough"] else "without"
    return (
        f"{made['name']} {made['version']} ({made['start_method']}) {certificate['verdict']}: "
        f"{tests['ran']} of {tests['planned']} tests ran, {thorough} thorough ones; "
        f"law {certificate['law']['digest'][:12]}"
    )


def _text(text: str) -> str:
    return escape(_UNSPEAKABLE.sub("\ufffd", text), {'"': "&quot;"})
