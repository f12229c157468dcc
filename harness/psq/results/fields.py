"""The fields of the records of a result file, and what each must be when it is there."""

from __future__ import annotations

from typing import Any, Callable, Mapping

Rule = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _named_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_text, value.values()))


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _named_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_number, value.values()))


def _ledger_entries(value: Any) -> bool:
    return isinstance(value, list) and all(map(_ledger_entry, value))


def _ledger_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _text(value.get("clause"))
        and _number(value.get("line"))
        and all(isinstance(value.get(key), bool) for key in ("applies", "always"))
    )


def _thorough(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_texts, value.values()))


def _some_texts(value: Any) -> bool:
    return _texts(value) and bool(value)


_RULES: Mapping[str, Mapping[str, tuple[Rule, str]]] = {
    "plan": {
        "name": (_text, "a text"),
        "tests": (_texts, "a list of texts"),
        "clause_digest": (_text, "a text"),
        "thorough": (_thorough, "lists of texts by name"),
        "started": (_text, "a text"),
        "host": (_text, "a text"),
        "selection": (_texts, "a list of texts"),
        "repeat": (_number, "a number"),
        "about": (_object, "an object"),
    },
    "implementation": {
        "implementation": (_text, "a text"),
        "version": (_text, "a text"),
        "start_method": (_text, "a text"),
    },
    "ledger": {
        "path": (_text, "a text"),
        "entries": (_ledger_entries, "a list of entries"),
    },
    "test": {
        "test": (_text, "a text"),
        "clauses": (_some_texts, "a list of texts"),
        "clause": (_text, "a text"),
        "message": (_text, "a text"),
        "expected": (_text, "a text"),
        "saw": (_text, "a text"),
        "card": (_text, "a text"),
        "evidence": (_text, "a text"),
        "cause": (_text, "a text"),
        "sections": (_texts, "a list of texts"),
        "seen": (_named_numbers, "numbers by name"),
        "seconds": (_number, "a number"),
        "observed": (_named_texts, "texts by clause"),
        "repeats": (_named_numbers, "numbers by verdict"),
        "confirmed": (_named_numbers, "numbers by verdict"),
    },
    "end": {
        "problems": (_texts, "a list of texts"),
        "stopped": (_text, "a text"),
        "unmet": (_texts, "a list of texts"),
    },
}


def check_fields(record: Mapping[str, Any]) -> None:
    """Raises ValueError for a field that a reader could not use; null is as good as absent."""
    kind = record.get("record")
    rules = _RULES.get(kind, {}) if isinstance(kind, str) else {}
    for name, (rule, expected) in rules.items():
        value = record.get(name)
        if value is not None and not rule(value):
            raise ValueError(f"{name} of a record {kind} must be {expected}, not {value!r:.60}")
