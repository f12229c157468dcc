#include "payload.h"

#include <psq/driver/item.h>

#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace psq::reference_driver {
namespace {

// The first byte of an encoded JSON value. No item begins with it.
constexpr char kJsonMark = 'J';

// No std::exception.
struct OtherFailure {};

void fail(driver::Failure failure, const char* message) {
  if (failure == driver::Failure::kOther) throw OtherFailure{};
  throw std::runtime_error(message);
}

}  // namespace

std::shared_ptr<const Payload> make_payload(const driver::Payload& asked) {
  if (const auto* json = std::get_if<driver::Json>(&asked))
    return std::make_shared<Payload>(Payload{.bytes = kJsonMark + json->text});
  const auto& item = std::get<driver::Item>(asked);
  // Of this thread alone: a lock could be held by another one at a fork.
  thread_local std::map<std::string, std::shared_ptr<Payload>> objects;
  const auto object = item.same.empty() ? std::make_shared<Payload>()
                                        : objects.try_emplace(item.same, new Payload).first->second;
  *object = {.bytes = driver::make_item(item),
             .fails = item.fail == driver::Fail::kSerialize,
             .failure = item.failure,
             .slow = item.slow_serialize};
  return object;
}

driver::Value to_value(Payload received) {
  std::string& bytes = received.bytes;
  if (bytes.starts_with(kJsonMark)) return driver::Json{bytes.substr(1)};
  if (auto item = driver::check_item(bytes)) return *std::move(item);
  return driver::Item{.from = "", .seq = 0, .size = bytes.size(), .intact = false};
}

}  // namespace psq::reference_driver

using psq::reference_driver::Payload;

void psq::Codec<Payload>::encode(const Payload& payload, std::string& out) {
  if (payload.slow > driver::Seconds{0}) std::this_thread::sleep_for(payload.slow);
  if (payload.fails) {
    reference_driver::fail(payload.failure, "the item was asked to fail when it is serialized");
  }
  out.append(payload.bytes);
}

Payload psq::Codec<Payload>::decode(std::span<const std::byte> bytes) {
  Payload payload{.bytes = Codec<std::string>::decode(bytes)};
  const driver::Levers levers = driver::deserialize_levers(payload.bytes);
  if (levers.slow > driver::Seconds{0}) std::this_thread::sleep_for(levers.slow);
  if (levers.fail) {
    reference_driver::fail(levers.failure, "the item was asked to fail when it is deserialized");
  }
  return payload;
}
