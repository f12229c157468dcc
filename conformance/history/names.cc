#include "history/names.h"

namespace psq::history {
namespace {

constexpr std::size_t kMostProcesses = 65536;

}  // namespace

std::optional<std::uint16_t> Names::object(std::string_view name) const {
  const auto found = objects_.find(name);
  if (!found) return std::nullopt;
  return static_cast<std::uint16_t>(*found);
}

bool Names::add_object(ObjectInfo info) {
  if (objects_.find(info.name)) return false;
  objects_.add(info.name);
  history_.objects.push_back(std::move(info));
  return true;
}

std::optional<std::uint16_t> Names::process(std::string_view name) {
  if (const auto found = processes_.find(name)) return static_cast<std::uint16_t>(*found);
  if (processes_.size() == kMostProcesses) return std::nullopt;
  history_.processes.push_back({.name = std::string{name}});
  return static_cast<std::uint16_t>(processes_.add(name));
}

std::uint32_t Names::thread(std::uint16_t process, std::string_view name) {
  if (const auto found = threads_.find(name, process)) return *found;
  history_.threads.push_back({history_.processes[process].name, std::string{name}});
  return threads_.add(name, process);
}

std::uint32_t Names::producer(std::string_view name) {
  if (const auto found = producers_.find(name)) return *found;
  history_.producers.emplace_back(name);
  return producers_.add(name);
}

}  // namespace psq::history
