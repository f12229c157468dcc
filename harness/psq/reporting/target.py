"""Where an output goes: a file, or standard output by the name -."""

from __future__ import annotations

from pathlib import Path

from psq.base.status import UsageError

STANDARD_OUTPUT = "-"


def write(target: str, text: str) -> None:
    """Raises UsageError when the file cannot be written."""
    if target == STANDARD_OUTPUT:
        print(text)
        return
    try:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error}") from error
