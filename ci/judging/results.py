"""ci/results: judges the real implementations at hand, and writes the pages of docs/results.

The state is a folder with the results of each finished run, apart by commit:

    COMMIT/SLUG.jsonl     what `psq check DRIVER --ledger none --confirm N` wrote; there when the run has a verdict
    COMMIT/SLUG.missing   why a subject cannot be judged here
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "harness"), str(ROOT / "ci")]

import pages  # noqa: E402
import reports  # noqa: E402
from long_runs import ended  # noqa: E402
from subjects import SUBJECTS, Subject, of  # noqa: E402

from psq.base import options  # noqa: E402
from psq.base.paths import Paths  # noqa: E402
from psq.base.status import DriverMissing, Status, Stop, UsageError  # noqa: E402
from psq.law.clause_table import Law  # noqa: E402
from psq.results import result_file  # noqa: E402
from psq.running import ledger  # noqa: E402
from psq.running.drivers import resolve  # noqa: E402
from psq.running.tree import commit_of  # noqa: E402

_VERDICTS = (Status.CONFORMS, Status.DOES_NOT_CONFORM, Status.INCONCLUSIVE, Status.DRIVER_BROKEN)
_EPILOG = """\
status: 0 each subject was judged, or is not installed; 64 wrong usage; 70 a run went wrong itself; 130 interrupted (the
same command goes on)
"""


def parser() -> argparse.ArgumentParser:
    known = argparse.ArgumentParser(
        prog="ci/results",
        description="Judges implementations by the whole law, each failure repeated, and writes a page a subject and "
        "one table. Takes hours; interrupted, the same command goes on.",
        epilog="subjects:\n" + "".join(f"  {s.driver:22} {s.name}\n" for s in SUBJECTS) + _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = known.add_argument
    add("--only", metavar="DRIVER", action="append", help="of the list below, or any DRIVER")
    add("--test", metavar="GLOB", action="append", default=[], help="not the whole law: to try it")
    add("--confirm", metavar="N", type=options.at_least_one, default=5, help="repeats of a failure")
    add("--jobs", metavar="N", type=options.at_least_one, help="tests at a time")
    add("--fresh", action="store_true", help="judge again what is judged")
    add("--pages", action="store_true", help="judge nothing; only write the pages")
    add("--to", metavar="FOLDER", type=Path, default=ROOT / "docs/results", help="of the pages")
    add("--state", metavar="FOLDER", type=Path, help="of the results (build/judged)")
    add("--build", metavar="FOLDER", type=Path, default=Path("build"), help=argparse.SUPPRESS)
    return known


def main(argv: Sequence[str]) -> int:
    try:
        args = parser().parse_args(argv)
    except SystemExit as error:
        return int(Status.USAGE if error.code else 0)
    return ended("ci/results", lambda: _results(args))


def _results(args: argparse.Namespace) -> Status:
    paths = Paths.of(args.build.resolve())
    subjects = [of(driver) for driver in args.only] if args.only else list(SUBJECTS)
    state = (args.state or paths.build / "judged").resolve() / commit_of()
    law = Law.load(paths.suite)
    # Before hours of judging: a report that no page would link ends it at once.
    written = reports.load(ROOT, args.to, {each.driver for each in SUBJECTS}, law.clauses)
    state.mkdir(parents=True, exist_ok=True)
    for subject in [] if args.pages else subjects:
        _judge(subject, args, paths, state)
    return _write_pages(args.to, state, law, paths, written)


def _judge(subject: Subject, args: argparse.Namespace, paths: Paths, state: Path) -> None:
    kept, missing = state / f"{subject.slug}.jsonl", state / f"{subject.slug}.missing"
    if kept.exists() and not args.fresh:
        print(f"{subject.driver}: judged already", flush=True)
        return
    missing.unlink(missing_ok=True)
    try:
        resolve(subject.driver, paths)
    except DriverMissing as error:
        missing.write_text(f"{error}\n", encoding="utf-8")
        print(f"{subject.driver}: not here: {error}", flush=True)
        return
    unfinished = kept.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    command = [str(paths.build / "psq"), "check", subject.driver, "--ledger", "none"]
    command += ["--confirm", str(args.confirm), "--results", str(unfinished)]
    command += ["--jobs", str(args.jobs)] if args.jobs else []
    command += [word for glob in args.test for word in ("--test", glob)]
    status = subprocess.run(command, check=False).returncode
    if status == Status.INTERRUPTED:
        raise KeyboardInterrupt
    if status not in _VERDICTS:
        raise Stop(f"{subject.driver}: psq check ended with status {status}: {unfinished}")
    unfinished.rename(kept)


def _write_pages(
    folder: Path, state: Path, law: Law, paths: Paths, written: Sequence[reports.Report]
) -> Status:
    judged = list(_judged(state, law, paths, written))
    if not judged:
        raise UsageError(f"nothing is judged in {state}")
    absent = [
        (of_slug(path.stem), path.read_text(encoding="utf-8").strip())
        for path in sorted(state.glob("*.missing"))
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.all_pages(judged, absent, law, state.name, written).items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)
    return Status.CONFORMS


def of_slug(slug: str) -> Subject:
    return {each.slug: each for each in SUBJECTS}.get(slug, Subject(slug, slug))


def _judged(
    state: Path, law: Law, paths: Paths, written: Sequence[reports.Report]
) -> Iterator[pages.Judged]:
    """In the order of the subjects, others behind them."""
    order = [each.slug for each in SUBJECTS]
    for path in sorted(
        state.glob("*.jsonl"), key=lambda p: ([*order, p.stem].index(p.stem), p.stem)
    ):
        run, subject = result_file.load(path), of_slug(path.stem)
        known = _known(run.implementation, law, paths)
        yield pages.Judged(subject, run, known, reports.about(written, subject.driver))


def _known(implementation: dict, law: Law, paths: Paths) -> dict:
    """The entries of the implementation's ledger by clause, for their reasons."""
    path = paths.ledgers / f"{implementation.get('implementation')}.json"
    if not path.is_file():
        return {}
    content = ledger.read(path, law)
    return {entry["clause"]: entry for entry in content["entries"]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
