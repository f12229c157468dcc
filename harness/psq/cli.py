"""The command line of psq: finds the command, runs it, and returns its exit status."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from psq.base.paths import Paths
from psq.base.status import Status, Stop, UsageError, did_you_mean
from psq.base.visible import visible
from psq.commands import COMMANDS, Command
from psq.commands.statuses import VERDICT_STATUSES
from psq.running import drivers


# What a print to a full disk, a closed output or a pipe without a reader ends with.
_OF_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE, errno.EBADF)


_EXAMPLES = """\
examples:
  psq check reference     judge the C++ reference
  psq check ./my-driver   judge what your own driver drives
  psq COMMAND --help      what a command takes, with examples
"""


class Parser(argparse.ArgumentParser):
    """Wrong usage is status 64 and says what to do."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **more)

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


def make_parser(only: str = "", version: str = "unknown") -> Parser:
    """The parser of every command; with `only`, the options of that one alone are loaded."""
    parser = Parser(
        prog="psq",
        description="Judges implementations of process-shared queues.",
        epilog=f"{drivers.HELP}\n{_EXAMPLES}\n{VERDICT_STATUSES}",
    )
    parser.add_argument("--version", action="version", version=f"psq {version}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=Parser
    )
    for command in COMMANDS:
        _add(commands, command, with_options=not only or command.name == only)
    return parser


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, with its options."""
    (action,) = [
        each for each in make_parser()._actions if isinstance(each, argparse._SubParsersAction)
    ]
    return dict(action.choices)


def _add(commands: Any, command: Command, with_options: bool) -> None:
    epilog = f"{drivers.HELP}\n{command.epilog}" if command.takes_driver else command.epilog
    parser = commands.add_parser(
        command.name, help=command.summary, description=command.summary, epilog=epilog
    )
    if with_options:
        module = command.load()
        module.add_options(parser)
        parser.set_defaults(run=module.run, parser=parser)


def main(argv: list[str], paths: Paths) -> int:
    """Runs one command; returns its exit status and never raises."""
    signal.signal(signal.SIGTERM, _interrupt)
    status = _status_of(argv, paths)
    try:
        sys.stdout.flush()
    except OSError as error:
        return _cannot_print(error)
    return status


def _status_of(argv: list[str], paths: Paths) -> int:
    try:
        return int(_run(argv, paths))
    except Stop as stop:
        print(f"psq: {visible(str(stop))}", file=sys.stderr)
        return int(stop.status)
    except KeyboardInterrupt:
        print("psq: interrupted: no verdict", file=sys.stderr)
        return int(Status.INTERRUPTED)
    except SystemExit as done:  # argparse, after --help
        return int(done.code or 0)
    except OSError as error:
        return _end_of_output(error)
    except Exception as error:  # noqa: BLE001  a bug of psq's must not look like a verdict
        _report_bug(error)
        return int(Status.INTERNAL)


def _end_of_output(error: OSError) -> int:
    if error.filename and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f"{error.filename}: {error.strerror}"
        print(f"psq: cannot write {where}; make room there, or set TMPDIR", file=sys.stderr)
    elif error.errno in _OF_OUTPUT and not error.filename:
        return _cannot_print(error)
    else:
        _report_bug(error)
    return int(Status.INTERNAL)


def _cannot_print(error: OSError) -> int:
    """Standard output is full, or its reader has gone, and then there is no reason to complain."""
    # What is still to be written has no place: Python must not try again as it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        print(f"psq: cannot write to standard output: {error.strerror}", file=sys.stderr)
    return int(Status.INTERNAL)


def _run(argv: list[str], paths: Paths) -> int:
    # argparse drops "--"; driver-check has to know which arguments stand behind it.
    behind = argv[argv.index("--") + 1 :] if "--" in argv else None
    known = argparse.Namespace(behind_dashes=behind, parsers=parsers)
    # The first argument is the command; argparse complains when it is not.
    parser = make_parser(only=argv[0] if argv else "-", version=paths.version)
    args, unknown = parser.parse_known_args(argv, known)
    if unknown:
        _refuse(unknown, args.parser)
    return args.run(args, paths)


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
