"""The examples end as their pages say, and the page of the API is what the docstrings say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import api_page

PACKAGE = Path(__file__).resolve().parent.parent
EXAMPLES = PACKAGE / "examples"


def output_of(name, *arguments):
    command = [sys.executable, "-B", str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_pool_whose_workers_are_killed_hangs_with_multiprocessing():
    options = ("--tasks", "200", "--kills", "40", "--patience", "2")
    assert "HANGS: no result for 2 s" in output_of("killed_workers.py", "multiprocessing", *options)


def test_a_pool_whose_workers_are_killed_finishes_with_psq():
    options = ("--tasks", "200", "--kills", "40", "--patience", "60")
    finished = re.search(
        r"finished: 40 workers killed; (\d+) tasks done once, 0 twice, (\d+) reported: \[(.*)\]",
        output_of("killed_workers.py", "psq", *options),
    )
    done, reported = int(finished[1]), int(finished[2])
    assert done + reported == 200 and len(set(re.findall(r"\d+", finished[3]))) == reported


def test_cpp_workers_compute_what_python_collects():
    assert output_of("cpp_workers.py", os.environ["PSQ_EXAMPLE_CPP_WORKER"]) == (
        "4 primes below 10\n168 primes below 1000\n9592 primes below 100000\n"
        "78498 primes below 1000000\nthe workers ended with [0, 0]\n"
    )


def test_the_page_of_the_api_is_what_the_docstrings_say():
    page = PACKAGE.parent.parent / "docs" / "python-api.md"
    assert page.read_text(encoding="utf-8") == api_page.page(), api_page.__doc__
