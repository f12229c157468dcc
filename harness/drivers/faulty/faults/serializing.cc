// Faults of how items are serialized: slowly, with odd errors, or again after a change.
#include <endian.h>
#include <psq/driver/item.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "queue_effects.h"
#include "state.h"

namespace psq::faulty {
namespace {

using driver::Call;
using driver::Item;
using driver::Object;
using driver::Operation;
using driver::Result;
using driver::Verb;

const Item* item_of(const Operation& operation) { return std::get_if<Item>(&operation.payload); }

// The shared number counts the slow steps in progress, in all processes.
void wait_for_slow_steps() {
  while (shared_number() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Result put_under_lock(Object& object, const Operation& operation, Call& call) {
  if (operation.verb != Verb::kPut && operation.verb != Verb::kGet)
    return object.perform(operation, call);
  const Item* item = item_of(operation);
  const bool is_slow = item != nullptr && item->slow_serialize > driver::Seconds{0};
  return call([&] {
    wait_for_slow_steps();
    if (is_slow) ++shared_number();
    Call untimed;
    const Result result = object.perform(operation, untimed);
    if (is_slow) --shared_number();
    return result;
  });
}

thread_local bool holds_slow_step = false;

std::optional<std::string> get_under_lock(LocalQueue& queue, Timeout timeout) {
  wait_for_slow_steps();
  auto item = queue.get(timeout);
  holds_slow_step = item && driver::deserialize_levers(*item).slow > driver::Seconds{0};
  if (holds_slow_step) ++shared_number();
  return item;
}

Result release_after(Object& object, const Operation& operation, Call& call) {
  const Result result = object.perform(operation, call);
  if (std::exchange(holds_slow_step, false)) --shared_number();
  return result;
}

// Of the item of the calling thread's put.
thread_local bool fails_oddly = false;

Result noting_odd_failures(Object& object, const Operation& operation, Call& call) {
  const Item* item = item_of(operation);
  fails_oddly = item != nullptr && item->fail == driver::Fail::kSerialize &&
                item->failure != driver::Failure::kError;
  if (fails_oddly) ++process_number();
  return object.perform(operation, call);
}

void take_slot_for_odd_failure(LocalQueue& queue) {
  queue.check_open();
  if (fails_oddly) take_extra_slot(*queue.queue_);
}

bool put_unless_one_failed_oddly(LocalQueue& queue, std::string_view item, Timeout timeout) {
  return process_number() > 0 || queue.put(item, timeout);
}

std::optional<std::string> get_keeping_slot_of_odd_failure(LocalQueue& queue, Timeout timeout) {
  auto item = queue.get(timeout);
  if (!item) return item;
  const driver::Levers levers = driver::deserialize_levers(*item);
  if (levers.fail && levers.failure != driver::Failure::kError) take_extra_slot(*queue.queue_);
  return item;
}

// The length of the message is sent before the message is serialized.
Result send_length_first(ConnectionStep& step) {
  const Item* item = item_of(step.operation);
  if (item != nullptr && item->fail == driver::Fail::kSerialize &&
      item->failure != driver::Failure::kError) {
    const std::uint32_t header = htobe32(static_cast<std::uint32_t>(item->size));
    if (::write(step.end().fd(), &header, sizeof header) != sizeof header) std::abort();
  }
  return step.proceed();
}

Result with_first_value(Object& object, const Operation& operation, Call& call) {
  thread_local std::map<std::string, Item> first;
  Operation changed = operation;
  if (auto* item = std::get_if<Item>(&changed.payload); item != nullptr && !item->same.empty())
    *item = first.try_emplace(item->same, *item).first->second;
  return object.perform(changed, call);
}

}  // namespace

std::vector<Fault> serializing_faults() {
  return {
      fault("serializing-locks", "queue.item.serializing-delays-none",
            "an item is serialized under a lock that every put and get takes",
            {perform(put_under_lock)}),
      fault("deserializing-locks", "queue.item.deserializing-delays-none",
            "an item is deserialized under a lock that every get takes",
            {all_queues.get(get_under_lock), perform(release_after)}),
      fault("simple-serializing-locks", "simple-queue.item.serializing-delays-none",
            "an item is serialized under a lock that every put and get takes",
            {perform(put_under_lock)}),
      fault("simple-deserializing-locks", "simple-queue.item.deserializing-delays-none",
            "an item is deserialized under a lock that every get takes",
            {all_queues.get(get_under_lock), perform(release_after)}),
      fault("odd-error-takes-slot", "queue.item.unserializable-any-error",
            "an item that fails to be serialized with an odd error takes a slot for ever",
            {counts_extra_slots(), queues.check_open(take_slot_for_odd_failure),
             perform(noting_odd_failures)}),
      fault("odd-error-stops-later", "queue.item.unserializable-any-error",
            "after an item that fails with an odd error all later ones of its process are dropped",
            {queues.put(put_unless_one_failed_oddly), perform(noting_odd_failures)}),
      fault("odd-undeserializable-keeps-slot", "queue.get.undeserializable-any-error",
            "an item that fails to be deserialized with an odd error keeps its slot",
            {counts_extra_slots(), queues.get(get_keeping_slot_of_odd_failure)}),
      fault("simple-odd-error-stops-later", "simple-queue.item.any-error",
            "after an item that fails with an odd error all later ones of its process are dropped",
            {simple_queues.put(put_unless_one_failed_oddly), perform(noting_odd_failures)}),
      fault("odd-error-leaves-length", "pipe.item.any-error",
            "the length of a message that fails with an odd error is sent",
            {on({Verb::kSend}, send_length_first)}),
      fault("object-cached", "queue.item.changed-object-anew",
            "an object that is put again has its first value", {perform(with_first_value)}),
      fault("simple-object-cached", "simple-queue.item.changed-object-anew",
            "an object that is put again has its first value", {perform(with_first_value)}),
      fault("pipe-object-cached", "pipe.item.changed-object-anew",
            "an object that is sent again has its first value", {perform(with_first_value)}),
  };
}

}  // namespace psq::faulty
