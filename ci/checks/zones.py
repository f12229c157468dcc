"""The layering: a table of the zones, and of the zones that each may know.

A zone is a folder with all below it, except the folders that are zones themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

ANYTHING = None

# Header folder, header, Python module, or CMake target up to '::' -> its library.
LIBRARIES = {
    "gtest": "GoogleTest",
    "gmock": "GoogleTest",
    "gtest_main": "GoogleTest",
    "GTest": "GoogleTest",
    "rapidcheck": "rapidcheck",
    "rapidcheck.h": "rapidcheck",
    "rapidcheck_gtest": "rapidcheck",
    "cjson": "JSON",
    "${CJSON}": "JSON",
    "nlohmann": "JSON",
    "nlohmann_json": "JSON",
    "simdjson": "simdjson",
    "simdjson.h": "simdjson",
    "CLI": "command line",
    "CLI11": "command line",
    "cereal": "serialization",
    "boost": "Boost",
    "Boost": "Boost",
    "zmq": "ZeroMQ",
    "zmq.hpp": "ZeroMQ",
    "benchmark": "Google Benchmark",
    "pytest": "pytest",
    "_pytest": "pytest",
    "rich": "rich",
    "jinja2": "jinja2",
    "jsonschema": "jsonschema",
    "pybind11": "binding",
    "setuptools": "binding",
    "redis": "client of a broker",
    "pika": "client of a broker",
    "dask": "Dask",
    "distributed": "Dask",
    "generated": "generated from the law",
}

TEST_LIBRARIES = frozenset(("GoogleTest", "rapidcheck", "pytest"))


@dataclass(frozen=True)
class Zone:
    folder: str
    # Zones whose code it may include, import and link. ANYTHING means all zones.
    knows: Optional[tuple[str, ...]] = ()
    # Further zones that its CMake files may name: programs that it runs, files that it reads.
    names: tuple[str, ...] = ()
    libraries: Optional[frozenset[str]] = frozenset()

    def may_know(self, other: Zone) -> bool:
        return self.knows is ANYTHING or other.folder in (self.folder, "", *self.knows)

    def may_name(self, other: Zone) -> bool:
        inside = other.folder.startswith(self.folder + "/")
        return inside or self.may_know(other) or other.folder in self.names

    def may_use(self, library: str, path: Path) -> bool:
        if self.libraries is ANYTHING or library in self.libraries:
            return True
        return library in TEST_LIBRARIES and "tests" in path.parts


_REFERENCE = ("reference", "reference/tests", "reference/benchmarks", "reference/examples")
_PYTHON = "reference/python"
_KIT = "harness/drivers/kit"
_REFERENCE_DRIVER = "harness/drivers/reference"
_DRIVER_LIBRARIES = frozenset(("JSON",))  # the kit needs it

_ZONES = {
    zone.folder: zone
    for zone in (
        Zone("", knows=ANYTHING, libraries=ANYTHING),
        Zone("ci", knows=ANYTHING, libraries=ANYTHING),
        Zone("spec"),
        # Its setup.py builds the package for Python.
        Zone("reference", libraries=frozenset(("serialization", "binding"))),
        *(Zone(folder, knows=_REFERENCE, libraries=ANYTHING) for folder in _REFERENCE[1:]),
        # The reference as a package for Python.
        Zone(_PYTHON, knows=("reference",), libraries=frozenset(("binding",))),
        Zone(
            "conformance",
            names=("spec",),
            libraries=frozenset(
                ("GoogleTest", "rapidcheck", "JSON", "command line", "generated from the law")
            ),
        ),
        # Measures our reader of JSON against libraries, which nothing else uses.
        Zone(
            "conformance/history/compare",
            knows=("conformance",),
            libraries=frozenset(("JSON", "simdjson")),
        ),
        Zone(_KIT, libraries=frozenset(("JSON",))),
        Zone(_REFERENCE_DRIVER, knows=(_KIT, "reference"), libraries=_DRIVER_LIBRARIES),
        # The reference's driver once more, over the reference's sources with the faults built in,
        # and the Python driver and that of a broker with a fault in it.
        Zone(
            "harness/drivers/faulty",
            knows=(
                *(_KIT, "reference", _REFERENCE_DRIVER),
                *("harness/drivers/python", "harness/drivers/brokers"),
            ),
            libraries=_DRIVER_LIBRARIES,
        ),
        # C++ and Python in turn: the drivers of the reference and of its package for Python.
        Zone(
            "harness/drivers/mixed",
            knows=(_KIT, "reference", _REFERENCE_DRIVER, "harness/drivers/python"),
            libraries=_DRIVER_LIBRARIES,
        ),
        # Queues of other designs, in processes and with items of the Python driver.
        Zone(
            "harness/drivers/variants",
            knows=(_KIT, "harness/drivers/python"),
            libraries=_DRIVER_LIBRARIES,
        ),
        # What a new driver begins with.
        Zone("harness/psq/new_driver/templates", knows=(_KIT,), libraries=_DRIVER_LIBRARIES),
        # Queues on brokers, with their clients' libraries; processes and items of the Python driver.
        Zone(
            "harness/drivers/brokers",
            knows=(_KIT, "harness/drivers/python"),
            libraries=frozenset((*_DRIVER_LIBRARIES, "client of a broker")),
        ),
        # Queues of libraries for C++ and C.
        Zone(
            "harness/drivers/libraries",
            knows=(_KIT,),
            libraries=frozenset((*_DRIVER_LIBRARIES, "Boost", "ZeroMQ")),
        ),
        # It runs the suite's binary and the drivers as programs.
        Zone(
            "harness",
            names=("conformance", "spec"),
            libraries=frozenset(("rich", "jinja2", "jsonschema", "Dask")),
        ),
    )
}


def zone_at(folder: str) -> Zone:
    """The zone of a folder; '' is the top. Every driver is a zone, listed or not."""
    parts = folder.split("/") if folder else []
    if parts[:2] == ["harness", "drivers"] and len(parts) > 2:
        driver = "/".join(parts[:3])
        zone = _ZONES.get(driver) or Zone(driver, knows=(_KIT,), libraries=_DRIVER_LIBRARIES)
        return _with_controller(zone) if "tests" in parts[3:] else zone
    for length in range(len(parts), 0, -1):
        zone = _ZONES.get("/".join(parts[:length]))
        if zone is not None:
            return zone
    return _ZONES[""]


def _with_controller(driver: Zone) -> Zone:
    """The tests of a driver or a kit are driven by psq's controller."""
    return replace(
        driver, knows=(*(driver.knows or ()), "harness"), names=(*driver.names, "harness")
    )


def zone_of(path: Path) -> Zone:
    """The zone of a file, its path relative to the top."""
    return zone_at("" if path.parent == Path() else path.parent.as_posix())
