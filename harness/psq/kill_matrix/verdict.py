"""Whether a fault was found: what its run under the suite says."""

from __future__ import annotations

from fnmatch import fnmatchcase

from psq.base.status import InternalError
from psq.kill_matrix.trial import Trial
from psq.results.result_file import Tail
from psq.running.units import Unit


def judge(unit: Unit) -> None:
    trial: Trial = unit.what
    trial.judged = True
    trial.seconds += unit.seconds
    verdicts = _verdicts(trial)
    trial.failed = {clause for verdict, clause in verdicts.values() if verdict == "fail"}
    trial.undecided = [test for test, (verdict, _) in verdicts.items() if verdict == "inconclusive"]
    if trial.is_control:
        _judge_control(trial, unit)
    else:
        _judge_fault(trial, unit)


def _judge_fault(trial: Trial, unit: Unit) -> None:
    failed = trial.failed
    allowed = [trial.fault["clause"], *trial.fault["also"]]
    others = sorted(c for c in failed if not any(fnmatchcase(c, glob) for glob in allowed))
    if unit.status != 1:
        trial.why = f"the suite ended with status {unit.status}, not 1"
        if unit.status == 2:
            trial.why += f": {', '.join(trial.undecided)}"
        elif unit.status != 0:
            trial.why += f": {unit.log_tail(300)}"
    elif trial.fault["clause"] not in failed:
        trial.why = f"failed at {', '.join(sorted(failed))} instead"
    elif trial.strict and others:
        trial.why = (
            f"failed also at {', '.join(others)}: where that follows from the fault, "
            f"put it into `also` of its row, {trial.fault['file']}:{trial.fault['line']}"
        )
    else:
        trial.killed = True


def _judge_control(trial: Trial, unit: Unit) -> None:
    trial.killed = unit.status == 0 and not trial.failed
    if not trial.killed:
        failed = ", ".join([*sorted(trial.failed), *trial.undecided]) or unit.log_tail(300)
        trial.why = f"without a fault the suite ended with status {unit.status}: {failed}"


def _verdicts(trial: Trial) -> dict[str, tuple[str, str]]:
    """The newest verdict of each test, and its clause."""
    try:
        records = [r for r in Tail(trial.results).read() if r.get("record") == "test"]
        return {record["test"]: (record["verdict"], record["clause"]) for record in records}
    except (ValueError, KeyError) as error:
        name = trial.fault["name"]
        raise InternalError(f"{name}: results that cannot be read: {error}") from error
