"""Which runs a campaign makes, and in which order."""

from collections import Counter

from plan import IDLE, IMPLEMENTATIONS, Implementation, Planned, plan

LOADS = [IDLE, "stress", "nice", "one-processor", "starved-suite", "starved-driver", "disk"]
LOADS += ["slow-driver"]


def test_the_whole_plan_has_the_counts_that_it_names():
    planned = plan(IMPLEMENTATIONS, LOADS)
    counts = Counter(each.implementation for each in planned)
    assert counts["reference"] == 40 and counts["cpython"] == 20
    assert counts["cpython:spawn"] == counts["cpython:forkserver"] == 6
    assert all(counts[name] == 3 for name in ("cpython@pypy3", "python:billiard"))
    assert len({each.id for each in planned}) == len(planned)


def test_half_of_the_runs_are_loaded_by_each_load_alike():
    loaded = Counter(
        each.load for each in plan(IMPLEMENTATIONS, LOADS) if each.implementation == "reference"
    )
    assert loaded[IDLE] == 20
    del loaded[IDLE]
    assert set(loaded) == set(LOADS) - {IDLE} and max(loaded.values()) - min(loaded.values()) <= 1


def test_few_runs_of_several_implementations_meet_every_load():
    few = [Implementation(f"i{number}", 0, 2) for number in range(4)]
    assert {each.load for each in plan(few, LOADS)} == set(LOADS) - {IDLE}


def test_a_round_has_every_pair_once_before_the_next_begins():
    planned = plan([Implementation("a", 2, 4), Implementation("b", 1, 4)], [IDLE, "x", "y"])
    rounds = [each.index for each in planned]
    assert rounds == sorted(rounds)
    first = [(each.load, each.implementation) for each in planned if each.index == 0]
    assert first == [(load, name) for load in (IDLE, "x", "y") for name in "ab"]


def test_a_number_of_runs_is_for_each_pair():
    planned = plan([Implementation("a", 9, 9)], [IDLE, "x"], runs=2)
    assert Counter(each.load for each in planned) == {IDLE: 2, "x": 2}


def test_a_run_has_a_seed_of_its_own_which_does_not_change():
    seeds = {
        Planned(*run).seed(commit)
        for run in (("a", IDLE, 0), ("a", IDLE, 1), ("a", "x", 0), ("b", IDLE, 0))
        for commit in ("c1", "c2")
    }
    assert len(seeds) == 8
    assert Planned("a", IDLE, 0).seed("c1") == Planned("a", IDLE, 0).seed("c1")


def test_runs_of_chosen_tests_are_other_runs():
    assert Planned("a", IDLE, 0).id != Planned("a", IDLE, 0, ("queue.*",)).id
