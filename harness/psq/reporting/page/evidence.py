"""What was kept of a test: where its files are from the page, its picture, the end of the driver's log."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from psq.base.status import UsageError
from psq.reporting.picture import Picture, Size, picture
from psq.results.run import Record

# What fits beside a card, and is drawn at once.
_SIZE = Size(axis=900.0, operations=400)
_FILES = 30
# A folder of evidence has a dozen files. One that is the whole disk, by mistake, is not walked through.
_LOOKED_AT = 1000
_LOG_BYTES = 4000


@dataclass(frozen=True)
class File:
    """A file of evidence: its name in the folder, and the way to it from the page."""

    name: str
    href: str


@dataclass(frozen=True)
class Evidence:
    """The folder of one test."""

    folder: str
    here: bool
    """Whether the folder was there when the page was made."""
    files: list[File] = field(default_factory=list)
    picture: Picture | None = None
    lack: str = ""
    """Why there is a history and no picture."""
    log: str = ""


def evidence_of(record: Record, page: Path) -> Evidence | None:
    """What was kept of a test, for a page in the folder `page`; None when nothing was."""
    name = record.get("evidence")
    if not name:
        return None
    folder = Path(name)
    # Of a file that may be broken: os.path refuses no name, however long.
    if not os.path.isdir(folder):
        return Evidence(name, here=False)
    files = _files_in(folder)
    drawn, lack = _picture(files)
    return Evidence(
        folder=name,
        here=True,
        files=[File(str(each.relative_to(folder)), _link(each, page)) for each in files[:_FILES]],
        picture=drawn,
        lack=lack,
        log=_end_of(folder / "driver.log"),
    )


def _files_in(folder: Path) -> list[Path]:
    """The first that are found. What vanishes meanwhile, or cannot be read, is left out."""
    found = (Path(where, name) for where, _, names in os.walk(folder) for name in names)
    return sorted(each for each in itertools.islice(found, _LOOKED_AT) if os.path.isfile(each))


def _link(file: Path, page: Path) -> str:
    """Relative, so that a folder with the page and the evidence can be moved as one."""
    return quote(os.path.relpath(file.absolute(), page.absolute()))


def _picture(files: list[Path]) -> tuple[Picture | None, str]:
    histories = [each for each in files if each.name == "history.jsonl"]
    if not histories:
        return None, ""
    try:
        return picture(histories[0], histories[0].with_name("witness.txt"), _SIZE), ""
    except UsageError as error:  # the page stands without a picture
        return None, str(error)


def _end_of(log: Path) -> str:
    try:
        data = log.read_bytes()[-_LOG_BYTES:]
    except OSError:
        return ""
    return data.decode("utf-8", errors="backslashreplace").strip()
