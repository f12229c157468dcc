"""A small law that is right, for the tests to break in one place each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

QUEUE = """\
# Queue

Sections: put, get.

## queue.put.full (MUST, base)

A put on a full queue
ends as `full`.

Why: somebody has to say so.

Source: observed, CPython 3.11.2.

Example: as follows.

```
## not.a-clause (MUST, base)
```

## queue.get.delay (MAY, lifecycle)

A get may be late.

Source: POSIX, `read`.
"""

LIMITS = """\
# Limits

| what | why |
|---|---|
| something else | no reason |

## Clauses without a test

| clause | why it has no test |
|---|---|
"""

CHANGES = """\
# Changes

```text
added 0.1: queue.put.full
added 0.1: queue.get.delay
added 0.1: queue.put.gone
removed 0.2: queue.put.gone
```
"""

README = """\
# The law

```markdown
## queue.put.full (MUST, base)
```
"""


class SmallLaw:
    """The pages in a folder of their own, to be changed before they are read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("queue", QUEUE)
        self.write("limits", LIMITS)
        self.write("changes", CHANGES)
        self.write("README", README)

    def write(self, page: str, text: str) -> None:
        (self.folder / f"{page}.md").write_text(text, encoding="utf-8")

    def text(self, page: str) -> str:
        return (self.folder / f"{page}.md").read_text(encoding="utf-8")

    def replace(self, page: str, old: str, new: str) -> None:
        text = self.text(page)
        assert text.count(old) == 1, f"{old!r} must stand once in {page}.md"
        self.write(page, text.replace(old, new))

    def line(self, page: str, start: str) -> int:
        """The number of the last line that starts so."""
        lines = self.text(page).splitlines()
        return max(number for number, line in enumerate(lines, 1) if line.startswith(start))


@pytest.fixture
def small_law(tmp_path: Path) -> SmallLaw:
    folder = tmp_path / "spec"
    folder.mkdir()
    return SmallLaw(folder)
