"""Which psq this is: two trees that say the same give the same verdicts."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from psq.base.paths import SOURCE, Paths
from psq.base.status import InternalError

Identity = dict[str, str]


def commit_of(root: Path = SOURCE) -> str:
    """The commit of the source tree; with changes, also a digest of them."""
    head = _git(root, "rev-parse", "--short=10", "HEAD").strip()
    if not head:
        return "unversioned"
    changes = _git(root, "diff", "HEAD")
    digest = hashlib.sha256(changes.encode()).hexdigest()[:8]
    return f"{head}+{digest}" if changes else head


def identity_of(paths: Paths) -> Identity:
    """The version, the commit of the sources, and the digest of the law that is built into the suite."""
    commit = "installed" if paths.installed else commit_of(paths.source)
    return {"version": paths.version, "commit": commit, "law": _law(paths.suite)}


def differences(wanted: Identity, found: Identity) -> str:
    """`commit b, not a; law d, not c`; empty when the two are the same."""
    return "; ".join(
        f"{what} {found.get(what, 'unknown')}, not {value}"
        for what, value in wanted.items()
        if found.get(what) != value
    )


def _law(suite: Path) -> str:
    """A digest of all clauses and tests of the suite."""
    digest = hashlib.sha256()
    for question in (["--clauses"], ["--list", "--thorough"]):
        try:
            answer = subprocess.run([str(suite), *question], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise InternalError(f"{suite} {' '.join(question)}: {error}") from error
        digest.update(answer.stdout)
    return digest.hexdigest()[:12]


def _git(root: Path, *arguments: str) -> str:
    try:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        ).stdout
    except OSError as error:
        raise InternalError(f"git: {error}") from error
