"""Whether a fault was found: what its run under the suite says."""

from __future__ import annotations

from fnmatch import fnmatchcase

from psq.base.status import InternalError
from psq.kill_matrix.trial import Trial
from psq.results.result_file import Tail
from psq.running.pool import Job


def judge(job: Job) -> None:
    trial: Trial = job.what
    trial.judged = True
    trial.seconds += job.runs_for
    verdicts = _verdicts(trial)
    trial.failed = {clause for verdict, clause in verdicts.values() if verdict == "fail"}
    trial.undecided = [test for test, (verdict, _) in verdicts.items() if verdict == "inconclusive"]
    if trial.is_control:
        _judge_control(trial, job)
    else:
        _judge_fault(trial, job)


def _judge_fault(trial: Trial, job: Job) -> None:
    failed = trial.failed
    allowed = [trial.fault["clause"], *trial.fault["also"]]
    others = sorted(c for c in failed if not any(fnmatchcase(c, glob) for glob in allowed))
    if job.process.returncode != 1:
        trial.why = f"the suite ended with status {job.process.returncode}, not 1"
        if job.process.returncode == 2:
            trial.why += f": {', '.join(trial.undecided)}"
        elif job.process.returncode != 0:
            trial.why += f": {job.log_tail(300)}"
    elif trial.fault["clause"] not in failed:
        trial.why = f"failed at {', '.join(sorted(failed))} instead"
    elif trial.strict and others:
        trial.why = (
            f"failed also at {', '.join(others)}: where that follows from the fault, "
            f"put it into `also` of its row, {trial.fault['file']}:{trial.fault['line']}"
        )
    else:
        trial.killed = True


def _judge_control(trial: Trial, job: Job) -> None:
    trial.killed = job.process.returncode == 0 and not trial.failed
    if not trial.killed:
        failed = ", ".join([*sorted(trial.failed), *trial.undecided]) or job.log_tail(300)
        trial.why = (
            f"without a fault the suite ended with status {job.process.returncode}: {failed}"
        )


def _verdicts(trial: Trial) -> dict[str, tuple[str, str]]:
    """The newest verdict of each test, and its clause."""
    try:
        records = [r for r in Tail(trial.results).read() if r.get("record") == "test"]
        return {record["test"]: (record["verdict"], record["clause"]) for record in records}
    except (ValueError, KeyError) as error:
        name = trial.fault["name"]
        raise InternalError(f"{name}: results that cannot be read: {error}") from error
