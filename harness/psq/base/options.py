"""Values of options, and the options that several commands have: each means the same everywhere."""

from __future__ import annotations

import argparse
import os
import re

from psq.base.status import did_you_mean

_LEVELS = ("MUST", "SHOULD", "MAY", "OBSERVED")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def natural(text: str) -> int:
    """0 to 2^63-1."""
    return int(_number(text, 0, 2**63 - 1, whole=True))


def at_least_one(text: str) -> int:
    return int(_number(text, 1, 4096, whole=True))


def factor(text: str) -> float:
    """The range of patience that the suite takes."""
    return _number(text, 0.01, 1000.0, whole=False)


def seconds(text: str) -> float:
    return _number(text, 0.001, 1e6, whole=False)


def duration(text: str) -> float:
    """`90`, `90s`, `10m`, `1.5h` in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    found = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0.1 <= found <= 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s, 10m or 1.5h")
    return found


def shard(text: str) -> tuple[int, int]:
    """`2/8`: the second of eight."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]) <= 4096:
        raise argparse.ArgumentTypeError(f"{text!r} is no share such as 2/8")
    return int(match[1]), int(match[2])


def level(text: str) -> str:
    """A level of the law, as its pages write it."""
    if text.upper() not in _LEVELS:
        known = [each.lower() for each in _LEVELS]
        raise argparse.ArgumentTypeError(
            f"the law has no level {text!r}; there are {', '.join(known)}."
            + did_you_mean(text.lower(), known)
        )
    return text.upper()


def _number(text: str, least: float, most: float, whole: bool) -> float:
    kind = "a whole number" if whole else "a number"
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {kind} from {least} to {most}")
    return value


def cpu_count() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


def add_tests(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--test",
        metavar="GLOB",
        action="append",
        default=[],
        help="only tests of these clauses, e.g. 'queue.put.*' (or test names)",
    )


def add_thorough(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="the thorough tests too, which take long or need much memory",
    )


def add_patience(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--patience",
        metavar="X",
        type=factor,
        default=1.0,
        help="multiply every upper bound of time by X (default 1)",
    )


def add_answer_within(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answer-within",
        metavar="SECONDS",
        type=seconds,
        default=20.0,
        help="how long to wait for anything before it counts as missing (default 20)",
    )


def add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--json",
        metavar="FILE",
        help=f"write {what} to FILE; - is standard output, which then holds nothing else",
    )


def address(text: str) -> str:
    """That of a Dask scheduler: `host:8786`, `tcp://10.0.0.7:8786`, `tls://[::1]:8786`."""
    pattern = r"(?:(?:tcp|tls|ws|wss|ucx)://)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})/?"
    match = re.fullmatch(pattern, text, re.ASCII)
    if not match or not 1 <= int(match[1]) <= 65535:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address of a scheduler such as tcp://host:8786"
        )
    return text


def add_scheduler(parser: argparse.ArgumentParser, what: str) -> None:
    """Where `what` runs when it does not run here: docs/cluster.md."""
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        type=address,
        help=f"{what} on the workers of the Dask scheduler there, e.g. tcp://host:8786",
    )
    parser.add_argument(
        "--tree",
        metavar="FOLDER",
        help="with --scheduler: where each worker has its tree of this commit, or the build folder of it; "
        "a worker's own PSQ_TREE comes first (default: the same path as here)",
    )


def add_python_driver(parser: argparse.ArgumentParser) -> None:
    """The options that choose how a Python driver runs."""
    parser.add_argument("--interpreter", metavar="PATH", help="the Python of the Python drivers")
    parser.add_argument("--start-method", metavar="M", help="fork, spawn or forkserver")
