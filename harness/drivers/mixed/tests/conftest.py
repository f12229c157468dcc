"""Lets the tests find psq's controller and the modules of the driver."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parent), str(HERE.parents[1] / "python")]
