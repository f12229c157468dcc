"""What narrows, repeats or ends a run says so in its verdict and its results, and never turns red into green."""

import json
import subprocess
import sys
from xml.etree import ElementTree

from psq.results.result_file import load

from conftest import make_program
from test_check import driver


def results(paths, kind=""):
    (path,) = [
        p for p in paths.results.iterdir() if p.name.endswith(".filtered.jsonl") == bool(kind)
    ]
    return path


def verdict(out):
    return out.splitlines()[-1]


def test_a_level_selects(psq, paths):
    status, out, _ = psq("check", driver(paths), "--level", "may")
    assert status == 0, out
    assert "1 of 1 tests ran (1 pass); only a part of the law: --level may" in verdict(out)
    run = load(results(paths, "filtered"))
    assert run.planned == ["queue.get_c"] and run.selection == ["--level may"]


def test_shards_have_each_test_once(psq, paths):
    seen = []
    for share in ("1/3", "2/3", "3/3"):
        status, out, _ = psq("check", driver(paths), "--shard", share)
        assert status == 0 and f"only a part of the law: --shard {share}" in verdict(out)
        seen += load(results(paths, "filtered")).planned
    assert sorted(seen) == ["process.d", "queue.get_c", "queue.put_a", "queue.put_b"]
    status, _, err = psq("check", driver(paths), "--shard", "5/9")
    assert status == 64 and "--shard 5/9 of 4 tests is empty" in err


def test_the_first_failure_ends_a_run_that_is_told_so(psq, paths):
    status, out, _ = psq("check", driver(paths, "queue.put_a=fail"), "--fail-fast", "--jobs", "1")
    assert status == 1, out
    assert "1 of 4 tests ran (1 fail); it stopped at the first failure: --fail-fast" in verdict(out)
    assert "3  not started after the first failure, by --fail-fast" in out
    run = load(results(paths))
    assert (run.status(), run.stopped, len(run.missing)) == (1, "--fail-fast", 3)
    again = psq("report", str(results(paths)), "--json", "-")
    assert again[0] == 1 and "it stopped at the first failure" in again[2]


def test_what_failed_runs_again_until_it_passes(psq, paths):
    # Behaviours are the driver's arguments, and another command line is another driver: a file says them.
    behaviour = paths.build / "behaviours"
    command = f"{paths.build / 'driver'} @{behaviour} --"
    status, _, err = psq("check", command, "--rerun-failed")
    assert status == 64 and "there are no results of" in err
    behaviour.write_text("queue.put_a=fail queue.get_c=inconclusive")
    assert psq("check", command)[0] == 1
    behaviour.write_text("queue.put_a=fail")
    status, out, _ = psq("check", command, "--rerun-failed")
    assert status == 1 and "2 of 2 tests ran (1 pass, 1 fail)" in verdict(out)
    assert "only a part of the law: --rerun-failed" in verdict(out)
    behaviour.write_text("")
    status, out, _ = psq("check", command, "--rerun-failed")
    assert status == 0 and "1 of 1 tests ran" in verdict(out)
    status, _, err = psq("check", command, "--rerun-failed")
    assert status == 64 and "every test passed" in err
    assert len(load(results(paths)).planned) == 4  # the whole run's results stay


def test_a_repeated_test_has_its_worst_verdict(psq, paths):
    status, out, _ = psq("check", driver(paths, "queue.put_a=turn-2-fail"), "--repeat", "3")
    assert status == 1, out
    assert "4 of 4 tests ran (3 pass, 1 fail); 3 times each" in verdict(out)
    run = load(results(paths))
    assert run.tests["queue.put_a"]["repeats"] == {"pass": 2, "fail": 1}
    assert run.tests["queue.put_b"]["repeats"] == {"pass": 3}
    assert run.times_each == 3


def test_repeating_ends_at_the_first_failure_where_that_is_wanted(psq, paths):
    options = ("--test", "queue.put_a", "--jobs", "1", "--until-fail")
    status, out, _ = psq("check", driver(paths, "queue.put_a=turn-3-fail"), *options)
    assert status == 1, out
    assert "up to 1000 times each" in verdict(out)
    assert "it stopped at the first failure: --until-fail" in verdict(out)
    assert load(results(paths, "filtered")).tests["queue.put_a"]["repeats"] == {
        "pass": 2,
        "fail": 1,
    }
    status, out, _ = psq("check", driver(paths), *options, "--repeat", "2")
    assert status == 0 and "; 2 times each" in verdict(out)


def test_an_undecided_turn_runs_once_more(psq, paths):
    options = ("--test", "queue.put_a", "--repeat", "2")
    status, out, _ = psq("check", driver(paths, "queue.put_a=then-pass"), *options)
    assert status == 0, out
    assert load(results(paths, "filtered")).tests["queue.put_a"]["repeats"] == {"pass": 2}


