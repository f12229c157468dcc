// The names in the protocol, and those that a hello declares.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "psq/driver/adapter.h"
#include "psq/driver/operation.h"

namespace psq::driver::internal {

/// The target of a declared operation.
enum class VerbKind { kObject, kSeveralObjects, kObjectAndEnd, kProcess, kChild };

struct VerbWord {
  std::string_view word;
  Verb verb;
  VerbKind kind;
};

inline constexpr std::array kVerbs{
    VerbWord{"put", Verb::kPut, VerbKind::kObject},
    VerbWord{"get", Verb::kGet, VerbKind::kObject},
    VerbWord{"qsize", Verb::kQsize, VerbKind::kObject},
    VerbWord{"empty", Verb::kEmpty, VerbKind::kObject},
    VerbWord{"full", Verb::kFull, VerbKind::kObject},
    VerbWord{"close", Verb::kClose, VerbKind::kObject},
    VerbWord{"join_thread", Verb::kJoinThread, VerbKind::kObject},
    VerbWord{"cancel_join_thread", Verb::kCancelJoinThread, VerbKind::kObject},
    VerbWord{"task_done", Verb::kTaskDone, VerbKind::kObject},
    VerbWord{"join", Verb::kJoin, VerbKind::kObject},
    VerbWord{"send", Verb::kSend, VerbKind::kObject},
    VerbWord{"recv", Verb::kRecv, VerbKind::kObject},
    VerbWord{"send_bytes", Verb::kSendBytes, VerbKind::kObject},
    VerbWord{"recv_bytes", Verb::kRecvBytes, VerbKind::kObject},
    VerbWord{"recv_bytes_into", Verb::kRecvBytesInto, VerbKind::kObject},
    VerbWord{"poll", Verb::kPoll, VerbKind::kObject},
    VerbWord{"closed", Verb::kClosed, VerbKind::kObject},
    VerbWord{"readable", Verb::kReadable, VerbKind::kObject},
    VerbWord{"writable", Verb::kWritable, VerbKind::kObject},
    VerbWord{"wait", Verb::kWait, VerbKind::kSeveralObjects},
    VerbWord{"send_connection", Verb::kSendConnection, VerbKind::kObjectAndEnd},
    VerbWord{"recv_connection", Verb::kRecvConnection, VerbKind::kObjectAndEnd},
    VerbWord{"spawn", Verb::kSpawn, VerbKind::kProcess},
    VerbWord{"join_process", Verb::kJoinProcess, VerbKind::kChild},
    VerbWord{"exit_code", Verb::kExitCode, VerbKind::kChild},
    VerbWord{"terminate", Verb::kTerminate, VerbKind::kChild},
    VerbWord{"kill", Verb::kKill, VerbKind::kChild},
    VerbWord{"drop_process", Verb::kDropProcess, VerbKind::kChild},
    VerbWord{"end_thread", Verb::kEndThread, VerbKind::kProcess},
};

inline constexpr std::array kObjectTypes{
    std::pair{std::string_view{"queue"}, ObjectType::kQueue},
    std::pair{std::string_view{"joinable_queue"}, ObjectType::kJoinableQueue},
    std::pair{std::string_view{"simple_queue"}, ObjectType::kSimpleQueue},
    std::pair{std::string_view{"connection"}, ObjectType::kConnection},
};

inline constexpr std::string_view kProcessType = "process";

inline constexpr std::array<std::string_view, 17> kOptions{"preset_unfinished",
                                                           "item.fail_serialize",
                                                           "item.fail_deserialize",
                                                           "item.slow_serialize",
                                                           "json",
                                                           "item.slow_deserialize",
                                                           "item.failure_exit",
                                                           "item.failure_other",
                                                           "item.failure_interrupt",
                                                           "item.same",
                                                           "closed_descriptors",
                                                           "signal_handler",
                                                           "before_exit",
                                                           "after_exit",
                                                           "visibility",
                                                           "prefetch",
                                                           "patience"};

inline std::optional<VerbWord> find_verb(std::string_view word) {
  const auto* found = std::find_if(kVerbs.begin(), kVerbs.end(),
                                   [&](const VerbWord& each) { return each.word == word; });
  return found == kVerbs.end() ? std::nullopt : std::optional(*found);
}

inline std::string_view word(Verb verb) {
  return std::find_if(kVerbs.begin(), kVerbs.end(),
                      [&](const VerbWord& each) { return each.verb == verb; })
      ->word;
}

inline std::string_view word(ObjectType type) {
  return std::find_if(kObjectTypes.begin(), kObjectTypes.end(),
                      [&](const auto& each) { return each.second == type; })
      ->first;
}

inline std::optional<ObjectType> find_type(std::string_view word) {
  const auto* found = std::find_if(kObjectTypes.begin(), kObjectTypes.end(),
                                   [&](const auto& each) { return each.first == word; });
  return found == kObjectTypes.end() ? std::nullopt : std::optional(found->second);
}

/// The capabilities that one hello declares. The constructor throws std::invalid_argument for a
/// name that the protocol does not have. Immutable, so every thread may read it.
class Capabilities {
 public:
  explicit Capabilities(const Hello& hello) {
    for (const auto& [type, verbs] : hello.operations) add_type(type, verbs);
    for (const std::string& option : hello.options) {
      if (std::find(kOptions.begin(), kOptions.end(), option) == kOptions.end()) {
        throw std::invalid_argument("hello: the protocol has no option '" + option + "'");
      }
      options_.insert(option);
    }
    for (const std::string& kind : hello.bounds) {
      if (kind != kBounded && kind != kUnbounded)
        throw std::invalid_argument("hello: the protocol has no bounds '" + kind + "'");
      bounds_.insert(kind);
    }
    const auto least = hello.limits.find("item_bytes");
    if (least != hello.limits.end()) item_bytes_ = static_cast<std::size_t>(least->second);
    const auto most = hello.limits.find("max_item_bytes");
    if (most != hello.limits.end()) max_item_bytes_ = std::min(most->second, kMostItemBytes);
  }

