"""Wrong usage: always 64, and it says what to do."""

import pytest


@pytest.mark.parametrize(
    "argv, said",
    [
        ([], "COMMAND"),
        (["chekc", "reference"], "Did you mean check?"),
        (["check"], "DRIVER"),
        (["check", "cpython", "--jbos", "3"], "Did you mean --jobs"),
        (["check", "cpython", "more"], "quote it"),
        (["check", "refrence"], "Did you mean reference?"),
        (["check", "cpython", "--test", "nothing.like.it"], "psq list"),
        (["check", "cpython", "--test", "queue.putt.a"], "Did you mean queue.put.a"),
        (["check", "cpython", "--test", "limits.e"], "no test of its own"),
        (["check", "cpython", "--test", "queue.*", "--test", "x.y"], "'x.y'"),
        (["check", "cpython", "--test", "queue.*", "--profile", "lifecycle"], "matches all of"),
        (["check", "cpython", "--profile", "bsae"], "Did you mean base?"),
        (["check", "cpython", "--seed", "x"], "whole number"),
        (["check", "cpython", "--jobs", "0"], "from 1"),
        (["check", "cpython", "--patience", "nan"], "0.01"),
        (["check", "cpython", "--ledger", "/no/such/ledger"], "cannot read the ledger"),
        (["check", "cpython", "--ledger", "none", "--results", "/"], "folder"),
        (["diff", "x"], "NEW"),
        (["diff", "/no/such/file", "x"], "cannot read"),
        (["diff", "x", "y", "--fail-on", "anything"], "invalid choice"),
        (["diff", "x", "y", "--accept", "implementation"], "invalid choice"),
        (["diff", "x", "y", "--json", "-", "--markdown", "-"], "only one"),
        (["compare"], "psq compare reference cpython"),
        (["compare", "cpython", "cpython"], "twice"),
        (["compare", "cpython", "--from", "x"], "either"),
        (["list", "zz*"], "no clause matches"),
        (["explain", "queue.put.aa"], "Did you mean queue.put.a"),
        (["explain", "queue.put_a"], "is a test"),
        (["report", "/no/such/file", "--json", "-"], "cannot read"),
        (["report", "x"], "--html FILE"),
        (["driver-check", "refrence"], "Did you mean reference?"),
        (["driver-check", "cpython", "--check", "thread.mian"], "Did you mean thread.main"),
        (["driver-replay", "/no/such/file", "cpython"], "cannot read"),
        (["slow", "refrence"], "Did you mean reference?"),
        (["slow", "cpython", "--seeds", "0"], "from 1"),
        (["kill-matrix", "--fautl", "x"], "Did you mean --fault?"),
        (["mutants", "cpython", "--again", "klled"], "invalid choice"),
        (["check-history"], "FILE"),
        (["check-history", "x", "--model", "simple"], "Did you mean simple_queue?"),
    ],
)
def test_wrong_usage(psq, argv, said):
    status, out, err = psq(*argv)
    assert status == 64, (out, err)
    assert said in err


def test_list_and_explain(psq):
    status, out, _ = psq("list", "queue.put.*")
    assert status == 0
    assert "queue.put.a" in out and "queue.get.c" not in out
    status, out, _ = psq("explain", "queue.put.a")
    assert status == 0
    assert "The sentence of queue.put.a." in out and "queue.put_b" in out


def test_a_bug_is_no_verdict(psq, monkeypatch):
    def broken(*_):
        raise KeyError("oops")

    monkeypatch.setattr("psq.commands.list.run", broken)
    status, _, err = psq("list")
    assert status == 70
    assert "internal error" in err
