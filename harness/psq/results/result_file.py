"""Result files: JSON Lines with a plan, the tests as they ended, and an end."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from psq.base import json_text
from psq.base.status import UsageError, cannot_write
from psq.results.driver_times import checked
from psq.results.fields import check_fields
from psq.results.run import Record, Run, check_record

# Goes up when a reader of the last one would misread what is written.
FORMAT = 1


def load(path: Path) -> Run:
    """Reads a stored run. A run that was cut short loads, and its missing tests show."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the results {path}: {error}") from error
    run = Run(name=path.stem, path=path)
    for number, line in enumerate(lines, start=1):
        try:
            _take(run, json_text.parse(line), f"{path}:{number}")
        except (ValueError, AttributeError) as error:
            if number == len(lines) and number > 1:
                run.problems.append("the last line is cut short")
                break
            raise UsageError(f"{path}:{number} is no result of psq: {error}") from error
    if not run.plan:
        raise UsageError(f"{path} is no result file of psq: it has no plan")
    if run.end is None:
        run.problems.append("the run was cut short: it has no end")
    return run


def _take(run: Run, record: Record, where: str) -> None:
    kind = record.get("record")
    check_fields(record)
    if kind == "plan":
        if run.plan:
            raise ValueError("a second plan in one file")
        _check_format(record, where)
        run.plan = record
        run.name = record.get("name") or run.name
    elif kind == "implementation":
        run.implementation = run.implementation or record
    elif kind == "driver":
        run.driver = run.driver or checked(record)
    elif kind == "ledger":
        run.ledger = run.ledger or record
    elif kind == "test":
        check_record(record, where)
        run.tests[record["test"]] = record
    elif kind == "end":
        run.end = record
        run.problems.extend(record.get("problems") or [])
        run.interrupted = bool(record.get("interrupted"))
        run.stopped = record.get("stopped") or ""
        run.unmet.extend(record.get("unmet") or [])


def _check_format(plan: Record, where: str) -> None:
    """Raises UsageError for another format: its records may mean something else."""
    found = plan.get("format", FORMAT)
    if found != FORMAT:
        raise UsageError(
            f"{where}: these results have the format {found!r}, and this psq reads format {FORMAT}: "
            "use the version of psq that wrote them, or judge again"
        )


class Writer:
    """Writes records to a result file, each whole and at once; without any, the file keeps what it had."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, self._is_new = _opened(path)
        except OSError as error:
            raise cannot_write(f"the results to {path}", error) from error
        self._file = open(handle, "wb", buffering=0)
        self._is_old = os.fstat(handle).st_size > 0
        self._path = path
        self._full = False

    def write(self, record: Record) -> None:
        """Raises NoRoom, once, when the disk is full; the file then keeps its whole lines, and takes no more."""
        if self._full:
            return
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        before = self._file.tell()
        if before == 0 and self._is_old:
            self._file.truncate(0)
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            self._full = True
            with contextlib.suppress(OSError):
                self._file.truncate(before)
            raise cannot_write(f"the results to {self._path}", error) from error

    def close(self) -> None:
        # What was there before stays in any case: it may be a device.
        if self._is_new and os.fstat(self._file.fileno()).st_size == 0:
            self._path.unlink(missing_ok=True)
        self._file.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: Path) -> tuple[int, bool]:
    """The file for writing, with what it has, and whether it was made."""
    how = os.O_WRONLY | os.O_CLOEXEC
    try:
        return os.open(path, how | os.O_CREAT | os.O_EXCL, 0o666), True
    except FileExistsError:
        return os.open(path, how), False


class Tail:
    """Reads the records that a running worker has completed so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> list[Record]:
        """The records since the last call; raises ValueError for a line that is no record."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                chunk = file.read()
        except FileNotFoundError:
            return []
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [json.loads(line) for line in whole.splitlines() if line.strip()]
