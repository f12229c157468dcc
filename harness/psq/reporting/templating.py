"""The templates of the reports: what they are filled with shows as text, whatever a driver wrote."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jinja2

from psq.base.visible import visible

_TEMPLATES = Path(__file__).parent / "templates"


def template(name: str) -> jinja2.Template:
    """The template; values in one of HTML are escaped."""
    return _environment(".html" in name or ".svg" in name).get_template(name)


def source(name: str) -> str:
    """The text of a file of ours, a style sheet or a script, which a page puts in as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@functools.cache
def _environment(autoescape: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return environment


def _shown(value: Any) -> Any:
    # What is safe in HTML is of a kind of its own: a macro's output, whose values have been here.
    return visible(value) if type(value) is str else value
