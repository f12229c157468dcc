"""What the tests share: the modules of the campaign, and results as the psq command writes them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

TRUST = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TRUST))
sys.path.insert(0, str(TRUST.parents[1] / "harness"))

import loads  # noqa: E402
from plan import Planned  # noqa: E402
from store import Store  # noqa: E402


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "state")


@pytest.fixture
def load_named():
    return {each.name: each for each in loads.all_loads()}.__getitem__


@pytest.fixture
def build():
    """The real build tree, which ctest names."""
    folder = os.environ.get("PSQ_BUILD_DIR")
    if not folder:
        pytest.skip("PSQ_BUILD_DIR names no build tree")
    return Path(folder)


@pytest.fixture
def stored(store):
    """Keeps a finished run with these verdicts of the tests t.a, t.b, ..."""

    def keep(*verdicts, implementation="reference", load="idle", index=0, commit="c1", seed=7):
        planned = Planned(implementation, load, index)
        names = [f"t.{chr(ord('a') + number)}" for number in range(len(verdicts))]
        records = [{"record": "plan", "tests": names, "planned": len(names), "seed": seed}]
        for name, verdict in zip(names, verdicts):
            record = {"record": "test", "test": name, "verdict": verdict, "clauses": [name]}
            records.append({**record, "message": f"saw {verdict}", "seed": seed})
        records.append({"record": "end", "problems": []})
        path = store.results(planned, commit)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        facts = {"seed": seed, "seconds": 60.0, "status": 0}
        store.keep(planned, commit, path.parent / "no-evidence", facts)
        return planned

    return keep
