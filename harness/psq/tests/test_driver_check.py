"""driver-check finds what is wrong with a driver, at the right check, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
HARNESS = HERE.parents[1]
LITTLE = HERE / "little_driver.py"
PYTHON_DRIVER = HARNESS / "drivers" / "python" / "multiprocessing_driver.py"
# What the little driver has is enough for these.
CHECKS = (
    "request.answered",
    "request.together",
    "request.in-pieces",
    "request.longest",
    "began.written",
    "thread.main",
    "drop.forgets",
    "create.types",
)

sys.path.insert(0, str(HARNESS))

from psq import cli  # noqa: E402
from psq.base.paths import Paths  # noqa: E402
from psq.controller.messages import Schemas, kind_of  # noqa: E402


def driver_check(*arguments):
    """The command's exit status; it needs no build tree for a driver that is given by its command."""
    return cli.main(["driver-check", *arguments], Paths(build=Path("/no/build/tree")))


def check(capsys, *command, answer_within="20", checks=CHECKS):
    """Exit status, the result of each check by name, and the report."""
    chosen = [argument for name in checks for argument in ("--check", name)]
    status = driver_check("--answer-within", answer_within, *chosen, "--", *map(str, command))
    report = capsys.readouterr().out
    words = {
        line.split()[1]: line.split()[0]
        for line in report.splitlines()
        if re.match(r"(ok|BROKEN|-) ", line)
    }
    return status, words, report


def check_patiently(capsys, name, *command, answer_within, checks=CHECKS):
    """The same of a driver that ``name`` finds by waiting. A slow machine may be found instead, by a
    check that comes before; then with more time."""
    for times in (1, 4, 16):
        within = str(answer_within * times)
        status, words, report = check(capsys, *command, answer_within=within, checks=checks)
        waited = f"waited {answer_within * times:g} s" in report
        if broken(words) == {name} or not waited:
            break
    return status, words, report


def broken(words):
    return {name for name, word in words.items() if word == "BROKEN"}


def test_a_right_driver_is_right(capsys):
    status, words, report = check(capsys, sys.executable, LITTLE)
    assert status == 0, report
    assert set(words.values()) == {"ok"}


@pytest.mark.parametrize(
    "way, name",
    [
        ("exits", "connect.connects"),
        ("garbage-hello", "hello.json"),
        ("answers-first", "hello.first"),
        ("wrong-version", "hello.version"),
        ("wrong-role", "hello.role"),
        ("wrong-pid", "hello.pid"),
        ("no-capabilities", "hello.fields"),
    ],
)
def test_a_bad_start_is_reported_and_nothing_else_played(capsys, way, name):
    status, words, report = check(capsys, sys.executable, LITTLE, way)
    assert status == 3
    assert broken(words) == {name}, report
    assert "were not played" in report or "not played: see above" in report


@pytest.mark.parametrize(
    "way, name",
    [
        ("never-connects", "connect.connects"),
        ("no-hello", "hello.comes"),
    ],
)
def test_a_start_that_hangs_is_reported(capsys, way, name):
    status, words, report = check_patiently(
        capsys, name, sys.executable, LITTLE, way, answer_within=1.5
    )
    assert status == 3
    assert broken(words) == {name}, report


@pytest.mark.parametrize(
    "way, name",
    [
        ("hello-twice", "hello.once"),
        ("duplicate", "answer.once"),
        ("wrong-clock", "answer.times"),
        ("no-began", "began.written"),
        ("wrong-tid", "began.written"),
        ("made-up-outcome", "message.fields"),
        ("wrong-id", "answer.id"),
        ("garbage", "message.json"),
        ("two-pieces", "message.json"),
        ("hangs", "request.answered"),
        ("dies", "process.stays"),
        ("defect", "defect.none"),
    ],
)
def test_a_broken_rule_alone_is_reported_at_its_check(capsys, way, name):
    status, words, report = check_patiently(
        capsys, name, sys.executable, LITTLE, way, answer_within=1.5
    )
    assert status == 3
    assert broken(words) == {name}, report


def spoiled(change):
    """The command of the Python driver with something about it changed."""
    program = (
        f"import sys; sys.path[:0] = [{str(PYTHON_DRIVER.parent)!r}]\n"
        "import multiprocessing_driver, mp_adapter, mp_items, mp_capabilities\n"
        "from psq_driver_kit import adapter, arguments, calls, registry, runs, session, threads\n"
        "from psq_driver_kit import wire, work\n"
        f"{change}\n"
        "multiprocessing_driver.main([])\n"
    )
    return sys.executable, "-c", program


