"""The command line of psq."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from psq.commands import soak_options

from psq.running import drivers, judging
from psq.base.paths import Paths
from psq.base.status import Status, Stop, UsageError, did_you_mean

EXIT_STATUSES = """\
exit status: 0 conforms, 1 does not conform, 2 inconclusive, 3 the driver is broken,
64 wrong usage, 70 internal error (of several: 70, 64, 3, 1, 2, 0); 130 interrupted
"""

HISTORY_STATUSES = """\
exit status: 0 holds, 1 violated, 2 unknown, 64 wrong usage or a broken file, 70 internal error;
130 interrupted
"""


class Parser(argparse.ArgumentParser):
    """Wrong usage is status 64 and says what to do."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, allow_abbrev=False, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self._hinted(message)}\nSee '{self.prog} --help'.")

    def _hinted(self, message: str) -> str:
        pattern = r"argument COMMAND: invalid choice: '(.*)' \(choose from (.*)\)"
        unknown = re.match(pattern, message)
        if unknown:
            known = re.findall(r"'(.*?)'", unknown[2])
            hint = did_you_mean(unknown[1], known)
            return f"no command is named {unknown[1]!r}.{hint} There are {', '.join(known)}."
        return message


def make_parser() -> Parser:
    parser = Parser(prog="psq", description="Judges implementations of process-shared queues.",
                    epilog=f"{drivers.HELP}\n{EXIT_STATUSES}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True,
                                     parser_class=Parser)
    _add_check(commands)
    _add_compare(commands)
    _add_law(commands)
    _add_soak(commands)
    _add_report(commands)
    _add_history(commands)
    _add_tests_of_the_tests(commands)
    return parser


def _add(commands, name: str, run: str, summary: str, driver_help: bool = False) -> Parser:
    epilog = f"{drivers.HELP}\n{EXIT_STATUSES}" if driver_help else EXIT_STATUSES
    parser = commands.add_parser(name, help=summary, description=summary, epilog=epilog)
    parser.set_defaults(run=run, parser=parser)
    return parser


def _add_check(commands) -> None:
    parser = _add(commands, "check", "commands.check:check", "judge one implementation", True)
    parser.add_argument("driver", metavar="DRIVER")
    judging.add_options(parser)
    parser.add_argument("--results", metavar="FILE",
                        help="where the results go (default: build/results/NAME.jsonl, "
                             "NAME.filtered.jsonl for a filtered run)")


def _add_compare(commands) -> None:
    parser = _add(commands, "compare", "commands.check:compare",
                  "judge several implementations, clause by clause", True)
    parser.add_argument("drivers", metavar="DRIVER", nargs="*")
    judging.add_options(parser)
    parser.add_argument("--from", dest="stored", metavar="RESULTS", nargs="+", default=[],
                        help="compare stored results, run nothing")
    parser.add_argument("--html", metavar="FILE", help="write the report, too")


def _add_law(commands) -> None:
    parser = _add(commands, "list", "commands.lawbook:list_clauses", "the clauses of the law, a line each")
    parser.add_argument("glob", metavar="GLOB", nargs="?", default="*")
    parser = _add(commands, "explain", "commands.lawbook:explain",
                  "one clause: its sentence, why, its tests and faults, who keeps it")
    parser.add_argument("clause", metavar="ID")


def _add_soak(commands) -> None:
    parser = _add(commands, "soak", "commands.soak:soak", "generated programs for a given time", True)
    soak_options.add_options(parser)
    parser = _add(commands, "timeline", "reporting.timeline:timeline", "draw a recorded history")
    parser.add_argument("history", metavar="HISTORY")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="the page (default: beside the history, with .html)")
    parser.add_argument("--witness", metavar="FILE",
                        help="numbers of the operations to mark, a line each, from 0 "
                             "(default: witness.txt beside the history)")


