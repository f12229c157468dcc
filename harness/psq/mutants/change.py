"""One small change of one source file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Bytes `start` to `end` of `file` become `after`. The name stays while the file stays."""

    file: str  # as the subject names it, for example queues.py
    line: int
    column: int  # from 1
    operator: str
    start: int
    end: int
    before: str
    after: str
    where: str = ""  # the function, for example Queue.put
    statement: int = 0  # the line of the statement that is run; 0: whenever the file is read

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.operator}"

    @property
    def text(self) -> str:
        """Before and after, on one line."""
        return f"{_short(self.before)} -> {_short(self.after)}"

    def apply(self, source: bytes) -> bytes:
        if source[self.start : self.end].decode() != self.before:
            raise ValueError(f"{self.name} belongs to another version of {self.file}")
        return source[: self.start] + self.after.encode() + source[self.end :]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
