"""Writes the folder of a new driver from the templates of its language."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import UsageError, cannot_write

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Language:
    """What the files of a language say beside the name."""

    file: str
    command: str
    next_step: str
    build: str = ""
    setup: str = ""


LANGUAGES = {
    "c++": Language(
        "driver.cc",
        "build/@TARGET@",
        "`Queue::perform` makes each call, `create` each queue, `classify` names its errors.",
        "cmake -S . -B build@FOUND@ && cmake --build build\n",
    ),
    "python": Language(
        "driver.py",
        "python3 driver.py",
        "`create` and `operation` return a `Call` each, `outcome` names the errors.",
    ),
    "javascript": Language(
        "driver.js",
        "node driver.js",
        "`create` returns a description, `open` makes a queue of it, `outcome` names the errors.",
        "npm install   # the kit\n",
        "      - run: apt-get install -y --no-install-recommends nodejs\n",
    ),
    "c": Language(
        "driver.c",
        "build/@TARGET@",
        "`take` gives each request to a thread of its name, which makes the call and answers.",
        "cmake -S . -B build@FOUND@ && cmake --build build\n",
        "      - run: apt-get install -y --no-install-recommends libcjson-dev\n",
    ),
}


def write_driver(language: str, name: str, folder: Path, paths: Paths) -> list[Path]:
    """Write all files, for the psq of these paths; returns them. Raises UsageError when the folder is there already."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise UsageError(
            f"a name has letters, digits, '_' and '-', and begins with a letter; not {name!r}"
        )
    if folder.exists():
        raise UsageError(f"{folder} is there already, and nothing is overwritten; name another")
    words = _words(language, name, paths)
    try:
        return [
            _write(source, folder / source.relative_to(_TEMPLATES / of), words)
            for of in ("common", language)
            for source in sorted((_TEMPLATES / of).rglob("*"))
            if source.is_file() and "__pycache__" not in source.parts
        ]
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise cannot_write(str(folder), error) from error


def _words(language: str, name: str, paths: Paths) -> dict[str, str]:
    """What stands for each @NAME@ of the templates; a meaning may have names that follow it."""
    of = LANGUAGES[language]
    target = re.sub(r"-", "_", name)
    # CMake finds what is installed by itself, because the psq command is on the PATH.
    found = "" if paths.installed else " -Dpsq_DIR=PSQ/build"
    return {
        "@BUILD@": of.build,
        "@FOUND@": found,
        "@HINT@": f" #{found}" if found else "",
        "@WHERE@": "`PSQ` is the folder of psq. " if found else "",
        "@VERSION@": paths.version,
        "@COMMAND@": of.command.replace("@TARGET@", target),
        "@FILE@": of.file,
        "@NEXT@": of.next_step,
        "@SETUP@\n": of.setup,
        "@KITS@": str(paths.source / "harness" / "drivers" / "kit"),
        "@TARGET@": target,
        "@PACKAGE@": name.lower(),
        "@NAME@": name,
    }


def _write(source: Path, target: Path, words: dict[str, str]) -> Path:
    text = source.read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "x", encoding="utf-8") as file:
        file.write(text)
    target.chmod(0o755 if text.startswith("#!") else 0o644)
    return target
