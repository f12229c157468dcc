"""Runs the driver of pipe_driver.cc, which stands on the kit, by psq's controller."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from psq.controller.testing import PATIENCE, running  # noqa: E402


@pytest.fixture
def driver():
    with running([os.environ["PSQ_PIPE_DRIVER"]]) as run:
        yield run
        for peer in run.peers.values():
            peer.hang_up()
        assert run.program.wait_for_status(PATIENCE) is not None, "the root outlives its connection"


@pytest.fixture
def root(driver):
    return driver.root
