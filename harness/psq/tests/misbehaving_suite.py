"""Takes the place of the suite's binary where a test needs behaviour that the real one never shows.

Speaks its command line; each argument of the driver is TEST=BEHAVIOUR: a verdict, or crash, silent
(no record), garbage, twice, wrong-status (not that of the verdict), hang, then-VERDICT: it is
inconclusive the first time, and has that verdict when it runs once more, unclaimed: it is
unsupported, since the hello does not claim its profile, undeclared: a look at the driver says that
it is unsupported, and it crashes when it is started, turn-N-VERDICT: it has that verdict the N-th
time, but-N-VERDICT: it fails, and has that verdict when the failure is repeated the N-th time, and
seed-N-VERDICT: it has that verdict with the seed N alone. Unnamed tests pass. An argument @FILE
stands for what is in the file;
claims=P,... are the profiles of the hello. A file `refuse` in the build tree is wrong usage.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

CLAUSES = {
    "queue.put.a": ("MUST", "base"),
    "queue.put.b": ("MUST", "base"),
    "queue.get.c": ("MAY", "base"),
    "process.d": ("MUST", "lifecycle"),
    "limits.e": ("MUST", "base"),
}
TESTS = {
    "queue.put_a": ["queue.put.a"],
    "queue.put_b": ["queue.put.b", "queue.put.a"],
    "queue.get_c": ["queue.get.c"],
    "process.d": ["process.d"],
    "queue.put.a/long": ["queue.put.a"],
}
HELLO = {
    "record": "implementation",
    "implementation": "misbehaving",
    "version": "1",
    "language": "python",
    "start_method": "fork",
    "profiles": ["base", "lifecycle"],
}
THOROUGH = ("queue.put.a/long",)
STATUS = {
    "fail": 1,
    "blocked": 1,
    "unexpected-pass": 1,
    "inconclusive": 2,
    "driver-error": 3,
    "internal-error": 70,
    "unsupported": 77,
}


def print_clauses():
    for name, (level, profile) in CLAUSES.items():
        print(
            json.dumps(
                {
                    "id": name,
                    "level": level,
                    "profile": profile,
                    "page": "queue.md",
                    "line": 7,
                    "sentence": f"The sentence of {name}.",
                    "why": "",
                    "source": "",
                    "differs": "Others do not." if name == "queue.get.c" else "",
                }
            )
        )


def print_tests(thorough):
    for test, clauses in TESTS.items():
        if test in THOROUGH and not thorough:
            continue
        level, profile = CLAUSES[clauses[0]]
        print(
            json.dumps(
                {
                    "test": test,
                    "clauses": clauses,
                    "level": level,
                    "profile": profile,
                    "file": "conformance/clauses/queue/put.cc",
                    "line": 12,
                    "thorough": test in THOROUGH,
                }
            )
        )


def append(path, record):
    with open(path, "a", encoding="utf-8") as file:
        file.write(record if isinstance(record, str) else json.dumps(record) + "\n")


def judge(test, results, behaviour):
    if results is None:
        return STATUS.get(behaviour, 0)
    append(results, {"record": "plan", "tests": [test], "planned": 1, "clause_digest": "d1"})
    append(results, HELLO)
    if behaviour in ("crash", "undeclared"):
        print("about to crash", flush=True)
        os.kill(os.getpid(), signal.SIGABRT)
    if behaviour == "hang":
        time.sleep(600)
    if behaviour == "garbage":
        append(results, "{no json}\n")
    if behaviour in ("silent", "garbage"):
        return 0
    verdict = {"twice": "pass", "wrong-status": "pass", "unclaimed": "unsupported"}.get(
        behaviour, behaviour
    )
    lack = f"it does not claim the profile {CLAUSES[TESTS[test][0]][1]}"
    record = {
        "record": "test",
        "test": test,
        "clauses": TESTS[test],
        "verdict": verdict,
        "message": lack if behaviour == "unclaimed" else f"said {verdict}",
        "card": "",
        "seconds": 0.5,
        "evidence": None,
        "observed": {"queue.get.c": "seen late"} if test == "queue.get_c" else {},
    }
    if verdict in ("fail", "expected-fail"):
        record["clause"] = TESTS[test][0]
    for _ in range(2 if behaviour == "twice" else 1):
        append(results, record)
    return 1 if behaviour == "wrong-status" else STATUS.get(verdict, 0)


def measure(results, behaviours):
    append(results, {"record": "plan", "clause_digest": "d1"})
    append(results, HELLO)
    for test in [each for each, behaviour in behaviours.items() if behaviour == "undeclared"]:
        lack = {"verdict": "unsupported", "message": "does not declare it"}
        append(results, {"record": "test", "test": test, "clauses": TESTS[test], **lack})
    behaviour = behaviours.get("measure")
    if behaviour is None:
        return 2
    item = {"size": 64 << 20, "build_us": 21000, "check_us": 34000}
    record = {"record": "driver", "round_trip_us": 150, "items": [item]}
    append(results, record if behaviour == "ok" else {"record": "driver"})
    return 0


def behaviours_of(words):
    for word in [each for each in words if each.startswith("@")]:
        words += Path(word[1:]).read_text().split()
    return dict(word.split("=") for word in words if "=" in word)


def wrong_usage(why):
    print(f"psq-conformance: {why}", file=sys.stderr)
    return 64


def main(argv):
    if argv == ["--clauses"]:
        return print_clauses()
    if argv[:1] == ["--list"]:
        return print_tests(thorough="--thorough" in argv)
    at = argv.index("--")
    plain = [word for word in argv[:at] if word not in ("--once", "--measure", "--thorough")]
    options = dict(zip(plain[::2], plain[1::2]))
    behaviours = behaviours_of(argv[at + 2 :])
    if "claims" in behaviours:
        HELLO["profiles"] = behaviours["claims"].split(",")
    refuse = Path(argv[at + 1]).with_name("refuse")
    if refuse.exists():
        sys.exit(wrong_usage(refuse.read_text()))
    if "--measure" in argv:
        return measure(argv[argv.index("--results") + 1], behaviours)
    test = options["--exactly"]
    results = options.get("--results", "")
    for name, behaviour in behaviours.items():
        if behaviour.startswith("then-"):
            again = results.endswith(".again.jsonl")
            behaviours[name] = behaviour.removeprefix("then-") if again else "inconclusive"
        if behaviour.startswith("but-"):
            _, repeat, verdict = behaviour.split("-", 2)
            behaviours[name] = verdict if results.endswith(f".confirm-{repeat}.jsonl") else "fail"
        if behaviour.startswith("seed-"):
            _, seed, verdict = behaviour.split("-", 2)
            behaviours[name] = verdict if options.get("--seed") == seed else "pass"
        if behaviour.startswith("turn-"):
            _, turn, verdict = behaviour.split("-", 2)
            behaviours[name] = verdict if results.endswith(f".turn-{turn}.jsonl") else "pass"
    status = judge(test, options.get("--results"), behaviours.get(test, "pass"))
    if status == 1 and "--replay" in options:
        print(f"replay {options['--replay']} --test '{test}' --seed 7")
    return status


sys.exit(main(sys.argv[1:]))
