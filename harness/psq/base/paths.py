"""Where psq finds its sources and programs, and where it writes: in a build tree, or installed."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from psq.base.status import InternalError

SOURCE = Path(__file__).resolve().parents[3]
# The JSON Schemas of the driver protocol's messages, and of what psq writes.
SCHEMAS = SOURCE / "spec" / "schemas"
# Says where the programs are, in a build tree and in an installation; CMake writes it.
PLACES = "psq-places.json"
# Where an installed psq writes, in the current folder unless this variable names another one.
_OUTPUT, _OUTPUT_VARIABLE = "psq-out", "PSQ_OUTPUT"


@dataclass(frozen=True)
class Paths:
    """The folders of one build tree or installation."""

    build: Path
    """Where results, evidence and all else that psq makes go."""
    source: Path = SOURCE
    programs: tuple[Path, ...] = ()
    """The folders of the programs; those of the build tree when empty."""
    version: str = "unknown"
    installed: bool = False

    @staticmethod
    def of(folder: Path) -> Paths:
        """The paths of the tree with this folder, which has PLACES; without it, those of a build tree."""
        try:
            places = json.loads((folder / PLACES).read_text(encoding="utf-8"))
            programs = tuple((folder / each).resolve() for each in places["programs"])
            version, installed = str(places["version"]), bool(places["installed"])
        except FileNotFoundError:
            return Paths(build=folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InternalError(
                f"{folder / PLACES} is broken: {error!r}; build or install again"
            ) from error
        output = (
            Path(os.environ.get(_OUTPUT_VARIABLE) or _OUTPUT).absolute() if installed else folder
        )
        return Paths(output, programs=programs, version=version, installed=installed)

    @property
    def command(self) -> str:
        """How a person starts this psq once more from the current folder."""
        launcher = self.build / "psq"
        found = shutil.which("psq")
        if self.installed or not launcher.is_file() or (found and launcher.samefile(found)):
            return "psq"
        below = Path.cwd() in launcher.parents
        path = os.path.relpath(launcher) if below else str(launcher)
        return shlex.quote(path if "/" in path else f"./{path}")

    @property
    def results(self) -> Path:
        return self.build / "results"

    @property
    def evidence(self) -> Path:
        return self.build / "evidence"

    @property
    def ledgers(self) -> Path:
        return self.source / "harness" / "ledgers"

    @property
    def python_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "python" / "multiprocessing_driver.py"

    @property
    def python_package(self) -> Path:
        """The folder of the package psq for Python, which is a part of a build tree alone."""
        return self.build / "python"

    @property
    def mixed_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "mixed" / "mixed_driver.py"

    @property
    def variants_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "variants" / "variants_driver.py"

    @property
    def broker_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "brokers" / "broker_driver.py"

    def lacks(self, name: str) -> str | None:
        """What the program `name` needs and the build tree was configured without; None for nothing."""
        note = self.build / "bin" / f"{name}.missing"
        return note.read_text(encoding="utf-8").strip() if note.is_file() else None

    def program(self, name: str) -> Path:
        """The program `name`; says how to get it when it is not there."""
        folders = self.programs or (self.build / "bin",)
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
        looked = ", ".join(str(folder / name) for folder in folders)
        if self.installed:
            raise InternalError(
                f"{name} is not installed (looked for {looked}).\nUse the psq of a build tree."
            )
        raise InternalError(
            f"{name} is not built (looked for {looked}).\n"
            f"Build it with: cmake --build {self.build}"
        )

    @property
    def suite(self) -> Path:
        return self.program("psq-conformance")