@pytest.mark.parametrize(
    "change, name",
    [
        ("registry.Registry.leave_behind = lambda *_: None", "spawn.end-of-file"),
        ("session.cover = lambda _: None", "spawn.connection"),
        ("registry._ACCESS = None", "defect.none"),
        (
            "registry.Registry._dropped = property(lambda self: [], lambda self, value: None)\n"
            "registry.Registry.drop = lambda self, name: self._entries.__getitem__(name) and None",
            "drop.forgets",
        ),
        ("mp_items.make_body = lambda sender, seq, size, length: bytes(length)", "item.sizes"),
        (
            "mp_adapter.ItemMaker._find_plan = lambda self, size, special: (size - 18, None)",
            "item.exact-size",
        ),
        ("runs._counted_up = lambda request, count: request", "run.repeat"),
        ("runs.Run.wait_for_start = lambda self: None", "run.start-at"),
        ("work._began = lambda request: {'began': request['id']}", "began.only-when-asked"),
        (
            "work.Worker._answer = lambda self, request, fields: self._wire.send("
            "{'id': None, **fields})",
            "request.answered",
        ),
        (
            "del mp_capabilities._OPERATIONS['queue'][2]\n"
            "work.Declared.need_operation = lambda *_: None",
            "unsupported.operations",
        ),
        (
            "right = mp_capabilities.hello\n"
            "def wrong(*of):\n"
            "    hello = right(*of)\n"
            "    hello['capabilities']['bounds'] = ['unbounded']\n"
            "    return hello\n"
            "mp_capabilities.hello = wrong\n"
            "work.Declared.need_bound = lambda *_: None",
            "create.bounds",
        ),
        ("wire.LONGEST_LINE = 4096", "request.longest"),
        ("session._end = lambda request: None", "end.exit"),
        ("work.at_exit.add = lambda when, task: task()", "end.before-exit"),
        ("work.at_exit.add = lambda when, task: None", "end.after-exit"),
        (
            "threads.Threads.submit = lambda self, name, job, **_: self._jobs['main'].put(job)",
            "began.at-once",
        ),
        ("mp_adapter.MultiprocessingAdapter.abandon = lambda *_: None", "spawn.drop-in-use"),
        ("session.SIGNAL_HANDLER = 'none'", "signal.handler"),
        (
            "work.Worker._end_thread = lambda self, request: self._answered(request) and None",
            "thread.end",
        ),
        (
            "make = work.Worker._make\n"
            "work.Worker._make = lambda self, kind, do, call, began:"
            " make(self, kind, do, call, None if do == 'join_process' else began)",
            "child.began",
        ),
        ("registry.Registry.drop_child = lambda self, name: None", "spawn.forgotten"),
        (
            "mp_items.Special.become = lambda self, value, item: None",
            "item.same",
        ),
        ("import mp_outcomes; mp_outcomes.REFUSALS = ()", "item.failure-exit"),
        (
            "arguments._one_of = lambda item, field, words: item.get(field, words[0])",
            "item.failure-words",
        ),
    ],
)
def test_a_spoiled_driver_is_caught(capsys, change, name):
    played = "began.written" if name == "began.only-when-asked" else name
    status, words, report = check_patiently(
        capsys, name, *spoiled(change), answer_within=3, checks=(played,)
    )
    assert status == 3
    assert words[name] == "BROKEN", report


def test_a_program_that_is_not_there_is_a_broken_driver(capsys):
    status, words, report = check(capsys, "/no/such/program")
    assert status == 3
    assert broken(words) == {"connect.connects"}
    assert "cannot start" in report


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--"],
        ["--answer-within", "0", "--", "true"],
        ["--answer-within", "soon", "--", "true"],
        ["--check", "no.such.check", "--", "true"],
        ["--frobnicate", "--", "true"],
        ["true", "--", "true"],
    ],
)
def test_wrong_usage(arguments, capsys):
    assert driver_check(*arguments) == 64
    assert capsys.readouterr().err


def test_the_list_names_every_check_once(capsys):
    assert driver_check("--list") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert len(names) == len(set(names)) > 80


def test_nothing_is_left_of_a_driver_that_hangs(capsys):
    check(capsys, sys.executable, LITTLE, "no-hello", answer_within="0.5")
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"{LITTLE} no-hello" not in listed.stdout


def test_the_python_driver_is_right(capsys):
    status = driver_check("--answer-within", "60", "--", sys.executable, str(PYTHON_DRIVER))
    assert status == 0, capsys.readouterr().out


SCHEMAS = Schemas(HARNESS.parent / "spec" / "schemas")


