#include "history/names.h"

namespace psq::history {
namespace {

constexpr std::size_t kMostProcesses = 65536;

}  // namespace

std::optional<std::uint16_t> Names::object(std::string_view name) const {
  const auto found = objects_.find(name);
  if (found == objects_.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found->second);
}

bool Names::add_object(ObjectInfo info) {
  const auto next = static_cast<std::uint32_t>(history_.objects.size());
  if (!objects_.emplace(info.name, next).second) return false;
  history_.objects.push_back(std::move(info));
  return true;
}

std::optional<std::uint16_t> Names::process(std::string_view name) {
  const auto found = processes_.find(name);
  if (found != processes_.end()) return static_cast<std::uint16_t>(found->second);
  const auto next = static_cast<std::uint32_t>(history_.processes.size());
  if (next == kMostProcesses) return std::nullopt;
  processes_.emplace(name, next);
  history_.processes.push_back({.name = std::string{name}});
  return static_cast<std::uint16_t>(next);
}

std::uint32_t Names::thread(std::string_view process, std::string_view name) {
  key_.assign(process).append(1, '\0').append(name);
  const auto next = static_cast<std::uint32_t>(history_.threads.size());
  const auto [entry, fresh] = threads_.try_emplace(key_, next);
  if (fresh) history_.threads.push_back({std::string{process}, std::string{name}});
  return entry->second;
}

std::uint32_t Names::producer(std::string_view name) {
  const auto found = producers_.find(name);
  if (found != producers_.end()) return found->second;
  const auto next = static_cast<std::uint32_t>(producers_.size());
  producers_.emplace(name, next);
  history_.producers.emplace_back(name);
  return next;
}

}  // namespace psq::history
