"""The page of one recorded history, which needs nothing else."""

from __future__ import annotations

from pathlib import Path

from psq.base.status import UsageError
from psq.reporting.picture import picture
from psq.reporting.templating import source, template


def draw(history: Path, target: Path, witness: Path | None = None) -> None:
    """Raises UsageError when the history cannot be read or the page not be written."""
    page = template("timeline.html.j2").render(
        title=history.parent.name or history.name,
        picture=picture(history, witness),
        style=source("history.css"),
    )
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error}") from error


def draw_all(folder: Path) -> list[Path]:
    """The pictures of all histories below a folder of evidence, beside them."""
    pages = []
    for history in sorted(folder.rglob("history.jsonl")):
        page = history.with_name("timeline.html")
        draw(history, page, history.with_name("witness.txt"))
        pages.append(page)
    return pages
