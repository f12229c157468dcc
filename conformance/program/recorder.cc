#include "program/recorder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "law/vocabulary.h"

namespace psq::conformance {
namespace {

using history::History;
using history::ObjectKind;
using history::Operator;

history::Time nanoseconds_of(double seconds) {
  constexpr double kLongest = 1e9;  // seconds; from here on it is for ever
  if (seconds > kLongest) return history::kForever;
  return seconds > 0 ? static_cast<history::Time>(seconds * 1e9)
                     : 0;  // 0 also when it is no number
}

history::Time timeout_of(const Request& request) {
  if (request.arguments.block == false) return 0;
  const auto& timeout = request.arguments.timeout;
  if (timeout) return timeout->seconds ? nanoseconds_of(*timeout->seconds) : history::kForever;
  return request.operation == Operation::kPoll ? 0 : history::kForever;
}

/// The objects of a history that a name means: a queue, or the directions of an end of a pipe.
struct Holder {
  std::optional<std::size_t> in;   // the object that is got from here
  std::optional<std::size_t> out;  // the object that is put into here
};

class Recorder {
 public:
  Recorder(const Session& session, const Recording& recording)
      : session_(session), recording_(recording) {}

  History record() {
    for (const auto& [id, call] : session_.calls()) {
      if (id >= recording_.first_call) take(*call);
    }
    note_deaths();
    count_from_the_first();
    return std::move(history_);
  }

 private:
  [[nodiscard]] std::string shown(const std::string& name) const {
    const auto& suffix = recording_.suffix;
    const auto at = suffix.empty() ? std::string::npos : name.find(suffix);
    if (at == std::string::npos) return name;
    return name.substr(0, at) + name.substr(at + suffix.size());
  }

  void take(const Call& call) {
    const Request& request = call.request;
    if (request.operation == Operation::kCreate && call.answer &&
        call.answer->outcome == Outcome::kOk)
      return create(request);
    if (request.operation == Operation::kRun) return take_list(call);
    const Answer pending{.outcome = Outcome::kCrashed};
    const bool ended = call.answer && call.answer->invoked > Nanoseconds{0};
    const Nanoseconds since = call.began ? call.began->at : call.sent;
    add(call, request, ended ? *call.answer : pending, 0, since);
  }

  void create(const Request& request) {
    const Arguments& arguments = request.arguments;
    const std::string& name = arguments.names->front();
    if (arguments.type == CreatedType::kPipe) return create_pipe(arguments);
    const std::optional<ObjectKind> kind = kind_of(*arguments.type);
    if (!kind) return;  // a history has no objects of this type
    const std::size_t object = history_.objects.size();
    history_.objects.push_back({.name = shown(name),
                                .kind = *kind,
                                .maxsize = arguments.maxsize.value_or(0),
                                .unfinished = arguments.unfinished.value_or(0)});
    holders_[name] = {.in = object, .out = object};
  }

  [[nodiscard]] std::optional<ObjectKind> kind_of(CreatedType type) const {
    const auto kind = value_of<ObjectKind>(to_string(type));
    const bool managed = kind && session_.hello().profiles.contains("manager");
    return managed ? ObjectKind::kManagerQueue : kind;
  }

  void create_pipe(const Arguments& arguments) {
    const auto& names = *arguments.names;
    const auto way = [&](const std::string& from, const std::string& to) {
      holders_[from].out = holders_[to].in = history_.objects.size();
      history_.objects.push_back(
          {.name = shown(from) + ">" + shown(to), .kind = ObjectKind::kPipe});
    };
    way(names.at(1), names.at(0));
    if (arguments.duplex.value_or(true)) way(names.at(0), names.at(1));
  }

  void take_list(const Call& call) {
    std::size_t index = 0;
    Nanoseconds since = call.sent;
    for (const Request& each : *call.request.arguments.operations) {
      if (each.operation == Operation::kPause) continue;
      for (std::int64_t i = 0; i < each.repeat.value_or(1); ++i, ++index) {
        if (index < call.events.size()) {
          add(call, each, call.events[index], i, {});
          since = call.events[index].returned;
          continue;
        }
        // Only the next call may have begun.
        const bool list_goes_on = !call.answer || call.answer->outcome == Outcome::kKilled ||
                                  call.answer->outcome == Outcome::kCrashed;
        if (list_goes_on) add(call, each, {.outcome = Outcome::kCrashed}, i, since);
        return;
      }
    }
  }

