"""Makes the modules of ci/results and psq known to their tests."""

import sys
from pathlib import Path

JUDGING = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(JUDGING))
sys.path.insert(0, str(JUDGING.parents[1] / "harness"))
