"""The card of a test that did not pass: what was expected, what was seen, how to replay it."""

from __future__ import annotations

from rich.text import Text

from psq.reporting.console import STYLES
from psq.results.run import Record

SHOWN_AT_ONCE = (
    "fail",
    "deviates",
    "unexpected-pass",
    "inconclusive",
    "driver-error",
    "internal-error",
)


def card_of(record: Record) -> Text:
    """The card that the suite made, or else the message of the record."""
    card = (record.get("card") or "").rstrip()
    if not card or not card.lower().startswith(_CARD_HEADS):
        clause = record.get("clause") or ", ".join(record["clauses"])
        head = f"{_HEAD[record['verdict']]}  {clause}"
        body = card or record.get("message") or ""
        card = head + "".join(f"\n      {line}" for line in body.splitlines())
    first, _, rest = card.partition("\n")
    text = Text(first, style=STYLES[record["verdict"]])
    return text.append("\n" + rest, style="none") if rest else text


_HEAD = {verdict: verdict.upper().replace("-", " ") for verdict in STYLES}
_CARD_HEADS = tuple(
    each.lower() for verdict in STYLES for each in (verdict, verdict.replace("-", " "))
)
