"""Turns the tables of operations.md and outcomes.md into C++.

    vocabulary_cpp.py --spec spec --folder generated

writes generated/enums.h, generated/arguments.h and generated/vocabulary_table.cc. Nothing is
written when a page is wrong: every problem is printed with its file and line, and the exit status
is 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Iterable, Optional

from vocabulary import (
    EFFECTS,
    PAYLOADS,
    VALUES,
    Operation,
    Sections,
    Vocabulary,
    read_vocabulary,
    unique,
)

_MADE = "// Made by vocabulary_cpp.py from operations.md and outcomes.md; edit their tables.\n"

_ENUMS = (
    _MADE
    + """\
#pragma once

#include <cstdint>

namespace psq::conformance {{

{conformance}
/// What the value of an answer is.
enum class ValueType : std::uint8_t {{ {value_names} }};

}}  // namespace psq::conformance

namespace psq::history {{

{history}
/// Whether a call took effect, by its result.
enum class Effect : std::uint8_t {{ {effect_names} }};
inline constexpr Effect kEffects[] = {{{effects}}};

/// By operator: what it answers, and whether it takes a timeout.
inline constexpr conformance::ValueType kValueTypes[] = {{{values}}};
inline constexpr bool kTimed[] = {{{timed}}};

}}  // namespace psq::history
"""
)

_ARGUMENTS = (
    _MADE
    + """\
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "generated/enums.h"
#include "protocol/payload.h"

namespace psq::conformance {{

struct Request;

/// The fields of a request, those that are there; spec/operations.md has them by operation.
struct Arguments {{
  // Defined once, where a Request is complete: they are long, and every test copies requests.
  Arguments();
  Arguments(const Arguments&);
  Arguments(Arguments&&) noexcept;
  Arguments& operator=(const Arguments&);
  Arguments& operator=(Arguments&&) noexcept;
  ~Arguments();

{members}}};

/// Calls `act(field, value)` for each field that is there.
template <typename Act>
void for_each_field(const Arguments& arguments, Act&& act) {{
{visits}}}

}}  // namespace psq::conformance
"""
)

_TABLE = (
    _MADE
    + """\
#include <array>

#include "law/options.h"
#include "law/vocabulary.h"

