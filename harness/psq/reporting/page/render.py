"""Makes the page: one file, without a network, in which nothing runs but its own script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from psq.law.clause_table import Law
from psq.reporting.page.facts import page_facts
from psq.reporting.target import STANDARD_OUTPUT
from psq.reporting.templating import source, template
from psq.results.run import Run


def html(runs: list[Run], law: Law, target: str = STANDARD_OUTPUT) -> str:
    """The page of stored runs; links to evidence are relative to where `target` is."""
    folder = Path() if target == STANDARD_OUTPUT else Path(target).parent
    return page("page/page.html.j2", page_facts(runs, law, folder))


def page(name: str, facts: dict[str, Any]) -> str:
    """A page of this template, with the style and the script of all pages."""
    script = source("page/page.js")
    return template(name).render(
        facts,
        style=source("page/page.css") + source("history.css"),
        script=script,
        digest=_digest(script),
    )


def _digest(script: str) -> str:
    """The name of the script in the page's policy: the browser runs no other one."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
