#include "mixed_adapter.h"

#include <psq/driver/driver.h>

#include <stdexcept>

#include "objects.h"
#include "psq/psq.h"

namespace psq::mixed_driver {

using reference_driver::Passed;
using reference_driver::ReferenceObject;

namespace {

// In the forked child, which is to become the program: no other program inherits the handles.
[[noreturn]] void become(std::vector<std::string> command,
                         const std::vector<driver::GivenObject>& given) {
  std::vector<Passed> passed;
  for (const auto& [name, type, object] : given) {
    passed.push_back(dynamic_cast<const ReferenceObject&>(*object).pass());
    command.insert(command.end(), {std::string{driver::name_of(type)}, passed.back().text, name});
  }
  psq::execute(command);
}

// What depends on the pickling of a language, or on how the other one hands an end over, is left
// out.
void keep_what_both_have(driver::Hello& hello) {
  std::erase_if(hello.operations["connection"], [](const std::string& name) {
    return name == "send_connection" || name == "recv_connection";
  });
  std::erase_if(hello.options, [](const std::string& name) {
    return name.starts_with("item.") && name != "item.same";
  });
}

}  // namespace

driver::Hello MixedAdapter::hello() const {
  driver::Hello hello = ReferenceAdapter::hello();
  hello.start_method = "exec";
  keep_what_both_have(hello);
  return hello;
}

std::unique_ptr<driver::Child> MixedAdapter::execute(
    const driver::SpawnOptions& options, const std::vector<driver::GivenObject>& given) {
  std::vector<std::string> command = command_;
  command.insert(command.end(), {"--", options.name});
  return reference_driver::make_child(
      Process([&] { become(std::move(command), given); }, {.daemon = options.daemon}));
}

std::vector<driver::OwnObject> receive_objects(std::span<const char* const> arguments) {
  std::vector<driver::OwnObject> objects;
  for (std::size_t at = 0; at + 2 < arguments.size(); at += 3) {
    const auto type = driver::type_of(arguments[at]);
    if (!type) throw std::invalid_argument(std::string{"no type is named '"} + arguments[at] + "'");
    objects.push_back({.name = arguments[at + 2],
                       .type = *type,
                       .object = reference_driver::receive_passed(*type, arguments[at + 1])});
  }
  return objects;
}

}  // namespace psq::mixed_driver