@pytest.mark.parametrize(
    "request_",
    [
        {"id": 1, "do": "create", "type": "queue", "names": ["q"], "maxsize": 1},
        {"id": 1, "do": "create", "type": "pipe", "names": ["a", "b"], "duplex": False},
        {"id": 1, "do": "spawn", "name": "worker", "objects": ["q"]},
        {
            "id": 1,
            "do": "put",
            "on": "q",
            "item": {"from": "w", "seq": 0, "size": 1},
            "timeout": "nan",
        },
        {"id": 1, "do": "put", "on": "q", "json": None, "began": True, "thread": "a"},
        {
            "id": 1,
            "do": "put",
            "on": "q",
            "item": {
                "from": "w",
                "seq": 0,
                "size": 1,
                "fail": "serialize",
                "failure": "exit",
                "same": "a",
            },
        },
        {"id": 1, "do": "poll", "on": "a", "timeout": None},
        {"id": 1, "do": "wait", "of": ["a"], "timeout": 0.5},
        {"id": 1, "do": "send_bytes", "on": "a", "bytes": "00ff", "offset": -1},
        {
            "id": 1,
            "do": "run",
            "operations": [{"do": "pause", "seconds": 1}, {"do": "get", "on": "q"}],
        },
        {"id": 1, "do": "end", "how": "exit", "status": 3},
        {"id": 1, "do": "kill", "on": "worker", "colour": "green"},
        {"id": 1, "do": "drop_process", "on": "worker", "thread": "a"},
        {"id": 1, "do": "end_thread", "thread": "a"},
        {"id": 1, "do": "run", "operations": [], "before_exit": True},
        {"id": 1, "do": "run", "operations": [], "after_exit": False},
    ],
)
def test_the_schema_takes_requests(request_):
    assert SCHEMAS.problem("request", request_) is None


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "get", "on": "q"},
        {"id": 1},
        {"id": 1, "do": "levitate"},
        {"id": 1, "do": "create", "type": "queue", "names": ["q", "r"]},
        {"id": 1, "do": "create", "type": "pipe", "names": ["a"]},
        {"id": 1, "do": "put", "on": "q"},
        {"id": 1, "do": "put", "on": "q", "json": 1, "item": {"from": "w", "seq": 0, "size": 1}},
        {"id": 1, "do": "put", "on": "q", "bytes": "00"},
        {
            "id": 1,
            "do": "put",
            "on": "q",
            "item": {"from": "w", "seq": 0, "size": 1, "failure": "x"},
        },
        {"id": 1, "do": "get", "on": "q", "timeout": "soon"},
        {"id": 1, "do": "run", "operations": [{"do": "create", "type": "queue", "names": ["q"]}]},
        {"id": 1, "do": "run", "operations": [{"do": "pause"}]},
        {"id": 1, "do": "end", "how": "exit"},
        {"id": 1, "do": "end", "how": "return", "thread": "a"},
        {"id": 1, "do": "drop_process"},
        {"id": 1, "do": "end_thread", "thread": "main"},
        {"id": 1, "do": "run", "operations": [], "after_exit": 1},
    ],
)
def test_the_schema_refuses_requests(request_):
    assert SCHEMAS.problem("request", request_) is not None


@pytest.mark.parametrize(
    "message, right",
    [
        ({"id": 1, "outcome": "ok", "invoked": 1, "returned": 2}, True),
        (
            {"id": 1, "outcome": "ok", "value": {"json": {"a": 1}}, "invoked": 1, "returned": 2},
            True,
        ),
        ({"id": None, "outcome": "bad_request", "error": {"type": "E", "message": ""}}, True),
        ({"id": 1, "outcome": "unsupported"}, True),
        ({"id": 1, "outcome": "ok"}, False),
        ({"id": 1, "outcome": "raised", "invoked": 1, "returned": 2}, False),
        ({"id": 1, "outcome": "crashed", "invoked": 1, "returned": 2}, False),
        ({"id": 1, "outcome": "timeout", "invoked": 1, "returned": 2}, False),
        ({"id": 1, "outcome": "ok", "value": {"item": {}}, "invoked": 1, "returned": 2}, False),
        ({"event": 1, "index": 0, "outcome": "empty", "invoked": 1, "returned": 2}, True),
        ({"event": 1, "outcome": "empty", "invoked": 1, "returned": 2}, False),
        ({"began": 1, "tid": 5, "at": 7}, True),
        ({"began": 1, "at": 7}, False),
        ({"hello": 1, "role": "worker", "pid": 5}, True),
        ({"hello": 1, "role": "root", "pid": 5}, False),
    ],
)
def test_the_schemas_judge_messages(message, right):
    assert (SCHEMAS.problem(kind_of(message), message) is None) is right
