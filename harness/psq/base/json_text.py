"""JSON out of files: whatever is wrong with a text is a ValueError."""

from __future__ import annotations

import json
import re
from typing import Any

# Python reads them, but no file, terminal or report can take them.
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
_LARGEST = 2**64


def parse(text: str) -> Any:
    """The value; raises ValueError for no JSON, too deep nesting, and numbers or texts that no reader can use."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        _check(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON's")


def _check(value: Any) -> None:
    if isinstance(value, str):
        if _HALF_A_CHARACTER.search(value):
            raise ValueError("a text has half of a surrogate pair")
    elif isinstance(value, (int, float)):
        if not -_LARGEST < value < _LARGEST:
            raise ValueError("a number has more than 64 bits")
    elif isinstance(value, list):
        for each in value:
            _check(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            _check(key)
            _check(each)
