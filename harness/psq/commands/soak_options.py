"""The options of psq soak."""

from __future__ import annotations

import argparse
import re

from psq.running import judging

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def duration(text: str) -> float:
    """`90`, `90s`, `10m`, `1.5h` in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0.1 <= seconds <= 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s, 10m or 1.5h")
    return seconds


def shard(text: str) -> tuple[int, int]:
    """`2/8`: the second of eight."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]) <= 4096:
        raise argparse.ArgumentTypeError(f"{text!r} is no share such as 2/8")
    return int(match[1]), int(match[2])


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER")
    parser.add_argument("--budget", metavar="TIME", type=duration, default=60.0,
                        help="how long: 90s, 10m, 1.5h (default 60s)")
    parser.add_argument("--shard", metavar="K/N", type=shard, default=(1, 1),
                        help="the K-th share of N of the programs; give all N the same --seed")
    parser.add_argument("--seed", metavar="N", type=judging.natural,
                        help="seed of the first program; each next one's is one more")
    parser.add_argument("--programs", metavar="N", type=judging.at_least_one,
                        help="no more programs than these: 1 replays one")
    parser.add_argument("--kills", action="store_true",
                        help="kill one process of each program at a random moment")
    parser.add_argument("--shrink-for", metavar="TIME", type=duration, default=10.0,
                        help="how long to look for a smaller program that fails (default 10s)")
    parser.add_argument("--patience", metavar="X", type=judging.positive, default=1.0,
                        help="multiply every upper bound of time by X (default 1)")
    parser.add_argument("--results", metavar="FILE",
                        help="where the results go (default: build/results/NAME.soak.jsonl)")
    parser.add_argument("--interpreter", metavar="PATH", help="the Python of the Python drivers")
    parser.add_argument("--start-method", metavar="M", help="fork, spawn or forkserver")
