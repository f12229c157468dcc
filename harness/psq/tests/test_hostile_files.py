"""Files that no program of ours wrote: psq reads them or refuses them with a message and status 64."""

import json

import pytest

import reader_fuzzer
from psq.base.status import UsageError


@pytest.mark.parametrize("number", range(3))
def test_what_the_fuzzer_mutates_is_good_before(tmp_path, number):
    reader, good = reader_fuzzer.readers(tmp_path)[number]
    assert reader_fuzzer.run_one(reader, "".join(json.dumps(each) + "\n" for each in good).encode())


def test_mutated_files_are_read_or_refused():
    tried, read = reader_fuzzer.fuzz(3, seed=1)
    assert 0 < read < tried


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"\xff\xfe",
        b"",
        b"null",
        b'"\\ud800"',
        b"NaN",
        b"9" * 5000,
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, number, data):
    reader, _ = reader_fuzzer.readers(tmp_path)[number]
    with pytest.raises(UsageError):
        reader(data)


@pytest.mark.parametrize(
    "field, value",
    [
        ("clauses", []),
        ("clauses", [1]),
        ("verdict", ["pass"]),
        ("seconds", "long"),
        ("seconds", 10**400),
        ("observed", ["q.b"]),
        ("card", 7),
        ("test", "\ud800"),
    ],
)
def test_a_field_that_no_reader_can_use_is_named_with_its_line(tmp_path, field, value):
    records = [*reader_fuzzer.RESULTS[:2], {**reader_fuzzer.RESULTS[3], field: value}]
    records.append(reader_fuzzer.RESULTS[5])
    data = "".join(json.dumps(each) + "\n" for each in records).encode()
    with pytest.raises(UsageError, match=r"file:3 is no result of psq"):
        reader_fuzzer.Readers(tmp_path).results(data)
