"""The paths of the source tree, the build tree and the programs in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from psq.base.status import InternalError

SOURCE = Path(__file__).resolve().parents[3]
# The JSON Schemas of the driver protocol's messages.
SCHEMAS = SOURCE / "spec" / "schemas"


@dataclass(frozen=True)
class Paths:
    """The folders of one build tree."""

    build: Path
    source: Path = SOURCE

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
    def variants_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "variants" / "variants_driver.py"

    @property
    def broker_driver(self) -> Path:
        return self.source / "harness" / "drivers" / "brokers" / "broker_driver.py"

    def program(self, name: str) -> Path:
        """The program `name` of this build tree; says how to build it when it is not there."""
        path = self.build / "bin" / name
        if not path.is_file():
            raise InternalError(
                f"{name} is not built (looked for {path}).\n"
                f"Build it with: cmake --build {self.build}"
            )
        return path

    @property
    def suite(self) -> Path:
        return self.program("psq-conformance")
