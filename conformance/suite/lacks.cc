#include "suite/lacks.h"

#include <algorithm>
#include <ranges>

#include "law/clause.h"
#include "suite/runner.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// It is named for drop_process, which few of its tests ask for.
constexpr std::string_view kOfProcessesInWhole = "process.hygiene";

/// `queue.put` of `queue.put.full-at-once`.
std::string section_of(const std::string& clause) {
  const auto page = clause.find('.');
  return clause.substr(0, clause.find('.', page + 1));
}

std::string page_of(const std::string& clause) { return clause.substr(0, clause.find('.')); }

bool is_about(ObjectType type, Operation operation, const std::string& section) {
  const auto sections = sections_of(type, operation);
  return std::ranges::find(sections, section) != sections.end();
}

bool is_on_page(ObjectType type, Operation operation, const std::string& page) {
  return std::ranges::any_of(sections_of(type, operation), [&](std::string_view section) {
    return page_of(std::string{section}) == page;
  });
}

// A page is about its types even where a section is about no operation. A process is none that has
// to be declared: the root is one.
std::vector<Need> types_of_page(const std::string& page) {
  std::vector<Need> needs;
  for (const auto& type : names_of<ObjectType>()) {
    const auto on_page = [&](const auto& each) { return is_on_page(type.value, each.value, page); };
    if (type.value != ObjectType::kProcess && std::ranges::any_of(names_of<Operation>(), on_page))
      needs.push_back({.type = type.value});
  }
  return needs;
}

// All are in one process, each under a name of its own.
Object made(Scenario& t, ObjectType type) {
  const std::string name{to_string(type)};
  switch (type) {
    case ObjectType::kQueue:
      return t.root().queue(0, name);
    case ObjectType::kJoinableQueue:
      return t.root().joinable_queue(0, name);
    case ObjectType::kSimpleQueue:
      return t.root().simple_queue(name);
    default:
      return t.root().pipe(true, name, name + "_2").first;
  }
}

/// A request for the operation, with the fields that it cannot do without.
Request sample(Scenario& t, const OperationRow& row, const Object& object) {
  Request request{.operation = row.operation, .type = object.type};
  if (row.on == Target::kObject) request.on = object.name;
  Arguments& arguments = request.arguments;
  if (row.fields.contains(Field::kItem)) arguments.payload = t.item("root", 0);
  if (row.fields.contains(Field::kBlock)) arguments.block = false;
  if (row.fields.contains(Field::kTimeout)) arguments.timeout = Timeout{0.0};
  if (row.needed.contains(Field::kOf)) arguments.of = {object.name};
  if (row.needed.contains(Field::kRoom)) arguments.room = 1;
  if (row.needed.contains(Field::kConnection)) arguments.connection = object.name;
  if (row.needed.contains(Field::kAs)) arguments.as = "undeclared";
  if (row.needed.contains(Field::kName)) arguments.name = "undeclared";
  if (row.needed.contains(Field::kObjects)) arguments.objects = std::vector<std::string>{};
  return request;
}

/// Whether the driver says that it does not have it.
bool lacks(Scenario& t, const Request& request) {
  try {
    t.root().start(request);
  } catch (const Unsupported&) {
    return true;
  } catch (const DriverError&) {
  }
  return false;
}

void ask_for_type(Scenario& t, ObjectType type, Lacks& found) {
  for (const auto& created : names_of<CreatedType>()) {
    if (type_of(created.value) != type) continue;
    const bool pipe = created.value == CreatedType::kPipe;
    Request request = creation(
        created.value, pipe ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"a"});
    if (lacks(t, request)) found.emplace(to_string(type));
  }
}

void ask_for_operations(Scenario& t, ObjectType type, Lacks& found) {
  const bool process = type == ObjectType::kProcess;
  const Object object = process ? Object{.name = {}, .type = type} : made(t, type);
  for (const OperationRow& row : operation_rows()) {
    const bool asked = row.declared && row.types.contains(type) && row.on != Target::kChild;
    if (!asked || t.hello().declares(type, row.operation)) continue;
    // One that ends its thread does it on a thread of its own.
    const Request request = sample(t, row, object).by(process ? "undeclared" : "main");
    if (lacks(t, request)) found.insert(Need{.type = type, .operation = row.operation}.name());
  }
}

void ask_for(Scenario& t, ObjectType type, Lacks& found) {
  try {
    if (type == ObjectType::kProcess || t.hello().has(type)) {
      ask_for_operations(t, type, found);
    } else {
      ask_for_type(t, type, found);
    }
  } catch (const Failed&) {
  } catch (const Blocked&) {
  } catch (const std::runtime_error&) {  // a driver that is broken or too slow: its tests say so
  }
}

bool declares_all(const Hello& hello) {
  return std::ranges::all_of(operation_rows(), [&](const OperationRow& row) {
    return !row.declared || std::ranges::all_of(names_of<ObjectType>(), [&](const auto& type) {
      return !row.types.contains(type.value) || hello.declares(type.value, row.operation);
    });
  });
}

}  // namespace

std::string Need::name() const {
  const std::string object{to_string(type)};
  return operation ? object + "." + std::string{to_string(*operation)} : object;
}

std::vector<Need> needs_of(const TestCase& test) {
  const std::string section = section_of(test.clauses.at(0));
  if (section == kOfProcessesInWhole) return {};
  std::vector<Need> needs;
  for (const auto& type : names_of<ObjectType>()) {
    for (const auto& operation : names_of<Operation>()) {
      if (!is_about(type.value, operation.value, section)) continue;
      const OperationRow* row = find_operation(type.value, operation.value);
      if (row != nullptr && row->declared) {
        needs.push_back({.type = type.value, .operation = operation.value});
      } else if (operation.value == Operation::kCreate) {
        needs.push_back({.type = type.value});
      } else {
        return {};  // of every driver
      }
    }
  }
  return needs.empty() ? types_of_page(page_of(section)) : needs;
}

Lacks ask_for_undeclared(const Options& options, const Hello& hello) {
  Lacks found;
  if (declares_all(hello)) return found;
  try {
    Scenario t{session_options(options), options.seed};
    for (const auto& type : names_of<ObjectType>()) ask_for(t, type.value, found);
  } catch (const std::runtime_error&) {  // it said hello before: its tests say what is wrong
  }
  return found;
}

std::string why_unsupported(const TestCase& test, const Hello& hello, const Lacks& lacks) {
  const std::string profile{to_string(find_clause(test.clauses.at(0))->profile)};
  if (!hello.profiles.contains(profile)) return "it does not claim the profile " + profile;
  const auto needs = needs_of(test);
  const auto is_lacking = [&](const Need& need) {
    return lacks.contains(Need{.type = need.type}.name()) || lacks.contains(need.name());
  };
  if (needs.empty() || !std::ranges::all_of(needs, is_lacking)) return {};
  const Need& first = needs.front();
  const bool whole_type = lacks.contains(Need{.type = first.type}.name());
  return "the driver does not declare " +
         (whole_type ? "any operation of " + Need{.type = first.type}.name() : first.name());
}

}  // namespace psq::conformance
