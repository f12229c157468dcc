"""The API is that of multiprocessing: names, arguments, defaults, exceptions."""

import inspect
import multiprocessing
import multiprocessing.queues
import pickle
import queue as queues
import subprocess
import sys
from typing import get_type_hints

import psq
import pytest

QUEUES = [psq.Queue, psq.JoinableQueue, psq.SimpleQueue]


@pytest.mark.parametrize("name", ["Queue", "JoinableQueue", "SimpleQueue"])
def test_each_method_takes_what_that_of_multiprocessing_takes(name):
    theirs, ours = getattr(multiprocessing.queues, name), getattr(psq, name)
    for method, function in inspect.getmembers(theirs, inspect.isfunction):
        if method.startswith("_"):
            continue
        wanted = [(p.name, p.default) for p in inspect.signature(function).parameters.values()]
        found = inspect.signature(getattr(ours, method)).parameters.values()
        assert [(p.name, p.default) for p in found][: len(wanted)] == wanted, method


def test_full_and_empty_are_those_of_the_module_queue():
    queue = psq.Queue(1)
    with pytest.raises(queues.Empty):
        queue.get_nowait()
    with pytest.raises(queues.Empty):
        queue.get(timeout=0.01)
    queue.put_nowait(None)
    with pytest.raises(queues.Full):
        queue.put_nowait(1)
    with pytest.raises(queues.Full):
        queue.put(1, timeout=0.01)
    assert (queue.full(), queue.qsize(), queue.get(), queue.empty()) == (
        True,
        1,
        None,
        True,
    )


@pytest.mark.parametrize("of", QUEUES)
def test_a_closed_queue_raises_what_multiprocessing_raises(of):
    queue = of()
    queue.close()
    queue.close()
    for call in (queue.get, lambda: queue.put(1), lambda: queue.put(lambda: "not pickled")):
        with pytest.raises(OSError if of is psq.SimpleQueue else ValueError, match="is closed"):
            call()


def test_join_thread_before_close_is_an_assertion(queue):
    with pytest.raises(AssertionError):
        queue.join_thread()
    queue.close()
    queue.join_thread()


def test_tasks_are_counted():
    queue = psq.JoinableQueue()
    queue.put(1)
    queue.get()
    queue.task_done()
    queue.join()
    with pytest.raises(ValueError, match="too many times"):
        queue.task_done()


@pytest.mark.parametrize("of", QUEUES)
def test_types_have_parameters_in_annotations_and_at_run_time(of):
    def function(queue: of[int]) -> None:
        pass

    assert get_type_hints(function)["queue"].__args__ == (int,)
    queue = of[int]()
    queue.put(1)
    assert queue.get() == 1


@pytest.mark.parametrize("wrong", [2**31, 10**30, "1", 1.5, None])
def test_a_wrong_bound_is_refused(wrong):
    with pytest.raises((ValueError, OverflowError, TypeError)):
        psq.Queue(wrong)


@pytest.mark.parametrize("wrong", ["1", [], float("nan")])
def test_a_wrong_timeout_is_refused_without_an_effect(wrong):
    queue = psq.Queue(1)
    with pytest.raises((TypeError, ValueError)):
        queue.get(True, wrong)
    with pytest.raises((TypeError, ValueError)):
        queue.put(1, True, wrong)
    assert queue.qsize() == 0


@pytest.mark.parametrize(
    "codec, value, wrong, error",
    [
        (
            "pickle",
            {"a": (1, 2.5, None), "b": b"x" * 100_000},
            lambda: 0,
            (AttributeError, pickle.PicklingError),
        ),
        ("bytes", b"\0\xff" * 50_000, "text", TypeError),
        ("text", "za\u017c\u00f3\u0142\u0107 \U0001f600" * 9000, b"bytes", TypeError),
        ("json", {"a": [1, 2.5, None, "\u017c"]}, {1, 2}, TypeError),
    ],
)
@pytest.mark.parametrize("of", QUEUES)
def test_codecs(of, codec, value, wrong, error):
    queue = of(codec=codec)
    with pytest.raises(error):
        queue.put(wrong)
    assert queue.empty()
    queue.put(value)
    received = queue.get()
    assert received == value and type(received) is type(value)


def test_an_unknown_codec_is_refused():
    with pytest.raises(ValueError, match="pickle, bytes"):
        psq.Queue(codec="xml")


def test_a_context_has_all_that_multiprocessing_has(ctx):
    assert ctx.get_start_method() in multiprocessing.get_all_start_methods()
    assert isinstance(ctx.Queue(1), psq.Queue) and ctx.Queue(1)._core.qsize() == 0
    ctx.Lock()
    with pytest.raises(AttributeError):
        ctx.no_such_name


def test_the_import_takes_no_module_of_python_that_it_may_not_need():
    # A debug interpreter loads a codec for the first compiled module, whichever it is: here _json.
    script = "import _json, sys; b = {*sys.modules}; import psq; print(*sorted({*sys.modules} - b))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {each for each in run.stdout.split() if not each.startswith("psq")} <= {"__future__"}


def test_names_that_come_later_are_there():
    assert psq.Empty is queues.Empty and psq.Full is queues.Full
    assert all(getattr(psq, name) for name in psq.__all__)
    with pytest.raises(AttributeError):
        psq.no_such_name
