"""What a DRIVER on the command line means: a name, or a command line."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import DriverMissing, InternalError, UsageError, did_you_mean
from psq.running.faults import all_faults
from psq.running.interpreters import check_module, find_interpreter, implementation_of

START_METHODS = ("fork", "spawn", "forkserver")
MIXED_ROOTS = ("cpp", "python")
NAMES = ("reference", "cpython", "cpython:spawn", "cpython:forkserver", "cpython-manager", "mixed")
PYTHONS = ("cpython", "cpython-manager", "python")
LISTED = ("variant", "broker")
LIBRARIES = ("boost", "mqueue", "zeromq")
# Packages whose drivers' hello has another name than the package.
NAMED = {"psq": "psq-python"}
FAMILIES = ("reference", *PYTHONS, "mixed", "faulty", *LISTED, "library", "slow")

HELP = """\
A DRIVER is one of
  reference                 the C++ reference of this tree
  reference:loans[:SEED]    the same; its items also go by loans, views and batches of one, as the seed draws
  cpython                   multiprocessing of the system's Python, by fork
  cpython:METHOD            the same by spawn or forkserver
  cpython-manager[:METHOD]  the queues of its multiprocessing.Manager()
  python:MODULE[:METHOD]    a package with the API of multiprocessing, e.g. python:billiard
  python:psq[:METHOD]       the reference as a package for Python (reference/python)
  mixed[:ROOT]              C++ and Python on the reference's queues: each child is of the other language
                            than its parent, and the first process of cpp, as with no ROOT, or python
  variant:DESIGN            a right queue of another design (harness/drivers/variants)
  broker:NAME               queues on a broker, whose server it starts (harness/drivers/brokers)
  library:NAME              queues of a library for C++ or C: boost, mqueue, zeromq (harness/drivers/libraries)
  faulty:FAULT              an implementation with one fault built in ('psq kill-matrix' lists them)
  slow:SEED:DRIVER          that driver with pauses, which the seed draws (SEED/PROFILE: of that
                            profile; 'psq-slow-driver --list-profiles' lists them)
  anything with a space or a slash: the command line of your own driver
