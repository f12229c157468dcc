"""Runs the suite's tests against one driver, side by side; every planned test has a result or a problem.

Each test is a run of the binary with a result file of its own: a crash costs one test, and its name
is known. The records of these files are merged into one file as they come.
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from psq.base.status import NoRoom, Status, UsageError
from psq.law.clause_table import Law, Test
from psq.results.defects import is_foreign, settle
from psq.results.result_file import FORMAT, Tail, Writer
from psq.results.driver_times import in_microseconds
from psq.results.gate import NO_GATE, Gate
from psq.results.known import unmatched
from psq.results.run import Record, Run, check_record, earlier_of, status_of
from psq.running.confirming import Confirming
from psq.running.drivers import Driver
from psq.running.looking import Look, look, said_by_suite
from psq.running.origin import origin
from psq.running.pool import Job, Pool
from psq.running.turns import Turns
from psq.running.watcher import Watcher

_TICK_SECONDS = 0.1
# The binary bounds every test itself; this bound only ends a binary that is stuck.
_STUCK_SECONDS = 1200.0
# After so many driver errors and nothing else, the remaining tests would only repeat them.
_DRIVER_ERRORS_TO_STOP = 3
_UNSUPPORTED = 77
_JUDGED = (0, 1, 2, 3, _UNSUPPORTED)


@dataclass(frozen=True)
class Options:
    """How to run; `patience` scales every upper bound of time."""

    seed: int
    patience: float
    jobs: int
    ledger: Path | None
    evidence: Path
    left_out: tuple[str, ...] = ()  # thorough tests that the filters match, and that are not run
    selection: tuple[str, ...] = ()  # the options that narrowed the selection, for the results
    repeat: int = 1  # how often each test is run; the loudest verdict counts
    confirm: int = 0  # how often a test that failed is run again, its verdict unchanged
    fail_fast: str = ""  # the option by which no test is started after the first failure
    gate: Gate = NO_GATE
    replay: str = ""  # the command line to which a failure adds its test and seed
    about: Record = field(default_factory=dict)  # who judged, how and where, for the results


@dataclass
class _Work:
    test: Test
    turn: int  # the first one is 1
    tail: Tail
    record: Record | None = None
    alone: bool = True
    earlier: Record | None = None  # the record of the same test that could not be decided
    confirms: int = 0  # which repeat of a failure it is


class Runner:
    """One run of the given tests; `judge` does it."""

    def __init__(
        self, suite: Path, law: Law, driver: Driver, options: Options, watcher: Watcher
    ) -> None:
        self._suite = suite
        self._law = law
        self._driver = driver
        self._options = options
        self._watcher = watcher
        self._times = ""
        self._turns = Turns(options.repeat)
        self._confirming = Confirming(options.confirm)
        self._settled = False
        self._refused = False

    def judge(self, tests: list[Test], path: Path) -> Run:
        """Runs `tests`, writing `path` as it goes; a test without a result is in `problems`.

        An interruption ends the run early: it has what was seen by then, and says so.
        """
        self._run = Run(name=self._driver.label, path=path)
        self._waiting = deque(
            (test, turn) for turn in range(1, self._options.repeat + 1) for test in tests
        )
        self._tests = {test.name: test for test in tests}
        self._planned = list(self._tests)
        self._thorough = [test.name for test in tests if test.thorough]
        with tempfile.TemporaryDirectory(prefix="psq-") as scratch, Writer(path) as self._writer:
            self._scratch = Path(scratch)
            try:
                self._work_off()
            except KeyboardInterrupt:
                self._run.interrupted = True
            except NoRoom as error:  # what is in the file stays, and what is known is told
                self._run.problems.append(str(error))
            except UsageError:  # nothing was run, and the file keeps what it had
                self._refused = True
                raise
            except BaseException as error:
                self._run.problems.append(f"stopped by {type(error).__name__}")
                raise
            finally:
                if not self._refused:
                    self._finish()
        return self._run

    def _work_off(self) -> None:
        with Pool(self._options.jobs) as pool:
            try:
                self._start_and_collect(pool)
            except KeyboardInterrupt:
                for job in pool.jobs:
                    if job.what is not None:  # the measurement of the driver is none of the tests
                        self._collect(job)
                raise

    def _start_and_collect(self, pool: Pool) -> None:
        self._look(pool)
        while self._waiting or pool.jobs:
            while self._waiting and pool.free and not self._hopeless() and not self._stops():
                self._start(pool, *self._waiting.popleft())
            if not pool.jobs:
                break
            self._follow(pool)
        if self._waiting and self._stops():
            self._run.stopped = self._options.fail_fast
        else:
            self._repeat_undecided(pool)
        self._confirm(pool)

    def _stops(self) -> bool:
        return bool(self._options.fail_fast) and self._turns.failed

    def _look(self, pool: Pool) -> None:
        """Looks at the driver itself, alone. One that cannot be used shows in the tests."""
        options = self._options
        arguments = ["--patience", str(options.patience)]
        arguments += ["--ledger", str(options.ledger)] if options.ledger else []
        try:
            seen = look(pool, self._suite, self._driver.argv, arguments, self._scratch / "(driver)")
            self._run.driver, self._run.implementation = seen.times, seen.implementation
            self._run.ledger = seen.ledger
            self._times = in_microseconds(self._run.driver)
        except ValueError as error:
            self._run.problems.append(f"the measurement of the driver cannot be read: {error}")
            return
        if seen.implementation:
            options.gate.expect_for(seen.implementation)
        self._leave_out(seen)

    def _leave_out(self, seen: Look) -> None:
        """What the driver says that it does not have needs no process of its own to say so again."""
        lacking = [test for test in self._tests.values() if test.name in seen.unsupported]
        if not lacking:
            return
        self._write_plan(seen.plan.get("clause_digest"))
        for test in lacking:
            record = {**seen.unsupported[test.name], "seed": self._options.seed}
            self._keep(test, 1, record)
        self._waiting = deque(
            (test, turn) for test, turn in self._waiting if test.name not in seen.unsupported
        )

    def _repeat_undecided(self, pool: Pool) -> None:
        """Runs what could not be decided beside other tests once more, alone; that verdict counts.

        A test that failed is never repeated.
        """
        for record in self._turns.undecided():
            self._start(pool, self._tests[record["test"]], record["turn"], earlier=record)
            while pool.jobs:
                self._follow(pool)

    def _confirm(self, pool: Pool) -> None:
        """Runs each failure again with its seed, to tell how often it comes."""
        if not self._options.confirm:
            return
        self._settle()  # what another test's defect blocks tells nothing more
        waiting = deque(self._confirming.wanted(self._run))
        while waiting or pool.jobs:
            while waiting and pool.free:
                name, repeat = waiting.popleft()
                self._start(pool, self._tests[name], 1, confirms=repeat)
            self._follow(pool)
        for record in self._confirming.confirmed(self._run):
            self._run.tests[record["test"]] = record
            self._writer.write(record)
            self._watcher.confirmed(record)

    def _follow(self, pool: Pool) -> None:
        ended = pool.wait(_TICK_SECONDS)
        for job in [*pool.jobs, *ended]:
            self._collect(job)
        for job in ended:
            self._account(job)
        self._end_stuck(pool)
        self._watcher.tick()

    def _hopeless(self) -> bool:
        started = [r["verdict"] for r in self._run.tests.values() if r["verdict"] != "unsupported"]
        return len(started) >= _DRIVER_ERRORS_TO_STOP and set(started) == {"driver-error"}

    def _start(
        self,
        pool: Pool,
        test: Test,
        turn: int,
        earlier: Record | None = None,
        confirms: int = 0,
    ) -> None:
        options = self._options
        # Two runs of one test never write into one folder.
        part = f"confirm-{confirms}" if confirms else f"turn-{turn}" if turn > 1 else ""
        stem = ".".join([test.file_name, *[part] * bool(part), *["again"] * bool(earlier)])
        results = self._scratch / f"{stem}.jsonl"
        argv = [str(self._suite), "--exactly", test.name, "--results", str(results)]
        seed = options.seed + turn - 1
        if confirms:
            seed = self._run.tests[test.name].get("seed", seed)
        argv += ["--evidence", str(options.evidence / part), "--seed", str(seed)]
        argv += ["--patience", str(options.patience), "--name", self._driver.label]
        argv += ["--unsupported-status", str(_UNSUPPORTED), "--once"]
        if options.replay:
            argv += ["--replay", options.replay]
        if self._times:
            argv += ["--driver-times", self._times]
        if options.ledger:
            argv += ["--ledger", str(options.ledger)]
        argv += ["--", *self._driver.argv]
        log = self._scratch / f"{stem}.log"
        work = _Work(test, turn, Tail(results), earlier=earlier, confirms=confirms)
        pool.start(work, argv, log)
        if not confirms:
            self._watcher.started(test.name)

    def _collect(self, job: Job) -> None:
        work: _Work = job.what
        try:
            for record in work.tail.read():
                self._take(work, record)
                job.alive_at = time.monotonic()
        except (ValueError, KeyError, AttributeError) as error:
            self._problem(work.test, f"wrote a result that cannot be read: {error}")

    def _take(self, work: _Work, record: Record) -> None:
        kind = record["record"]
        if kind == "plan":
            self._take_plan(work, record)
        elif kind == "implementation" and not self._run.implementation:
            self._run.implementation = record
            self._options.gate.expect_for(record)
            self._writer.write(record)
        elif kind == "test" and record.get("test") == work.test.name:
            check_record(record, "the suite")
            if work.record is not None:
                raise ValueError("a second verdict on one test")
            if work.earlier is not None:
                record["earlier"] = earlier_of(work.earlier)
            work.record = record
            if work.confirms:
                return self._confirming.add(record)
            if record.get("problem"):
                self._run.problems.append(f"{work.test.name}: {record['problem']}")
            self._keep(work.test, work.turn, record)

    def _keep(self, test: Test, turn: int, record: Record) -> None:
        kept = self._turns.add(turn, record)
        self._run.tests[test.name] = kept
        self._writer.write(kept)
        self._watcher.ended(record)

    def _take_plan(self, work: _Work, plan: Record) -> None:
        work.alone = plan.get("planned") == 1
        if not self._run.plan:
            self._write_plan(plan.get("clause_digest"))
        elif plan.get("clause_digest") != self._run.plan["clause_digest"]:
            self._run.problems.append("the suite was rebuilt while it ran: its clauses changed")

    def _write_plan(self, digest: str | None) -> None:
        self._run.plan = {
            "record": "plan",
            "format": FORMAT,
            "name": self._driver.label,
            "driver": list(self._driver.argv),
            "tests": self._planned,
            "planned": len(self._planned),
            "thorough": {"planned": self._thorough, "left_out": list(self._options.left_out)},
            "selection": list(self._options.selection),
            "repeat": self._options.repeat,
            "clause_digest": digest,
            "seed": self._options.seed,
            **origin(),
            "about": self._options.about,
        }
        self._writer.write(self._run.plan)
        for record in (self._run.driver, self._run.implementation, self._run.ledger):
            if record:
                self._writer.write(record)

    def _account(self, job: Job) -> None:
        work: _Work = job.what
        code = job.process.returncode
        if code == Status.INTERNAL and work.record is not None and work.record.get("problem"):
            return  # the verdict is known, and the problem is noted
        if code in _JUDGED and work.record is not None:
            code = 0 if code == _UNSUPPORTED else code
            self._compare_with_verdict(work, work.record["verdict"], code)
            return
        if code == Status.DRIVER_BROKEN and work.record is None:
            self._driver_error(work, job)
            return
        if code == Status.USAGE and work.record is None:
            raise UsageError(said_by_suite(job))
        how = f"was killed by {_signal_name(-code)}" if code < 0 else f"ended with status {code}"
        said = job.log_tail()
        lack = "" if work.record else " and left no verdict"
        self._problem(work.test, f"{how}{lack}" + (f"; it said:\n{said}" if said else ""))

    def _compare_with_verdict(self, work: _Work, verdict: str, code: int) -> None:
        if work.alone and code != status_of(verdict):
            self._problem(work.test, f"ended with status {code}, but its verdict is {verdict}")

    def _driver_error(self, work: _Work, job: Job) -> None:
        """The binary could not use the driver, so the test did not begin."""
        if work.confirms:
            return  # it is a repeat without a verdict
        said = job.log_tail() or "the driver could not be used"
        record = {
            "record": "test",
            "test": work.test.name,
            "clauses": list(work.test.clauses),
            "verdict": "driver-error",
            "message": said,
            "card": said,
            "seed": self._options.seed,
        }
        if not self._run.plan:
            self._write_plan(None)
        self._keep(work.test, work.turn, record)

    def _end_stuck(self, pool: Pool) -> None:
        limit = _STUCK_SECONDS * max(1.0, self._options.patience)
        for job in [job for job in pool.jobs if job.quiet_for > limit]:
            pool.end(job)
            self._problem(job.what.test, f"the suite was stuck for {limit:.0f} s and was ended")

    def _problem(self, test: Test, what: str) -> None:
        self._run.problems.append(f"{test.name}: the suite's process {what}")

    def _settle(self) -> None:
        if self._settled:
            return
        self._settled = True
        held = [test for test, record in self._run.tests.items() if is_foreign(record)]
        for record in settle(self._run):
            self._writer.write(record)
        for test in held:
            self._watcher.settled(self._run.tests[test])

    def _finish(self) -> None:
        if not self._run.plan:
            self._write_plan(None)
        self._settle()
        if not self._run.interrupted:
            self._run.unmet = self._options.gate.unmet(self._run) + unmatched(self._run)
        self._run.end = self._run.end_record(self._run.status())
        try:
            self._writer.write(self._run.end)
        except NoRoom as error:
            self._run.problems.append(str(error))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
