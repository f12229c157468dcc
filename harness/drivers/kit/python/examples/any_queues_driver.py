#!/usr/bin/env python3
"""A driver in three lines, of a module with the API of ``multiprocessing``: any_queues_driver.py MODULE."""

import importlib
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from psq_driver_kit.queues import serve_queues  # noqa: E402

if __name__ == "__main__":
    module = importlib.import_module(sys.argv[1])
    serve_queues(module, implementation=sys.argv[1], version=sys.version.split()[0])