The Python ones take @INTERPRETER at the end: a path or a name, e.g. cpython:spawn@python3.12
"""


@dataclass(frozen=True)
class Driver:
    """A driver that exists: its name, its argv, and the implementation whose ledger applies."""

    label: str
    argv: tuple[str, ...]
    implementation: str

    @property
    def slug(self) -> str:
        """The label as a file name, different for different labels."""
        plain = re.sub(r"[^A-Za-z0-9._@-]+", "-", self.label).strip("-.")
        if len(plain) <= 60 and self.label.replace(":", "-") == plain:
            return plain
        digest = hashlib.sha256(self.label.encode()).hexdigest()[:8]
        return f"{plain[:40]}-{digest}"


@dataclass(frozen=True)
class _Name:
    """A driver as the user names it, by `text`, which has these parts, and by options."""

    text: str
    parts: list[str]
    interpreter: str | None
    start_method: str | None

    @property
    def at(self) -> str:
        """The interpreter as a label has it."""
        return f"@{self.interpreter}" if self.interpreter else ""


def resolve(
    text: str, paths: Paths, interpreter: str | None = None, start_method: str | None = None
) -> Driver:
    """The driver that `text` names; raises UsageError or DriverMissing when there is none."""
    if text.partition(":")[0] == "slow":
        return _slow(text, paths, interpreter, start_method)
    head, _, suffix = text.partition("@")
    parts = head.split(":")
    if parts[0] not in FAMILIES:
        if " " in text or "/" in text:
            return _command_line(text, interpreter, start_method)
        raise _unknown(text)
    if suffix and interpreter:
        raise UsageError(f"{text}: the interpreter is given twice, by @ and by --interpreter")
    if "@" in text and not suffix:
        raise UsageError(f"{text}: an interpreter belongs after the @, e.g. {head}@python3.12")
    name = _Name(text, parts, suffix or interpreter, start_method)
    if parts[0] in ("reference", "faulty"):
        return _built(name, paths)
    if parts[0] in LISTED:
        return _listed(name, paths)
    if parts[0] == "library":
        return _library(name, paths)
    if parts[0] == "mixed":
        return _mixed(name, paths)
    return _python(name, paths)


def command_of(given: list[str], behind_dashes: list[str] | None, paths: Paths) -> list[str]:
    """The command behind "--"; without it, a single argument is a DRIVER as everywhere in psq."""
    if not given or behind_dashes not in (None, given):
        raise UsageError("give the driver, or its command behind --")
    if len(given) == 1 and behind_dashes is None:
        return list(resolve(given[0], paths).argv)
    return given


def _unknown(text: str) -> UsageError:
    hint = did_you_mean(text, [*NAMES, *FAMILIES])
    if not hint and shutil.which(text):
        hint = f" To run the program as a driver, give its path: {shutil.which(text)}"
    return UsageError(f"no driver is named {text!r}.{hint}\n{HELP}")


def _slow(text: str, paths: Paths, interpreter: str | None, start_method: str | None) -> Driver:
    _, how, inner_text = (*text.split(":", 2), "", "")[:3]
    seed, slash, profile = how.partition("/")
    if not re.fullmatch(r"[0-9]{1,18}", seed) or not inner_text:
        raise UsageError(f"{text}: name a seed and a driver, e.g. slow:7:cpython:spawn")
    inner = resolve(inner_text, paths, interpreter, start_method)
    argv: tuple[str, ...] = (str(paths.program("psq-slow-driver")), "--seed", seed)
    if slash:
        argv += ("--profile", profile)
    return Driver(text, (*argv, "--", *inner.argv), inner.implementation)


def _built(name: _Name, paths: Paths) -> Driver:
    if name.interpreter or name.start_method:
        raise UsageError(
            f"{name.text} is a compiled program: it has no interpreter or start method"
        )
    if name.parts[0] == "reference":
        ways = _ways_of_reference(name)
        return Driver(name.text, (str(paths.program("psq-reference-driver")), *ways), "reference")
    known = {fault["name"]: fault for fault in all_faults(paths)}
    if len(name.parts) != 2 or name.parts[1] not in known:
        wanted = name.parts[1] if len(name.parts) > 1 else ""
        raise UsageError(
            f"no fault is named {wanted!r}; there are {', '.join(known)}."
            + did_you_mean(wanted, known)
        )
    return Driver(name.text, (known[name.parts[1]]["program"], "--fault", name.parts[1]), "faulty")


def _ways_of_reference(name: _Name) -> tuple[str, ...]:
    """The options of its driver that say how items go."""
    if len(name.parts) == 1:
        return ()
    seed = name.parts[2] if len(name.parts) == 3 else "1"
    if name.parts[1] != "loans" or len(name.parts) > 3:
        raise UsageError(
            f"no driver is named {name.text!r}. Did you mean reference or reference:loans?"
        )
    if not re.fullmatch(r"[0-9]{1,18}", seed):
        raise UsageError(f"{name.text}: the seed is a number, e.g. reference:loans:7")
    return ("--loans", seed)


def _listed(name: _Name, paths: Paths) -> Driver:
    """One that a driver of several names itself: a design of the variants, a broker."""
    family = name.parts[0]
    if name.start_method:
        raise UsageError(f"{name.text} has its own start method")
    program = find_interpreter(name.interpreter or "/usr/bin/python3")
    argv = (program, str(paths.variants_driver if family == "variant" else paths.broker_driver))
    listed = _asked((*argv, "--list"))
    if listed.returncode != 0:
        raise DriverMissing(f"the driver of {family}s does not list them: {listed.stderr.strip()}")
    names = [line.partition(":")[0] for line in listed.stdout.splitlines()]
    if len(name.parts) != 2 or name.parts[1] not in names:
        wanted = name.parts[1] if len(name.parts) > 1 else ""
        raise UsageError(
            f"no {family} is named {wanted!r}; there are {', '.join(names)}."
            + did_you_mean(wanted, names)
        )
    if family == "broker" and (missing := _asked((*argv, "--look", name.parts[1]))).returncode != 0:
        raise DriverMissing(f"{name.text}: {missing.stderr.strip().splitlines()[-1]}")
    label = f"{family}:{name.parts[1]}{name.at}"
    return Driver(label, (*argv, name.parts[1]), f"{family}-{name.parts[1]}")


def _library(name: _Name, paths: Paths) -> Driver:
    if name.interpreter or name.start_method:
        raise UsageError(
            f"{name.text} is a compiled program: it has no interpreter or start method"
        )
    if len(name.parts) != 2 or name.parts[1] not in LIBRARIES:
        wanted = name.parts[1] if len(name.parts) > 1 else ""
        raise UsageError(
            f"no library is named {wanted!r}; there are {', '.join(LIBRARIES)}."
            + did_you_mean(wanted, LIBRARIES)
        )
    program = f"psq-{name.parts[1]}-driver"
    if (needs := paths.lacks(program)) is not None:
        raise DriverMissing(
            f"{name.text}: {needs} is not installed, or was not when this tree was configured; "
            "install it, configure and build again"
        )
    return Driver(name.text, (str(paths.program(program)),), f"library-{name.parts[1]}")


def _asked(argv: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def _python(name: _Name, paths: Paths) -> Driver:
    module = "multiprocessing"
    rest = name.parts[1:]
    if name.parts[0] == "python":
        if not rest or not re.fullmatch(r"[A-Za-z_][\w.]*", rest[0]):
            raise UsageError(
                f"{name.text}: name a module, e.g. python:billiard or python:billiard:fork"
            )
        module, rest = rest[0], rest[1:]
    if len(rest) > 1:
        raise UsageError(f"{name.text}: too many colons.\n{HELP}")
    if rest and name.start_method:
        raise UsageError(
            f"{name.text}: the start method is given twice, by : and by --start-method"
        )
    method = rest[0] if rest else name.start_method or "fork"
    if method not in START_METHODS:
        raise UsageError(
            f"{name.text}: no start method {method!r}; there are {', '.join(START_METHODS)}."
            + did_you_mean(method, START_METHODS)
        )
    program = find_interpreter(name.interpreter or "/usr/bin/python3")
    # The package of this tree, which its build has made.
    folder = paths.python_package if module == "psq" and paths.python_package.is_dir() else None
    check_module(program, module, folder)
    if not paths.python_driver.is_file():
        raise InternalError(f"the Python driver is not there: {paths.python_driver}")
    argv: tuple[str, ...] = (program, str(paths.python_driver), "--start-method", method)
    if name.parts[0] == "cpython-manager":
        argv += ("--manager",)
    if module != "multiprocessing":
        argv += ("--module", module)
    if folder is not None:
        argv += ("--path", str(folder))
    implementation = name.parts[0] if module == "multiprocessing" else NAMED.get(module, module)
    if module == "multiprocessing" and name.parts[0] != "cpython-manager":
        implementation = implementation_of(program) if name.interpreter else "cpython"
    return Driver(_python_label(name, module, method), argv, implementation)


def _mixed(name: _Name, paths: Paths) -> Driver:
    if name.start_method:
        raise UsageError(f"{name.text} has its own start method")
    root = name.parts[1] if len(name.parts) > 1 else MIXED_ROOTS[0]
    if len(name.parts) > 2 or root not in MIXED_ROOTS:
        raise UsageError(
            f"{name.text}: the first process is one of {', '.join(MIXED_ROOTS)}."
            + did_you_mean(root, MIXED_ROOTS)
        )
    cpp = str(paths.program("psq-mixed-driver"))
    program = find_interpreter(name.interpreter or "/usr/bin/python3")
    check_module(program, "psq", paths.python_package)
    python = (program, str(paths.mixed_driver), "--path", str(paths.python_package))
    argv = (cpp, "--", *python) if root == "cpp" else (*python, "--cpp", cpp)
    label = "mixed" if root == "cpp" else f"mixed:{root}"
    return Driver(label + name.at, argv, "psq-mixed")


def _python_label(name: _Name, module: str, method: str) -> str:
    label = f"python:{module}" if name.parts[0] == "python" else name.parts[0]
    if method != "fork":
        label += f":{method}"
    return label + name.at


def _command_line(text: str, interpreter: str | None, start_method: str | None) -> Driver:
    if interpreter or start_method:
        raise UsageError(
            "--interpreter and --start-method are for the Python drivers; "
            "put them into the command line of your driver"
        )
    try:
        argv = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"cannot split the driver's command line {text!r}: {error}") from error
    if not argv:
        raise UsageError(f"the driver's command line is empty.\n{HELP}")
    program = shutil.which(argv[0])
    if program is None:
        there = os.path.exists(argv[0])
        raise DriverMissing(
            f"no driver at that path: {argv[0]} "
            + ("is not an executable file" if there else "does not exist")
        )
    # The suite starts each driver in its own folder, so a file of this folder needs an absolute path.
    arguments = [os.path.abspath(each) if os.path.isfile(each) else each for each in argv[1:]]
    return Driver(text, (os.path.abspath(program), *arguments), Path(program).name)
