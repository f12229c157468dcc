"""Mutants of the C++ reference: its driver compiled once more, quickly, of sources with one change."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Optional

from psq.base.paths import Paths
from psq.base.status import InternalError, UsageError
from psq.mutants.change import Change
from psq.mutants.cpp_operators import cpp_changes
from psq.mutants.subject import Stillborn, Variant

# Headers before sources, which they are joined with; the rest has no code of the reference's own.
_FOLDERS = ("include/psq", "src")
_WITHOUT = (
    "sanitizers.h",
    "probe.h",
    "psq.h",
    "codec_cereal.h",
    "error.h",
    "export.h",
    "version.h",
)
_TARGETS = ("psq_reference.dir", "psq_reference_driver.dir", "psq-reference-driver.dir")
_LIBRARIES = ("harness/drivers/kit/cpp/libpsq_driver_kit.a",)
_COMPILE_SECONDS = 900.0


@dataclass(frozen=True)
class _Unit:
    """One command of the build, and the object that the unchanged sources give."""

    argv: tuple[str, ...]
    source: Path
    object: Path
    dependencies: frozenset[str]


class ReferenceSubject:
    slug = "reference"

    def __init__(self, paths: Paths, globs: list[str], scratch: Path) -> None:
        self._build = paths.build
        self._reference = paths.source / "reference"
        self._files = self._choose(globs)
        self._scratch = scratch
        self._units: list[_Unit] = []

    @property
    def sources(self) -> dict[str, bytes]:
        return {name: (self._reference / name).read_bytes() for name in self._files}

    def changes(self) -> list[Change]:
        return [
            change for name, source in self.sources.items() for change in cpp_changes(name, source)
        ]

    def build(self, folder: Path, change: Optional[Change]) -> list[Variant]:
        if not self._units:
            self._units = self._compile_unchanged()
        copy = folder / "reference"
        for name in _FOLDERS:
            shutil.copytree(self._reference / name, copy / name)
        changed: Optional[Path] = None
        if change is not None:
            changed = copy / change.file
            changed.write_bytes(change.apply(changed.read_bytes()))
        objects = [self._object(unit, folder, copy, changed) for unit in self._units]
        program = folder / "psq-reference-driver"
        libraries = [str(self._build / each) for each in _LIBRARIES]
        _run(
            [self._units[0].argv[0], "-o", str(program), *map(str, objects), *libraries, "-pthread"]
        )
        return [Variant("", (str(program),))]

    def watched(self, folder: Path) -> Optional[list[Variant]]:
        return None

    def _object(self, unit: _Unit, folder: Path, copy: Path, changed: Optional[Path]) -> Path:
        """Compiles a unit again only when it includes what is changed."""
        if (
            changed is None
            or str(self._reference / changed.relative_to(copy)) not in unit.dependencies
        ):
            return unit.object
        target = folder / unit.object.name
        source = folder / unit.source.name
        # The joined source names each file by its path.
        source.write_text(unit.source.read_text().replace(str(self._reference), str(copy)))
        argv = [each.replace(str(self._reference), str(copy)) for each in unit.argv]
        _run([*argv, "-o", str(target), "-c", str(source)])
        return target

    def _compile_unchanged(self) -> list[_Unit]:
        commands = json.loads((self._build / "compile_commands.json").read_text())
        own = [
            each for each in commands if any(f"/{name}/" in each["command"] for name in _TARGETS)
        ]
        if not own:
            raise InternalError(
                f"{self._build}/compile_commands.json has no command of the reference"
            )
        return [self._unit(number, each) for number, each in enumerate(own)]

    def _unit(self, number: int, command: dict[str, str]) -> _Unit:
        argv = tuple(_quick(shlex.split(command["command"])))
        source, target = Path(command["file"]), self._scratch / f"{number}.o"
        notes = target.with_suffix(".d")
        try:
            _run([*argv, "-MMD", "-MF", str(notes), "-o", str(target), "-c", str(source)])
        except Stillborn as error:
            raise InternalError(f"the unchanged reference does not compile: {error}") from error
        dependencies = notes.read_text().replace("\\\n", " ").split(":", 1)[1].split()
        return _Unit(argv, source, target, frozenset(dependencies))

    def _choose(self, globs: list[str]) -> list[str]:
        there = [
            path.relative_to(self._reference).as_posix()
            for folder in _FOLDERS
            for path in sorted((self._reference / folder).iterdir())
            if path.name not in _WITHOUT
        ]
        for glob in globs:
            if not any(fnmatchcase(name, glob) for name in there):
                raise UsageError(f"no source of the reference matches {glob!r}: {', '.join(there)}")
        return [name for name in there if not globs or any(fnmatchcase(name, g) for g in globs)]


def _quick(argv: list[str]) -> list[str]:
    """The command without its files, unoptimized; a warning about a mutant is no reason to refuse it."""
    kept = []
    words = iter(argv)
    for word in words:
        if word in ("-o", "-c"):
            next(words)
        elif not (word.startswith(("-O", "-W", "-g")) or word.endswith("ccache")):
            kept.append(word)
    return [*kept, "-O0", "-w"]


def _run(argv: list[str]) -> None:
    try:
        answer = subprocess.run(
            argv, capture_output=True, text=True, timeout=_COMPILE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        # That says more of the machine than of the mutant, which is tried again by the next run.
        raise InternalError(f"the compiler took more than {_COMPILE_SECONDS:.0f} s") from error
    if answer.returncode != 0:
        lines = answer.stderr.splitlines()
        errors = [line for line in lines if "error:" in line or "undefined reference" in line]
        raise Stillborn((errors or lines or ["does not compile"])[0][:300])
