"""WCAG, as axe-core judges it; ci/setup --browser installs it by npm."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from browser import Browser

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe() -> str:
    """The program text of axe-core; fails when it is not installed."""
    named = os.environ.get("PSQ_AXE_CORE")
    folders = ["/usr/lib/node_modules", "/usr/local/lib/node_modules", "/usr/share/nodejs"]
    places = [Path(named)] if named else [Path(each, "axe-core/axe.min.js") for each in folders]
    places += [] if named else [_global_modules() / "axe-core/axe.min.js"]
    for place in places:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise AssertionError(f"axe-core is not installed (looked for {places}): run ci/setup --browser")


def _global_modules() -> Path:
    found = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip() or "/nowhere")


def violations(browser: Browser) -> list[str]:
    """What axe finds wrong in what the page shows now, a line each."""
    if not browser.evaluate("'axe' in window"):
        browser.evaluate(f"{axe()}; true")
    tags = f"{{runOnly: {_TAGS}, resultTypes: ['violations']}}"
    found = browser.evaluate(f"axe.run(document, {tags}).then(each => each.violations)")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:4]]}"
        for each in found
    ]