def _add_report(commands) -> None:
    parser = _add(commands, "report", "reporting.report:report", "reports from stored results")
    parser.add_argument("results", metavar="RESULTS", nargs="+")
    for kind in ("html", "markdown", "junit", "json"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; - is standard output")


def _add_history(commands) -> None:
    parser = _add(commands, "check-history", "commands.check_history:check_history", "judge a recorded history")
    parser.epilog = HISTORY_STATUSES
    parser.add_argument("file", metavar="FILE",
                        help="a recording in the format of spec/history-format.md, or the plain "
                             "text of monitors (# queue); - is standard input")
    parser.add_argument("--model", metavar="MODEL",
                        help="what its objects are taken to be: fifo, which asks for one strict "
                             "order and nothing else, or queue, joinable_queue, simple_queue, pipe, "
                             "manager_queue (default: as recorded)")
    parser.add_argument("--witness", action="store_true",
                        help="print the operations that show a violation")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_tests_of_the_tests(commands) -> None:
    commands.add_parser("driver-check", add_help=False, help="is a driver itself right?")
    parser = _add(commands, "kill-matrix", "kill_matrix.scenarios:kill_matrix",
                  "does the suite find every fault of the faulty drivers?")
    parser.add_argument("--fault", metavar="GLOB", action="append", default=[],
                        help="only these faults")
    parser.add_argument("--whole", action="store_true",
                        help="every test against every fault, not only those near its clause")
    parser.add_argument("--json", metavar="FILE", help="write what failed for each fault, one object a line")
    parser.add_argument("--histories", action="store_true",
                        help="the faults that generated programs have to find")
    parser.add_argument("--times", metavar="N", type=judging.at_least_one, default=1,
                        help="with --histories: as often as this, each time with another seed")
    parser.add_argument("--seed", metavar="N", type=judging.natural, default=1)
    parser.add_argument("--patience", metavar="X", type=judging.positive, default=1.0)
    parser.add_argument("--jobs", metavar="N", type=judging.at_least_one,
                        default=3 * judging.cpu_count(),
                        help="faults tried at a time; most of them wait (default: three a processor)")


def main(argv: list[str], paths: Paths) -> int:
    """Runs one command; returns its exit status and never raises."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(_run(argv, paths))
    except Stop as stop:
        print(f"psq: {stop}", file=sys.stderr)
        return int(stop.status)
    except KeyboardInterrupt:
        print("psq: interrupted: no verdict", file=sys.stderr)
        return int(Status.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        return int(Status.INTERNAL)
    except SystemExit as done:  # argparse, after --help
        return int(done.code or 0)
    except Exception as error:  # noqa: BLE001  a bug of psq's must not look like a verdict
        _report_bug(error)
        return int(Status.INTERNAL)


def _run(argv: list[str], paths: Paths) -> int:
    if argv[:1] == ["driver-check"]:
        return _driver_check(argv[1:], paths)
    args, unknown = make_parser().parse_known_args(argv)
    if unknown:
        _refuse(unknown, args.parser)
    module, _, function = args.run.partition(":")
    # Loaded only when asked for, so that a command needs only its own packages.
    code = __import__(f"psq.{module}", fromlist=[function])
    return getattr(code, function)(args, paths)


def _driver_check(argv: list[str], paths: Paths) -> int:
    """A single word is a DRIVER as everywhere in psq; more of them are the driver's command."""
    from psq.driver_check import command as driver_check

    takes_value = ("--patience", "--check")
    words = [
        index
        for index, word in enumerate(argv)
        if not word.startswith("-") and (index == 0 or argv[index - 1] not in takes_value)
    ]
    if len(words) == 1 and "--" not in argv:
        driver = drivers.resolve(argv.pop(words[0]), paths)
        argv = [*argv, "--", *driver.argv]
    return driver_check.main(argv)


def _refuse(unknown: list[str], parser: argparse.ArgumentParser) -> NoReturn:
    flag = unknown[0].partition("=")[0]
    hint = did_you_mean(flag, parser._option_string_actions) if flag.startswith("-") else ""
    if not flag.startswith("-"):
        hint = " A command line for a driver is one argument: quote it."
    parser.error(f"{' '.join(unknown)} is not understood.{hint}")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _report_bug(error: Exception) -> None:
    where = traceback.extract_tb(error.__traceback__)[-1]
    print(
        f"psq: internal error: {type(error).__name__}: {error} "
        f"({Path(where.filename).name}:{where.lineno})",
        file=sys.stderr,
    )