  [[nodiscard]] bool has(ObjectType type) const { return types_.contains(type); }
  [[nodiscard]] bool has(ObjectType type, Verb verb) const {
    const auto found = types_.find(type);
    return found != types_.end() && found->second.contains(verb);
  }
  /// Whether the operation is declared for any type, or for the process.
  [[nodiscard]] bool has(Verb verb) const { return anywhere_.contains(verb); }
  [[nodiscard]] bool has_option(std::string_view option) const { return options_.contains(option); }
  /// Whether it has queues with this bound.
  [[nodiscard]] bool has_bound(std::int64_t maxsize) const {
    return bounds_.contains(maxsize > 0 ? kBounded : kUnbounded);
  }
  [[nodiscard]] std::size_t item_bytes() const { return item_bytes_; }
  [[nodiscard]] std::int64_t max_item_bytes() const { return max_item_bytes_; }

 private:
  void add_type(const std::string& type, const std::vector<std::string>& verbs) {
    const auto found = find_type(type);
    if (!found && type != kProcessType) {
      throw std::invalid_argument("hello: the protocol has no type '" + type + "'");
    }
    if (found) types_[*found];
    for (const std::string& each : verbs) {
      const auto verb = find_verb(each);
      if (!verb) throw std::invalid_argument("hello: the protocol has no operation '" + each + "'");
      anywhere_.insert(verb->verb);
      if (found) types_[*found].insert(verb->verb);
    }
  }

  std::map<ObjectType, std::set<Verb>> types_;
  std::set<Verb> anywhere_;
  static constexpr std::string_view kBounded = "bounded";
  static constexpr std::string_view kUnbounded = "unbounded";

  std::set<std::string, std::less<>> options_;
  std::set<std::string, std::less<>> bounds_;
  static constexpr std::int64_t kMostItemBytes = 0xffffffff;

  std::size_t item_bytes_ = 0;
  std::int64_t max_item_bytes_ = kMostItemBytes;
};

}  // namespace psq::driver::internal
