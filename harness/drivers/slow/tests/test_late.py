"""What comes late on the wall clock: a right implementation is not convicted of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

SUITE = Path(os.environ["PSQ_BUILD_DIR"]) / "bin" / "psq-conformance"
VARIANTS = Path(__file__).resolve().parents[2] / "variants"
# A machine that is not fair decides nothing: then once more.
ATTEMPTS = 3

DRIVER = """
import sys, time
VARIANTS, LATE_BY = sys.argv[1], float(sys.argv[2])
sys.path.insert(0, VARIANTS)
import variants_driver
from psq_driver_kit import Call, serve
from variant_adapter import VariantAdapter

class Late(VariantAdapter):
    def child(self):
        return late_child, super().child()[1]
"""

# Of each thread of the root, the first child comes late.
LATE_CHILDREN = """
def late_child(design, handed, role, path, given):
    if role.endswith("_0"):
        time.sleep(LATE_BY)
    serve(Late(design, handed), role=role, socket_path=path, objects=given)

serve(Late("file"))
"""

# The put of one process has put its item, and ends late: without a sleep, as where it has no processor.
LATE_PUT = """
class LatePut(Late):
    def _put(self, kind, target, arguments):
        call = super()._put(kind, target, arguments)
        def late():
            call.invoke()
            until = time.monotonic() + LATE_BY
            while time.monotonic() < until:
                pass
        return Call(late, call.value)

def late_child(design, handed, role, path, given):
    adapter = (LatePut if role == "victim" else Late)(design, handed)
    serve(adapter, role=role, socket_path=path, objects=given)

serve(Late("file"))
"""


def expect_pass(folder, test, driver, late_by, *options):
    program = folder / "late.py"
    program.write_text(DRIVER + driver)
    for attempt in range(ATTEMPTS):
        results = folder / f"{attempt}.jsonl"
        argv = [SUITE, "--exactly", test, *options, "--results", results]
        argv += ["--", sys.executable, program, VARIANTS, str(late_by)]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
        records = [json.loads(line) for line in results.read_text().splitlines()]
        (record,) = (each for each in records if each["record"] == "test")
        if record["verdict"] != "inconclusive":
            break
    assert record["verdict"] == "pass", ended.stdout


def test_children_that_come_late_are_told_to_end_all_the_same(tmp_path):
    # Later than the bound of a hang, and less than the three times as late that hang.
    test = "process.children.by-several-threads"
    expect_pass(tmp_path, test, LATE_CHILDREN, 2, "--hang-after", "1.4")


def test_a_put_that_has_put_its_item_and_ends_late_does_not_wait(tmp_path):
    expect_pass(tmp_path, "failure.kill.waiting-writer-harmless", LATE_PUT, 0.6)
