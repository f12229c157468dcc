"""Starts the suite against mutants, out of reach of everything else on the machine.

A mutant may kill process -1, fork without end, or fill a disk. So each run is in a process namespace of its own, which
ends with it, and has limits.
"""

from __future__ import annotations

import os
import resource
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from psq.base.status import InternalError
from psq.mutants.subject import Variant

_MOST_MEMORY = 8 << 30
_LONGEST_FILE = 1 << 30
_PATIENCE = 5.0


@dataclass(frozen=True)
class How:
    """What every run of the suite is given."""

    suite: Path
    seed: int
    patience: float
    hang_after: float
    # Of each test that searches among generated programs.
    budget: float = 3.0

    def patient(self) -> How:
        """What is slow because the machine is busy comes to its end; what hangs still hangs."""
        return replace(self, hang_after=_PATIENCE * self.hang_after)


def confinement() -> list[str]:
    """What starts a program in a process namespace of its own; raises InternalError where that is refused."""
    command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL"]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    # What a mutant leaves in shared memory is gone with the namespace.
    command += ["--", "sh", "-c", 'mount -t tmpfs none /dev/shm && exec "$@"', "sh"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise InternalError(
            "mutants may signal any process, so they run in a process namespace of their own, "
            f"and this machine has none for us: {error}"
        ) from error
    return command


def set_limits() -> None:
    """For this process and all that it starts."""
    for what, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_FSIZE, _LONGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))


def suite_argv(
    how: How, tests: list[str], variant: Variant, results: Path, reached: Optional[Path] = None
) -> list[str]:
    # The suite's own files are below the folder of the mutant, which goes when the mutant is done.
    argv = ["/usr/bin/env", f"TMPDIR={results.parent}", str(how.suite), "--results", str(results)]
    for test in tests:
        argv += ["--exactly", test]
    argv += ["--seed", str(how.seed), "--patience", str(how.patience)]
    argv += ["--hang-after", str(how.hang_after), "--budget", str(how.budget)]
    argv += ["--shrink-for", "0", "--name", "mutant"]
    if variant.ledger:
        argv += ["--ledger", str(variant.ledger)]
    noted = ["/usr/bin/env", f"PSQ_REACHED={reached}"] if reached else []
    return [*argv, "--", *noted, *variant.argv]
