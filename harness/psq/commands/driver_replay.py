"""psq driver-replay: a recorded conversation again, against the same driver or another.

Plays each conversation of a transcript that `psq driver-check --transcript FILE` wrote, and shows the first difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from psq.base.options import add_answer_within
from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.base.subreaper import subreaper
from psq.base.visible import visible
from psq.driver_check.replay import Differs, Replay
from psq.driver_check.transcript import read_transcript
from psq.running.drivers import command_of


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = "psq driver-replay [--answer-within SECONDS] FILE (DRIVER | -- COMMAND...)"
    add_answer_within(parser)
    parser.add_argument("file", metavar="FILE", help="a transcript of psq driver-check")
    parser.add_argument(
        "command_line",
        metavar="COMMAND",
        nargs="*",
        help="a DRIVER, or the driver's command behind --",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    conversations = read_transcript(Path(args.file))
    command = command_of(args.command_line, args.behind_dashes, paths)
    with subreaper():
        for conversation in conversations:
            try:
                with Replay(command, args.answer_within) as replay:
                    replay.play(conversation)
            except Differs as difference:
                print(f"{conversation.name}: {visible(str(difference))}")
                return Status.DRIVER_BROKEN
            except OSError as error:
                raise UsageError(f"cannot start {command[0]!r}: {error.strerror}") from error
    print(f"{len(conversations)} conversations, the same as recorded")
    return Status.CONFORMS
