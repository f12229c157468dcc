#!/usr/bin/env python3
"""The kit's example, whose every text is an attack: on the page, on the terminal, on decoders."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any, Mapping

EXAMPLE = Path(__file__).resolve().parents[3] / "drivers/kit/python/examples/thread_queue_driver.py"
example = runpy.run_path(str(EXAMPLE), run_name="example")

SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
ESCAPE = "\x1b[31m\x1b]0;hacked\x07\x9b31m\u202e"


class HostileQueues(example["ThreadQueues"]):  # type: ignore[misc]
    """Each put of an item ends with an error whose message is the attack."""

    def hello(self) -> Mapping[str, Any]:
        return {**super().hello(), "implementation": f"hostile {SCRIPT}", "version": f"1 {ESCAPE}"}

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Any:
        call = super().operation(kind, target, do, arguments)
        return example["Call"](_attack) if do == "put" else call


def _attack() -> None:
    os.write(2, b"log \xff\xfe" + SCRIPT.encode() + ESCAPE.encode() + b"\n")
    raise RuntimeError(f"{SCRIPT}{ESCAPE}")


if __name__ == "__main__":
    example["serve"](HostileQueues())
