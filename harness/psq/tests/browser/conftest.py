"""One browser and one set of real pages for all tests of the page."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[2]))

from browser import Browser, program  # noqa: E402
from psq import cli  # noqa: E402
from psq.base.paths import Paths  # noqa: E402

HOSTILE = f"{sys.executable} {HERE / 'hostile_driver.py'}"
# One that the faulty driver fails, one that the hostile one fails, one that it does not support, and one of what the
# law leaves open.
TESTS = (
    "queue.put.full-after-timeout",
    "queue.put.full-at-once",
    "process.exit-code.values",
    "failure.kill.joiner-others",
)


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    if program() is None:
        pytest.skip("no Chromium is installed: ci/setup --browser installs it")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with real pages: report.html of three implementations, many.html of
    nine, and index/ over all their runs."""
    build = tmp_path_factory.mktemp("site")
    (build / "bin").symlink_to(Path(os.environ["PSQ_BUILD_DIR"]) / "bin")
    paths = Paths(build=build)
    tests = [word for test in TESTS for word in ("--test", test)]
    for driver in ("reference", "faulty:put-full-early", HOSTILE):
        cli.main(["check", driver, *tests, "--seed", "7"], paths)
    stored = [str(each) for each in sorted(paths.results.iterdir())]
    earlier = str(_a_day_earlier(paths.results / "reference.filtered.jsonl", build))
    cli.main(["report", *stored, "--html", str(build / "report.html")], paths)
    cli.main(["report", *stored, *stored, *stored, "--html", str(build / "many.html")], paths)
    cli.main(["report", earlier, *stored, "--index", str(build / "index")], paths)
    return build


def _a_day_earlier(results: Path, folder: Path) -> Path:
    """The same results, of the day before, with one test that failed then."""
    records = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    records[0]["started"] = "2020-01-01T00:00:00+00:00"
    for record in records:
        if record.get("test") == TESTS[0]:
            record.update(verdict="fail", clause=TESTS[0])
    path = folder / "earlier.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, site: Path) -> Browser:
    """The report, opened anew on a desktop in the light."""
    chromium.size(1280, 800)
    chromium.prefer("light")
    chromium.open((site / "report.html").as_uri())
    return chromium
