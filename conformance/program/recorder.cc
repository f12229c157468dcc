#include "program/recorder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "history/words.h"

namespace psq::conformance {
namespace {

using history::History;
using history::ObjectKind;
using history::Operation;
using history::Operator;

template <typename T>
const T* field(const Request& request, std::string_view name) {
  for (const auto& [key, value] : request.fields) {
    if (key == name) return std::get_if<T>(&value);
  }
  return nullptr;
}

bool has_field(const Request& request, std::string_view name) {
  return std::ranges::any_of(request.fields, [&](const auto& each) { return each.first == name; });
}

history::Time nanoseconds_of(double seconds) {
  constexpr double kLongest = 1e9;  // seconds; from here on it is for ever
  if (seconds > kLongest) return history::kForever;
  return std::max<history::Time>(0, static_cast<history::Time>(seconds * 1e9));
}

history::Time timeout_of(const Request& request) {
  if (const bool* block = field<bool>(request, "block"); block != nullptr && !*block) return 0;
  if (const double* seconds = field<double>(request, "timeout")) return nanoseconds_of(*seconds);
  if (const auto* word = field<std::string>(request, "timeout"))
    return *word == "inf" ? history::kForever : 0;
  return request.verb == "poll" && !has_field(request, "timeout") ? 0 : history::kForever;
}

/// What a name stands for: a queue, or an end of a pipe with a direction each way.
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
    if (request.verb == "create" && call.answer && call.answer->outcome == Outcome::kOk)
      return create(request);
    if (request.verb == "run") return take_list(call);
    const Answer pending{.outcome = Outcome::kCrashed};
    const bool ended = call.answer && call.answer->invoked > Nanoseconds{0};
    const Nanoseconds since = call.began ? call.began->at : call.sent;
    add(call, request, ended ? *call.answer : pending, 0, since);
  }

  void create(const Request& request) {
    const std::string type = *field<std::string>(request, "type");
    const auto& names = *field<std::vector<std::string>>(request, "names");
    if (type == "pipe") return create_pipe(request, names);
    const bool managed = session_.hello().profiles.contains("manager");
    const auto kind = managed ? ObjectKind::kManagerQueue : history::kind_from(type);
    const auto* maxsize = field<std::int64_t>(request, "maxsize");
    const auto* unfinished = field<std::int64_t>(request, "unfinished");
    const std::size_t object = history_.objects.size();
    history_.objects.push_back({.name = shown(names.at(0)),
                                .kind = kind.value_or(ObjectKind::kQueue),
                                .maxsize = maxsize != nullptr ? *maxsize : 0,
                                .unfinished = unfinished != nullptr ? *unfinished : 0});
    holders_[names.at(0)] = {.in = object, .out = object};
  }

  void create_pipe(const Request& request, const std::vector<std::string>& names) {
    const auto way = [&](const std::string& from, const std::string& to) {
      holders_[from].out = holders_[to].in = history_.objects.size();
      history_.objects.push_back(
          {.name = shown(from) + ">" + shown(to), .kind = ObjectKind::kPipe});
    };
    const bool* duplex = field<bool>(request, "duplex");
    way(names.at(1), names.at(0));
    if (duplex == nullptr || *duplex) way(names.at(0), names.at(1));
  }

  void take_list(const Call& call) {
    const auto* list = field<std::vector<Request>>(call.request, "operations");
    std::size_t index = 0;
    Nanoseconds since = call.sent;
    for (const Request& each : *list) {
      if (each.verb == "pause") continue;
      const auto* repeat = field<std::int64_t>(each, "repeat");
      for (std::int64_t i = 0; i < (repeat != nullptr ? *repeat : 1); ++i, ++index) {
        if (index < call.events.size()) {
          add(call, each, call.events[index], i, {});
          since = call.events[index].returned;
          continue;
        }
        // The next one may have begun, and no other one has.
        const bool list_goes_on = !call.answer || call.answer->outcome == Outcome::kKilled ||
                                  call.answer->outcome == Outcome::kCrashed;
        if (list_goes_on) add(call, each, {.outcome = Outcome::kCrashed}, i, since);
        return;
      }
    }
  }

  void add(const Call& call, const Request& request, const Answer& answer, std::int64_t repeated,
           Nanoseconds since) {
    const auto op = history::operator_from(request.verb);
    const auto holder = holders_.find(request.on);
    if (!op || holder == holders_.end()) return;
    const bool puts = *op == Operator::kPut;
    const auto object = puts ? holder->second.out : holder->second.in;
    const bool of_pipe = holder->second.in != holder->second.out;
    if (!object || (of_pipe && *op == Operator::kClose)) return;  // a close of two directions
    const bool pending = answer.outcome == Outcome::kCrashed || answer.outcome == Outcome::kKilled;
    Operation operation{
        .op = *op,
        .result =
            pending
                ? history::Result::kPending
                : history::result_from(to_string(answer.outcome)).value_or(history::Result::kOther),
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
    history_.operations.push_back(operation);
  }

  std::int64_t value_put(const Request& request, std::int64_t repeated) {
    const auto* payload = field<Payload>(request, "payload");
    const auto* item = payload != nullptr ? std::get_if<Item>(payload) : nullptr;
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
    const auto first = std::ranges::min_element(history_.operations, {}, &Operation::invoked);
    const history::Time start = first->invoked;
    for (Operation& each : history_.operations) {
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
