"""Text that a stranger's program wrote, so that every character of it shows and none acts."""

from __future__ import annotations

import re

# Controls but tab and line feed; C1 controls, which terminals obey as well; what turns the direction of a text;
# halves of surrogate pairs, which no encoding can write.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]"
)
_PICTURES = 0x2400
_DELETE = 0x7F


def visible(text: str) -> str:
    """The text with a picture or an escape for each character that a terminal or a browser would obey."""
    return _ACTING.sub(_shown, text) if _ACTING.search(text) else text


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else f"\\u{code:04x}"
