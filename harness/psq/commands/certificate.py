"""psq certificate: what one whole run showed, in a file that can be checked, and a badge of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.law.clause_table import Law
from psq.reporting.badge import badge
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.results import certificate, result_file


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "results", metavar="RESULTS", nargs="?", help="the results of a whole run of psq check"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="the certificate (default: beside the results, with .certificate.json); - is standard output",
    )
    parser.add_argument(
        "--badge", metavar="FILE", help="a badge of it, as SVG; - is standard output"
    )
    parser.add_argument(
        "--verify",
        metavar="CERTIFICATE",
        help="make none: look whether this one is as it was made and, with RESULTS, whether it is "
        "theirs",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Makes or verifies a certificate; the exit status is that of the run."""
    if not (args.results or args.verify):
        raise UsageError("name the results of a whole run, or a certificate with --verify")
    if args.verify and args.output:
        raise UsageError("--verify makes no certificate: it goes without --output")
    if args.badge == args.output == STANDARD_OUTPUT:
        raise UsageError("only one of certificate and badge can go to standard output")
    content = _verified(args, paths) if args.verify else _made(args.results, paths)
    if args.badge:
        write(args.badge, badge(content))
    if not args.verify:
        _write(args, content)
    return Status(content["status"])


def _made(results: str, paths: Paths) -> certificate.Certificate:
    return certificate.make(result_file.load(Path(results)), Law.load(paths.suite))


def _verified(args: argparse.Namespace, paths: Paths) -> certificate.Certificate:
    content = certificate.load(Path(args.verify))
    said = f"{args.verify} is as it was made: {content['verdict']}"
    if args.results:
        wrong = certificate.differences(content, _made(args.results, paths))
        if wrong:
            raise UsageError(
                f"{args.verify} is no certificate of {args.results}: they differ in {', '.join(wrong)}"
            )
        said += f"; it is that of {args.results}"
    else:
        said += "; whether a run showed that, only its results can tell"
    if args.badge != STANDARD_OUTPUT:
        print(said)
    return content


def _write(args: argparse.Namespace, content: certificate.Certificate) -> None:
    target = args.output or str(Path(args.results).with_suffix(".certificate.json"))
    write(target, certificate.text_of(content))
    if STANDARD_OUTPUT not in (target, args.badge):
        print(f"certificate: {target}: {content['verdict']}")
