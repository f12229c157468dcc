"""A full disk or a wrong place: a message that says what to do, the status, and what is known is told."""

import json
import subprocess
import sys

import pytest

from psq.base.status import Status
from psq.results.result_file import load


def driver(paths, *behaviours):
    return " ".join([str(paths.build / "driver"), *behaviours, "--"])


def test_results_without_room_end_the_run_and_tell_its_verdicts(psq, paths):
    status, out, err = psq("check", driver(paths, "queue.put_a=fail"), "--results", "/dev/full")
    assert status == 70
    assert "cannot write the results to /dev/full: No space left on device; make room" in out
    assert "did not run" in out


def test_a_writer_keeps_whole_lines_and_complains_once(tmp_path):
    path = tmp_path / "results.jsonl"
    program = f"""
import resource, sys
sys.path.insert(0, {str(__file__.rpartition("/psq/")[0])!r})
from pathlib import Path
from psq.base.status import NoRoom
from psq.results.result_file import Writer
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
writer = Writer(Path({str(path)!r}))
writer.write({{"n": "x" * 40}})
try:
    writer.write({{"n": "y" * 90}})
except NoRoom as error:
    print(error)
writer.write({{"n": "z"}})
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "File too large; make room" in ended.stdout and ended.returncode == 0, ended
    assert path.read_text() == json.dumps({"n": "x" * 40}) + "\n"


@pytest.fixture
def stored(psq, paths, tmp_path):
    path = tmp_path / "stored.jsonl"
    psq("check", driver(paths, "queue.put_a=fail"), "--results", str(path))
    return str(path)


@pytest.mark.parametrize(
    "place, status, says",
    [
        ("/dev/full", 70, "No space left on device; make room there, or name another place"),
        ("/proc/no/such/folder", 64, "name a file that can be written"),
        ("/dev/null/file", 64, "name a file that can be written"),
    ],
)
def test_a_report_that_cannot_be_written(psq, stored, tmp_path, place, status, says):
    ended, out, err = psq("compare", "--from", stored, "--html", place)
    assert ended == status and says in err
    assert "does not conform" in out, "the verdict is told in any case"
    other = tmp_path / "report.md"
    for kind in ("html", "junit", "json"):
        wanted = ("--markdown", str(other), f"--{kind}", place)
        ended, _, err = psq("report", stored, *wanted)
        assert ended == status and says in err and "does not conform" in err
        assert other.read_text(), "the other reports are written"
        other.unlink()
    assert load(stored_path(stored)).status() == Status.DOES_NOT_CONFORM


def stored_path(stored):
    from pathlib import Path

    return Path(stored)


@pytest.mark.parametrize(
    "command",
    [("soak",), ("mutants", "--sample", "1", "--ledger", "none"), ("check", "--ledger", "none")],
)
def test_results_in_a_wrong_place(psq, command):
    place = "/proc/no/such/results.jsonl"
    ended, _, err = psq(*command, "cpython", "--results", place)
    assert ended == 64
    assert "cannot write " in err and "name a file that can be written" in err


def test_evidence_without_room_is_a_problem_and_the_verdict_stands(built, tmp_path):
    from psq.base.paths import Paths

    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    for program in ("psq-conformance", "psq-faulty-driver", "psq-faulty-python-driver"):
        (tree / "bin" / program).symlink_to(built.program(program).resolve())
    (tree / "evidence").write_text("a file, and no folder")
    main = Paths(build=tree).source / "harness" / "psq" / "__main__.py"
    command = [sys.executable, "-I", str(main), str(tree), "check", "faulty:put-full-early"]
    command += ["--test", "queue.put.full-after-timeout"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 70, ended.stdout
    assert "problem: queue.put.full-after-timeout: cannot write" in ended.stdout
    assert "FAIL  queue.put.full-after-timeout" in ended.stdout


@pytest.mark.parametrize("argv", [["list"], ["explain", "queue.put.full-at-once"], ["--help"]])
def test_standard_output_without_room(built, argv):
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [built.build / "psq", *argv]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 70, ended.stderr
    assert ended.stderr == "psq: cannot write to standard output: No space left on device\n"


def test_a_reader_that_goes_away_is_no_error_to_talk_about(built):
    command = f"'{built.build}/psq' list; echo $? >&2"
    ended = subprocess.run(
        ["sh", "-c", f"{{ {command}; }} | true"], stderr=subprocess.PIPE, text=True
    )
    assert ended.stderr.strip() == "70"


def test_psq_history_without_room(built, tmp_path):
    recording = tmp_path / "recording.jsonl"
    recording.write_text('{"history": 1, "objects": [{"name": "q", "type": "queue"}]}\n')
    command = [str(built.program("psq-history")), str(recording)]
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 70 and "cannot write to standard output" in ended.stderr
    ended = subprocess.run([*command, "--json", "/dev/full"], capture_output=True, text=True)
    assert ended.returncode == 70
    assert "cannot write /dev/full: No space left on device; make room" in ended.stderr
    assert "unknown" in ended.stdout
