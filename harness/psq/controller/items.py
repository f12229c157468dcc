"""Items as requests carry them and answers report them."""

from __future__ import annotations

from typing import Any


def item(seq: int = 0, size: int = 200, sender: str = "root", **more: Any) -> dict[str, Any]:
    """An item of a request."""
    return {"from": sender, "seq": seq, "size": size, **more}


def received(payload: dict[str, Any]) -> dict[str, Any]:
    """The value for an item that was put and came out whole."""
    fields = {key: payload[key] for key in ("from", "seq", "size")}
    return {"item": {**fields, "intact": True}}