def test_what_a_driver_does_not_declare_is_not_started(psq, paths):
    status, out, _ = psq("check", driver(paths, "queue.put_a=undeclared", "process.d=undeclared"))
    assert status == 0, out
    assert "4 of 4 tests ran (2 pass, 2 unsupported)" in verdict(out)
    assert "2  does not declare it: process.d" in out
    run = load(results(paths))
    assert run.end["unsupported"] == 2 and run.plan["clause_digest"] == "d1"


def test_a_real_driver_is_not_started_for_what_it_lacks(built, tmp_path):
    """Two looks at it say what it lacks, and no test of that starts it."""
    started = tmp_path / "started"
    program = built.source / "harness/drivers/kit/python/examples/thread_queue_driver.py"
    counting = make_program(
        tmp_path / "driver", f"echo x >> {started}\nexec {sys.executable} {program}"
    )
    command = [built.build / "psq", "check", counting, "--results", tmp_path / "results.jsonl"]
    for part in ("pipe", "manager", "queue.close", "queue.join-thread"):
        command += ["--test", f"{part}.*"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 2, ended.stdout + ended.stderr  # nothing was verified
    run = load(tmp_path / "results.jsonl")
    reasons = {record["message"] for record in run.tests.values()}
    assert "the driver does not declare any operation of connection" in reasons
    assert "the driver does not declare queue.close" in reasons
    assert "it does not claim the profile manager" in reasons
    assert set(run.counts) == {"unsupported"} and len(run.tests) == len(run.planned) > 50
    assert started.read_text() == "x\n" * 2


def test_all_reports_come_of_one_call(psq, paths, tmp_path):
    files = {kind: tmp_path / kind for kind in ("html", "markdown", "junit", "json")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    told = driver(paths, "queue.put_a=unsupported", "process.d=inconclusive")
    status, out, _ = psq("check", told, "--test", "queue.put.*", "--test", "process.d", *options)
    assert status == 2, out
    # What was not verified, and why, in each of them and on the terminal.
    reasons = ("said unsupported", "it could not be decided", "not selected by --test queue.put.*")
    for text in (out, files["html"].read_text(), files["markdown"].read_text()):
        assert all(reason in text for reason in reasons), text
        assert "3 of 5 tests, 3 of 4 clauses" in text or "4 of 5 tests" in text, text
    assert "only a part of the law" in files["html"].read_text()
    (run,) = json.loads(files["json"].read_text())["runs"]
    assert {gap["reason"] for gap in run["gaps"]} > {"said unsupported"}
    suite = ElementTree.parse(files["junit"]).find("testsuite")
    selection = [each.get("value") for each in suite.findall("properties/property")]
    assert selection == ["--test queue.put.*", "--test process.d"]


def test_a_report_on_standard_output_stands_alone(psq, paths):
    status, out, err = psq("check", driver(paths), "--json", "-")
    assert status == 0 and json.loads(out)["runs"][0]["status"] == 0
    assert "conforms: 4 of 4 tests ran" in err
    assert psq("check", driver(paths), "--json", "-", "--html", "-")[0] == 64


def test_a_run_that_the_suite_refuses_keeps_the_results(psq, paths):
    refuse = paths.build / "refuse"
    refuse.write_text("a ledger of another implementation")
    assert psq("check", driver(paths))[0] == 64
    assert not any(paths.results.iterdir())
    there = paths.build / "there"
    there.touch()
    assert psq("check", driver(paths), "--results", str(there))[0] == 64
    assert there.exists()  # it may be a device
    refuse.unlink()
    assert psq("check", driver(paths))[0] == 0
    before = results(paths).read_text()
    refuse.write_text("a ledger of another implementation")
    status, _, err = psq("check", driver(paths))
    assert status == 64 and "a ledger of another implementation" in err
    assert results(paths).read_text() == before


def test_a_failure_is_confirmed_by_its_repeats(psq, paths):
    told = driver(paths, "queue.put_a=but-3-pass", "queue.put_b=seed-8-fail")
    status, out, _ = psq("check", told, "--confirm", "3", "--seed", "8")
    assert status == 1 and "4 of 4 tests ran (2 pass, 2 fail)" in verdict(out), out
    assert "queue.put_a: repeats    failed in 2 of 3 repeats with this seed (1 pass)" in out
    assert "queue.put_b: repeats    failed in 3 of 3 repeats with this seed\n" in out
    run = load(results(paths))
    assert run.tests["queue.put_a"]["confirmed"] == {"fail": 2, "pass": 1}
    assert run.tests["queue.put_a"]["verdict"] == "fail" and run.end["fail"] == 2
    assert "repeats    failed in 2 of 3" in run.tests["queue.put_a"]["card"]
    assert "confirmed" not in run.tests["queue.get_c"]


def test_a_repeat_without_a_verdict_is_told(psq, paths):
    status, out, _ = psq("check", driver(paths, "queue.put_a=but-1-silent"), "--confirm", "2")
    assert status == 70, out
    assert "failed in 1 of 2 repeats with this seed (1 without a verdict)" in out
