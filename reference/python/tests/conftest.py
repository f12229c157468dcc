"""Fixtures of the tests of the package psq, which is the one of the build tree (PYTHONPATH)."""

import psq
import pytest

METHODS = ("fork", "spawn", "forkserver")


@pytest.fixture(params=METHODS)
def ctx(request):
    """The context of each start method."""
    return psq.get_context(request.param)


@pytest.fixture
def queue():
    return psq.Queue()
