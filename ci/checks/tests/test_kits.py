"""A kit that differs from the tables of the law in one name is named."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import kits
import pytest
from kits_fields import check_fields
from vocabulary import Vocabulary, read_vocabulary

# Takes every request, however wrong.
CARELESS_DRIVER = """\
import json, os, socket
connection = socket.socket(socket.AF_UNIX)
connection.connect(os.environ["PSQ_SOCKET"])
stream = connection.makefile("rw")
hello = {"hello": 1, "role": "root", "capabilities": {"operations": {"queue": ["put"]}}}
print(json.dumps(hello), file=stream, flush=True)
for line in stream:
    print(json.dumps({"id": json.loads(line)["id"], "outcome": "ok"}), file=stream, flush=True)
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    found, law = read_vocabulary(kits.TOP / "spec")
    assert law.problems == []
    return found


def test_the_kits_of_this_project_speak_the_vocabulary() -> None:
    assert kits.main([]) == 0


BROKEN_CPP = [
    ("internal/vocabulary.h", '"qsize"', '"q_size"', "lacks 'qsize'"),
    (
        "internal/vocabulary.h",
        "Verb::kWait, VerbKind::kSeveralObjects",
        "Verb::kWait, VerbKind::kObject",
        "does 'wait' to 'object', not to ''",
    ),
    ("internal/vocabulary.h", '"simple_queue"}', '"simplequeue"}', "lacks 'simple_queue'"),
    ("internal/vocabulary.h", '"preset_unfinished"', '"preset"', "lacks 'preset_unfinished'"),
    ("outcome.h", 'return "not_started";', 'return "unstarted";', "lacks 'not_started'"),
]


@pytest.mark.parametrize("file, old, new, complaint", BROKEN_CPP)
def test_a_name_that_differs_in_the_cpp_kit(
    vocabulary: Vocabulary, tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    copy = tmp_path / "driver"
    shutil.copytree(kits.CPP_KIT, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    assert any(complaint in each for each in kits.check_cpp_kit(vocabulary, copy))


def test_a_field_that_differs_in_the_python_kit(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psq_driver_kit import arguments

    monkeypatch.setitem(arguments.FIELDS, "recv_bytes", ("length",))
    assert kits.check_python_kit(vocabulary) == [
        "the Python kit's FIELDS of 'recv_bytes' has 'length', which the tables do not have",
        "the Python kit's FIELDS of 'recv_bytes' lacks 'maxlength'",
    ]


def test_an_operation_that_differs_in_driver_check(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = kits.driver_check_messages().OPERATIONS
    monkeypatch.setitem(operations, "simple_queue", ["put", "get", "close"])
    assert kits.check_driver_check(vocabulary) == [
        "driver-check's OPERATIONS of simple_queue lacks 'empty'"
    ]


def test_a_driver_that_reads_no_field_is_named(vocabulary: Vocabulary, tmp_path: Path) -> None:
    program = tmp_path / "careless.py"
    program.write_text(CARELESS_DRIVER, encoding="utf-8")
    complaints, asked = check_fields(vocabulary, [sys.executable, str(program)])
    assert asked > len(complaints) > 0
    name = sys.executable
    assert f"{name}: queue.put with a timeout of a wrong type: ok" in complaints
    assert f"{name}: queue.put with no item or json: ok" in complaints
    assert f"{name}: process.pause with a seconds of a wrong type: ok" in complaints
