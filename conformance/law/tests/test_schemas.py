"""The schemas of the messages say the same as the tables of operations.md and outcomes.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import pytest
from vocabulary import PAYLOADS, Operation, read_vocabulary

SPEC = Path(__file__).resolve().parents[3] / "spec"
VOCABULARY, _ = read_vocabulary(SPEC)

TYPES = {
    "name": {"$ref": "#/$defs/name"},
    "names": {"type": "array", "items": {"$ref": "#/$defs/name"}},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "timeout": {"$ref": "#/$defs/timeout"},
    "item": {"$ref": "#/$defs/item"},
    "bytes": {"type": "string", "pattern": "^([0-9a-fA-F]{2})*$"},
    "operations": {"type": "array", "items": {"$ref": "#/$defs/list_element"}},
    "type": {"enum": VOCABULARY.created_types()},
    "ending": {"enum": [each.name for each in VOCABULARY.endings if each.by_itself]},
}
RANGES = {
    "": {},
    "0 or more": {"minimum": 0},
    "1 or more": {"minimum": 1},
    "0 to 255": {"minimum": 0, "maximum": 255},
}
# What a schema may say besides: of lists whose length or repetition matters.
LIST_RULES = ("uniqueItems", "minItems", "maxItems")


def schema(name: str) -> dict[str, Any]:
    return json.loads((SPEC / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


REQUEST = schema("request")


def names_of_do(condition: dict[str, Any]) -> list[str]:
    do = condition["properties"]["do"]
    return do.get("enum", [do.get("const")])


def branches(rules: list[dict[str, Any]]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """The operations of each branch, with what it demands of them."""
    for rule in rules:
        if "if" in rule:
            yield names_of_do(rule["if"]), rule["then"]


def all_branches() -> list[tuple[str, dict[str, Any]]]:
    rules = [*branches(REQUEST["then"]["allOf"])]
    rules += branches(REQUEST["$defs"]["object_operation"]["allOf"])
    element = REQUEST["$defs"]["list_element"]
    rules.append((names_of_do(element["if"]), element["then"]))
    return [(name, then) for names, then in rules for name in names]


def properties_of(then: dict[str, Any]) -> dict[str, Any]:
    """The properties of a branch, those of its payload included."""
    found = dict(then.get("properties", {}))
    for part in then.get("allOf", []):
        if "$ref" in part:
            found |= REQUEST["$defs"][part["$ref"].rpartition("/")[2]]["properties"]
        elif "else" in part:
            found |= part["else"]["properties"]
    return found


def rows_of(name: str) -> list[Operation]:
    return [each for each in VOCABULARY.operations if each.name == name]


def test_every_operation_has_one_branch() -> None:
    names = [name for name, _ in all_branches()]
    assert sorted(names) == sorted(VOCABULARY.operation_names())


def test_requests_of_processes_and_of_objects_are_told_apart() -> None:
    of_process = {each.name for each in VOCABULARY.operations if each.types == ("process",)}
    assert set(names_of_do(REQUEST["if"])) == of_process - {"pause"}
    rule = REQUEST["$defs"]["object_operation"]["allOf"][0]["properties"]["do"]
    assert set(rule["enum"]) == set(VOCABULARY.operation_names()) - of_process


@pytest.mark.parametrize("name, then", all_branches(), ids=[name for name, _ in all_branches()])
def test_a_branch_has_the_fields_of_its_row(name: str, then: dict[str, Any]) -> None:
    rows = rows_of(name)
    fields = set().union(*(row.field_names for row in rows))
    expected = fields | ({"on"} if rows[0].on else set())
    # Any JSON value is right, so that a schema has nothing to say of it.
    found = set(properties_of(then)) - {"thread"}
    assert found == expected - {"json"}


@pytest.mark.parametrize("name, then", all_branches(), ids=[name for name, _ in all_branches()])
def test_a_branch_needs_what_its_row_needs(name: str, then: dict[str, Any]) -> None:
    needed = {"on"} if rows_of(name)[0].on else set()
    for alternatives in rows_of(name)[0].fields:
        if len(alternatives) == 1 and not alternatives[0] in rows_of(name)[0].optional:
            needed.add(alternatives[0])
    assert set(then.get("required", [])) == needed


def payload_alternatives(then: dict[str, Any]) -> list[str]:
    for part in then.get("allOf", []):
        if "$ref" in part:
            payload = REQUEST["$defs"][part["$ref"].rpartition("/")[2]]
            return [name for each in payload["oneOf"] for name in each["required"]]
    return []


@pytest.mark.parametrize("name, then", all_branches(), ids=[name for name, _ in all_branches()])
def test_a_branch_takes_the_payloads_of_its_row(name: str, then: dict[str, Any]) -> None:
    alternatives = [each for each in rows_of(name)[0].fields if each[0] in PAYLOADS]
    assert payload_alternatives(then) == list(alternatives[0] if alternatives else ())


def all_fields() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, rule)
        for _, then in all_branches()
        for name, rule in properties_of(then).items()
        if name not in ("on", "thread")
    ]


@pytest.mark.parametrize("name, rule", all_fields())
def test_a_field_has_the_type_of_its_row(name: str, rule: dict[str, Any]) -> None:
    row = next(each for each in VOCABULARY.fields if each.name == name)
    plain = {key: value for key, value in rule.items() if key not in LIST_RULES}
    assert plain == TYPES[row.type] | RANGES[row.range]


def outcomes_of_drivers() -> list[str]:
    return [each.name for each in VOCABULARY.outcomes if each.by_driver]


@pytest.mark.parametrize("message", ["answer", "event"])
def test_answers_and_events_end_as_drivers_may_say(message: str) -> None:
    assert schema(message)["$defs"]["outcome"]["enum"] == outcomes_of_drivers()


def test_a_hello_declares_the_types_of_the_table() -> None:
    operations = schema("hello")["then"]["properties"]["capabilities"]["properties"]["operations"]
    assert list(operations["properties"]) == VOCABULARY.hello_types()


def test_a_hello_declares_the_operations_and_options_of_the_tables() -> None:
    capabilities = schema("hello")["then"]["properties"]["capabilities"]["properties"]
    for kind, rule in capabilities["operations"]["properties"].items():
        known = [each.name for each in VOCABULARY.operations if kind in each.types]
        assert rule["items"]["enum"] == known
    assert capabilities["options"]["items"]["enum"] == VOCABULARY.options


def test_a_history_has_the_names_of_the_tables() -> None:
    definitions = schema("history")["$defs"]
    operation = definitions["operation"]["properties"]
    names = [name for names in VOCABULARY.operators.values() for name in names]
    outcomes = [name for each in VOCABULARY.results for name in each.outcomes]
    kinds = [each.history for each in VOCABULARY.types if each.history]
    endings = definitions["death_line"]["properties"]["death"]["properties"]["how"]["enum"]
    assert sorted(operation["do"]["enum"]) == sorted(names)
    assert sorted(operation["outcome"]["enum"]) == sorted(outcomes)
    assert definitions["object"]["properties"]["type"]["enum"] == kinds
    assert sorted(endings) == sorted(each.name for each in VOCABULARY.endings)


def test_a_history_needs_the_item_of_a_put_and_the_end_of_a_call_that_ended() -> None:
    put, ended = schema("history")["$defs"]["operation"]["allOf"]
    pending = next(each.outcomes for each in VOCABULARY.results if each.name == "pending")
    assert set(names_of_do(put["if"])) == set(VOCABULARY.operators["put"])
    assert set(ended["if"]["properties"]["outcome"]["not"]["enum"]) == set(pending)
