"""Checks that both driver kits and driver-check speak the vocabulary of spec/operations.md.

The kits share nothing with the suite, on purpose: each has the names of the protocol written down
for itself. This holds them equal to the tables of the law, and with --driver asks a driver of each
kit which fields it reads.
"""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import sys
from pathlib import Path
from typing import Any, Iterable

TOP = Path(__file__).resolve().parents[2]
for _folder in ("conformance/law", "harness/drivers/kit/python", "harness"):
    sys.path.append(str(TOP / _folder))  # behind: modules of one name are those of this folder

from kits_fields import check_fields  # noqa: E402
from vocabulary import PROCESS, Vocabulary, read_vocabulary  # noqa: E402

CPP_KIT = TOP / "harness/drivers/kit/cpp/include/psq/driver"
# Fields that name objects or deliveries; both kits read them apart from the rest.
NAMES_OBJECTS = ("of", "connection", "as", "delivery")
# No driver in C++ has queues of a broker: its kit answers `unsupported` to all that is theirs alone.
NOT_IN_CPP = "broker_queue"


def differs(what: str, found: Iterable[str], expected: Iterable[str]) -> list[str]:
    """Complaints about names that are too many or too few."""
    got, wanted = set(found), set(expected)
    extra = [f"{what} has {name!r}, which the tables do not have" for name in sorted(got - wanted)]
    return extra + [f"{what} lacks {name!r}" for name in sorted(wanted - got)]


def declared(vocabulary: Vocabulary, kind: str) -> list[str]:
    return [each.name for each in vocabulary.operations if each.declared and kind in each.types]


def own(vocabulary: Vocabulary) -> list[str]:
    """The operations of every process; no hello needs to declare them."""
    return [each.name for each in vocabulary.operations if not each.declared]


def _between(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


def check_cpp_kit(vocabulary: Vocabulary, kit: Path = CPP_KIT) -> list[str]:
    words = (kit / "internal/vocabulary.h").read_text(encoding="utf-8")
    outcomes = (kit / "outcome.h").read_text(encoding="utf-8")
    verbs = dict(re.findall(r'VerbWord\{"(\w+)", Verb::k\w+, VerbKind::(k\w+)\}', words))
    targets = {"kObject": "object", "kObjectAndEnd": "object", "kChild": "child"}
    types = re.findall(r'"([\w.]+)"', _between(words, "kObjectTypes{", "};"))
    types += re.findall(r'kProcessType = "(\w+)"', words)
    options = re.findall(r'"([\w.]+)"', _between(words, "kOptions{", "};"))
    rows = [each for each in vocabulary.operations if each.types != (NOT_IN_CPP,)]
    expected = {each.name: each.on for each in rows if each.declared}
    known = {name for each in rows for name in each.outcomes}
    kinds = set(vocabulary.hello_types()) - {NOT_IN_CPP}
    complaints = differs("the C++ kit's kVerbs", verbs, expected)
    complaints += [
        f"the C++ kit does {name!r} to {targets.get(verbs[name], '')!r}, not to {on!r}"
        for name, on in expected.items()
        if name in verbs and targets.get(verbs[name], "") != on
    ]
    complaints += differs("the C++ kit's kObjectTypes", types, kinds)
    complaints += differs("the C++ kit's kOptions", options, vocabulary.options)
    return complaints + differs(
        "the C++ kit's Outcome",
        re.findall(r'return "(\w+)";', outcomes),
        (each.name for each in vocabulary.outcomes if each.by_driver and each.name in known),
    )


def check_python_kit(vocabulary: Vocabulary) -> list[str]:
    arguments, runs, work = (
        importlib.import_module(f"psq_driver_kit.{name}") for name in ("arguments", "runs", "work")
    )
    complaints = []
    for each in vocabulary.operations:
        if not each.declared or each.name == "spawn" or "simple_queue" in each.types:
            continue
        plain = {names[0] for names in each.fields if len(names) == 1} - set(NAMES_OBJECTS)
        complaints += differs(
            f"the Python kit's FIELDS of {each.name!r}", arguments.FIELDS.get(each.name, ()), plain
        )
    complaints += differs(
        "the Python kit's FIELDS",
        arguments.FIELDS,
        set(arguments.FIELDS) & set(vocabulary.operation_names()),
    )
    of_children = [each.name for each in vocabulary.operations if each.on == "child"]
    complaints += differs("the Python kit's OF_CHILDREN", work.OF_CHILDREN, of_children)
    complaints += differs(
        "the Python kit's NOT_IN_LISTS",
        runs.NOT_IN_LISTS,
        {*own(vocabulary), *declared(vocabulary, PROCESS)} - {"pause"},
    )
    itself = (each.name for each in vocabulary.endings if each.by_itself)
    return complaints + differs("the Python kit's WAYS_TO_END", work.WAYS_TO_END, itself)


def driver_check_messages() -> Any:
    """The module that has what driver-check knows of the protocol."""
    return importlib.import_module("psq.controller.messages")


def check_driver_check(vocabulary: Vocabulary) -> list[str]:
    messages = driver_check_messages()
    complaints = differs("driver-check's OPERATIONS", messages.OPERATIONS, vocabulary.hello_types())
    for kind, names in messages.OPERATIONS.items():
        what = f"driver-check's OPERATIONS of {kind}"
        complaints += differs(what, names, declared(vocabulary, kind))
    return complaints + differs("driver-check's OPTIONS", messages.OPTIONS, vocabulary.options)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--driver", action="append", default=[], help="the command of a driver")
    options = parser.parse_args(arguments)
    vocabulary, law = read_vocabulary(TOP / "spec")
    complaints = [str(problem) for problem in law.problems]
    complaints += check_cpp_kit(vocabulary)
    complaints += check_python_kit(vocabulary)
    complaints += check_driver_check(vocabulary)
    asked = 0
    for command in options.driver:
        found, requests = check_fields(vocabulary, shlex.split(command))
        complaints += found
        asked += requests
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    rows = len(vocabulary.operations)
    print(f"{rows} operations, {asked} requests, {len(complaints)} finding(s)")
    return 1 if complaints or (options.driver and not asked) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