namespace psq::conformance {{
namespace {{

constexpr std::string_view kOptionNames[] = {{{options}}};
{names}
constexpr OperationRow kOperationRows[] = {{
{operations}}};

struct SectionsRow {{
  Operation operation;
  SetOf<ObjectType> types;
  std::span<const std::string_view> sections;
}};
{section_lists}
const SectionsRow kSectionsRows[] = {{
{sections}}};

}}  // namespace

{functions}
std::span<const std::string_view> sections_of(ObjectType type, Operation operation) {{
  for (const SectionsRow& row : kSectionsRows) {{
    if (row.operation == operation && row.types.contains(type)) return row.sections;
  }}
  return {{}};
}}

std::span<const OperationRow> operation_rows() {{ return kOperationRows; }}

std::span<const std::string_view> option_names() {{ return kOptionNames; }}

ObjectType type_of(CreatedType created) {{
  constexpr ObjectType kTypes[] = {{{created}}};
  return kTypes[static_cast<std::size_t>(created)];
}}

bool sent_by_drivers(Outcome outcome) {{
  constexpr bool kSent[] = {{{sent}}};
  return kSent[static_cast<std::size_t>(outcome)];
}}

std::optional<history::Operator> in_history(Operation operation) {{
  constexpr std::optional<history::Operator> kOperators[] = {{{operators}}};
  return kOperators[static_cast<std::size_t>(operation)];
}}

history::Result in_history(Outcome outcome) {{
  constexpr history::Result kResults[] = {{{results}}};
  return kResults[static_cast<std::size_t>(outcome)];
}}

bool is_normal(Ending ending) {{
  constexpr bool kNormal[] = {{{normal}}};
  return kNormal[static_cast<std::size_t>(ending)];
}}

}}  // namespace psq::conformance
"""
)

_TYPES = {
    "type": "CreatedType",
    "name": "std::string",
    "names": "std::vector<std::string>",
    "boolean": "bool",
    "integer": "std::int64_t",
    "number": "double",
    "timeout": "Timeout",
    "ending": "Ending",
    "operations": "std::vector<Request>",
}


def constant(name: str) -> str:
    return "k" + "".join(part.capitalize() for part in (name or "none").split("_"))


def qualified(enum: str, name: str) -> str:
    return f"{enum}::{constant(name)}"


def _enum(enum: str, names: Iterable[str]) -> str:
    rows = "".join(f"  {constant(name)},\n" for name in names)
    return f"enum class {enum} : std::uint8_t {{\n{rows}}};\n"


def _words(vocabulary: Vocabulary) -> dict[str, list[tuple[str, str]]]:
    """For each enumeration its names with the enumerator that each means."""
    own = {
        "Outcome": [each.name for each in vocabulary.outcomes],
        "ObjectType": vocabulary.hello_types(),
        "CreatedType": vocabulary.created_types(),
        "Operation": vocabulary.operation_names(),
        "Field": [each.name for each in vocabulary.fields],
        "Ending": [each.name for each in vocabulary.endings],
        "history::ObjectKind": unique(each.history for each in vocabulary.types),
    }
    words = {enum: [(name, name) for name in names] for enum, names in own.items()}
    words["history::Operator"] = [
        (word, name) for name, all_words in vocabulary.operators.items() for word in all_words
    ]
    words["history::Result"] = [
        (word, each.name) for each in vocabulary.results for word in each.outcomes
    ]
    return words


def render_enums(vocabulary: Vocabulary) -> str:
    conformance, history = [], []
    for enum, words in _words(vocabulary).items():
        names = unique(name for _, name in words)
        if enum.startswith("history::"):
            history.append(_enum(enum[len("history::") :], names))
        else:
            conformance.append(_enum(enum, names))
    # An operator answers and takes what the first of its operations does.
    by_name = {each.name: each for each in reversed(vocabulary.operations)}
    first = [by_name[operations[0]] for operations in vocabulary.operators.values()]
    return _ENUMS.format(
        conformance="\n".join(conformance),
        history="\n".join(history),
        value_names=", ".join(map(constant, VALUES)),
        values=", ".join(qualified("conformance::ValueType", each.value) for each in first),
        timed=_booleans("timeout" in each.field_names for each in first),
        effect_names=", ".join(map(constant, EFFECTS)),
        effects=", ".join(qualified("Effect", each.effect) for each in vocabulary.results),
    )


def render_arguments(vocabulary: Vocabulary) -> str:
    members, visits = [], []
    payload_done = False
    for each in vocabulary.fields:
        if each.type in PAYLOADS:
            if not payload_done:
                members.append("  std::optional<Payload> payload;\n")
                visits.append(_visit("payload", "field_of(*arguments.payload)"))
            payload_done = True
            continue
        members.append(f"  std::optional<{_TYPES[each.type]}> {each.name};\n")
        visits.append(_visit(each.name, qualified("Field", each.name)))
    return _ARGUMENTS.format(members="".join(members), visits="".join(visits))


def _visit(member: str, field: str) -> str:
    return f"  if (arguments.{member}) act({field}, *arguments.{member});\n"


def _set(enum: str, names: Iterable[str]) -> str:
    return "{" + ", ".join(qualified(enum, name) for name in names) + "}"


def _operation(each: Operation) -> str:
    needed = [alternatives[0] for alternatives in each.fields if len(alternatives) == 1]
    return (
        f"    {{.operation = {qualified('Operation', each.name)},\n"
        f"     .types = {_set('ObjectType', each.types)},\n"
        f"     .declared = {str(each.declared).lower()},\n"
        f"     .on = {qualified('Target', each.on)},\n"
        f"     .fields = {_set('Field', (name for names in each.fields for name in names))},\n"
        f"     .needed = {_set('Field', (n for n in needed if n not in each.optional))},\n"
        f"     .value = {qualified('ValueType', each.value)},\n"
        f"     .outcomes = {_set('Outcome', each.outcomes)}}},\n"
    )


def _section_list(index: int, each: Sections) -> str:
    texts = ", ".join(f'"{section}"' for section in each.sections)
    return f"constexpr std::string_view kSections{index}[] = {{{texts}}};\n"


def _sections(index: int, each: Sections) -> str:
    return (
        f"    {{.operation = {qualified('Operation', each.operation)},\n"
        f"     .types = {_set('ObjectType', each.types)},\n"
        f"     .sections = kSections{index}}},\n"
    )


def render_table(vocabulary: Vocabulary) -> str:
    names, functions = [], []
    for enum, words in _words(vocabulary).items():
        table = f"k{enum.rpartition(':')[2]}Names"
        rows = "".join(f'    {{"{word}", {qualified(enum, name)}}},\n' for word, name in words)
        names.append(f"constexpr Name<{enum}> {table}[] = {{\n{rows}}};\n")
        functions.append(
            f"template <>\nstd::span<const Name<{enum}>> names_of<{enum}>() {{ return {table}; }}\n"
        )
    hello = {each.create: each.hello for each in vocabulary.types}
    created = (qualified("ObjectType", hello[name]) for name in vocabulary.created_types())
    operations = vocabulary.operation_names()
    outcomes = [each.name for each in vocabulary.outcomes]
    results = {name: each.name for each in vocabulary.results for name in each.outcomes}
    return _TABLE.format(
        options=", ".join(f'"{each}"' for each in vocabulary.options),
        names="\n".join(names),
        operations="".join(map(_operation, vocabulary.operations)),
        functions="\n".join(functions),
        section_lists="".join(_section_list(*each) for each in enumerate(vocabulary.sections)),
        sections="".join(_sections(*each) for each in enumerate(vocabulary.sections)),
        created=", ".join(created),
        operators=", ".join(map(_operator, map(vocabulary.operator_of, operations))),
        results=", ".join(qualified("history::Result", results[each]) for each in outcomes),
        sent=_booleans(each.by_driver for each in vocabulary.outcomes),
        normal=_booleans(each.normal for each in vocabulary.endings),
    )


def _operator(name: Optional[str]) -> str:
    return qualified("history::Operator", name) if name else "std::nullopt"


def _booleans(values: Iterable[bool]) -> str:
    return ", ".join(str(value).lower() for value in values)


def _write(path: Path, text: str) -> None:
    """Leaves a file that is right already alone: all that includes it would be built again."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spec", type=Path, required=True, help="the folder of the pages")
    parser.add_argument("--folder", type=Path, required=True, help="where to write the C++ files")
    options = parser.parse_args(arguments)
    vocabulary, law = read_vocabulary(options.spec)
    for problem in law.problems:
        print(problem, file=sys.stderr)
    if law.problems:
        print(f"{len(law.problems)} problem(s) in the tables of the law", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("enums.h", render_enums(vocabulary)),
        ("arguments.h", render_arguments(vocabulary)),
        ("vocabulary_table.cc", render_table(vocabulary)),
    ):
        _write(options.folder / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
