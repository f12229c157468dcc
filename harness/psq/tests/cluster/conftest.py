"""One cluster for all tests of this folder; each says how many workers it needs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE)]

from local_cluster import Gate, LocalCluster  # noqa: E402
from psq import cli  # noqa: E402
from psq.base.paths import Paths  # noqa: E402


@pytest.fixture(scope="session")
def built():
    """The real build tree, which ctest names."""
    folder = os.environ.get("PSQ_BUILD_DIR")
    if not folder:
        pytest.skip("PSQ_BUILD_DIR names no build tree")
    return Paths.of(Path(folder))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    made = LocalCluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture
def psq(built, capsys):
    """Runs a command line; gives its status, output and error output."""

    def run(*argv):
        status = cli.main(list(argv), built)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def gate(tmp_path, built):
    return Gate(tmp_path, built.program("psq-faulty-driver"), "--fault", "get-empty-early")


@pytest.fixture
def soak(psq, cluster, tmp_path):
    """Soaks a driver on the cluster, or here; gives the status, what was said, and the records."""

    def run(driver, *more, here=False):
        results = tmp_path / "soak.jsonl"
        argv = ["soak", driver, "--results", str(results)]
        argv += [] if here else ["--scheduler", cluster.address]
        argv += ["--budget", "1h", "--patience", "20", "--shrink-for", "0.1s", "--seed", "1"]
        status, out, err = psq(*argv, *more)
        lines = results.read_text().splitlines() if results.is_file() else []
        return status, out + err, [json.loads(line) for line in lines]

    return run