  void add(const Call& call, const Request& request, const Answer& answer, std::int64_t repeated,
           Nanoseconds since) {
    const auto op = in_history(request.operation);
    const auto holder = holders_.find(request.on);
    if (!op || holder == holders_.end()) return;
    const bool puts = *op == Operator::kPut;
    const auto object = puts ? holder->second.out : holder->second.in;
    const bool of_pipe = holder->second.in != holder->second.out;
    if (!object || (of_pipe && *op == Operator::kClose)) return;  // a close of two directions
    const history::Result result = in_history(answer.outcome);
    const bool pending = result == history::Result::kPending;
    history::Operation operation{.op = *op,
                                 .result = result,
                                 .intact = answer.value.intact,
                                 .answer = answer.value.boolean.value_or(false),
                                 .object = static_cast<std::uint16_t>(*object),
                                 .process = process(call.process),
                                 .thread = thread(call.process, call.request.thread),
                                 .timeout = timeout_of(request),
                                 .invoked = (pending ? since : answer.invoked).count()};
    if (!pending) operation.returned = answer.returned.count();
    if (puts) operation.value = value_put(request, repeated);
    if (*op == Operator::kGet && answer.item() != nullptr) operation.value = value(*answer.item());
    if (*op == Operator::kQsize) operation.value = answer.value.number.value_or(-1);
    if (!answer.error.empty()) history_.errors[history_.operations.size()] = answer.error;
    history_.operations.push_back(operation);
  }

  std::int64_t value_put(const Request& request, std::int64_t repeated) {
    const auto& payload = request.arguments.payload;
    const auto* item = payload ? std::get_if<Item>(&*payload) : nullptr;
    if (item == nullptr) return -1;
    Item numbered = *item;
    numbered.seq += repeated;
    return value(numbered);
  }

  std::int64_t value(const Item& item) {
    const auto [producer, is_new] =
        producers_.try_emplace(item.from, static_cast<std::uint32_t>(producers_.size()));
    if (is_new) history_.producers.push_back(shown(item.from));
    const auto [known, new_value] =
        values_.try_emplace({producer->second, item.seq, item.size}, history_.values.size());
    if (new_value)
      history_.values.push_back({.producer = producer->second, .seq = item.seq, .size = item.size});
    return static_cast<std::int64_t>(known->second);
  }

  std::uint16_t process(const std::string& name) {
    const auto [known, is_new] =
        processes_.try_emplace(name, static_cast<std::uint16_t>(processes_.size()));
    if (is_new) history_.processes.push_back({.name = shown(name)});
    return known->second;
  }

  std::uint32_t thread(const std::string& process, const std::string& name) {
    const auto [known, is_new] =
        threads_.try_emplace({process, name}, static_cast<std::uint32_t>(threads_.size()));
    if (is_new) history_.threads.push_back({.process = shown(process), .thread = name});
    return known->second;
  }

  void note_deaths() {
    for (const auto& [name, index] : processes_) {
      const Peer& peer = session_.peers().at(name);
      if (!peer.dead) continue;
      const bool normal = peer.told_to_end && !peer.killed && !peer.abrupt;
      history_.processes[index].death = normal ? history::Death::kExited : history::Death::kKilled;
      history_.processes[index].died = peer.died.count();
    }
  }

  void count_from_the_first() {
    if (history_.operations.empty()) return;
    const auto first =
        std::ranges::min_element(history_.operations, {}, &history::Operation::invoked);
    const history::Time start = first->invoked;
    for (history::Operation& each : history_.operations) {
      each.invoked -= start;
      if (each.returned != history::kNever) each.returned -= start;
    }
    for (auto& each : history_.processes) {
      if (each.died != history::kNever) each.died -= start;
    }
  }

  const Session& session_;
  const Recording& recording_;
  History history_;
  std::map<std::string, Holder> holders_;
  std::map<std::string, std::uint16_t> processes_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> threads_;
  std::map<std::string, std::uint32_t> producers_;
  std::map<std::tuple<std::uint32_t, std::int64_t, std::int64_t>, std::size_t> values_;
};

}  // namespace

History record(const Session& session, const Recording& recording) {
  return Recorder{session, recording}.record();
}

}  // namespace psq::conformance
