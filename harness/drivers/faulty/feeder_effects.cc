#include "feeder_effects.h"

#include <cstring>
#include <thread>

#include "state.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

constexpr auto kOneLook = 1ms;

// The first item of a row of items, each of which stands after its length; it is taken off the row.
std::string_view take_first(std::string_view& row) {
  std::size_t length = 0;
  std::memcpy(&length, row.data(), sizeof length);
  const std::string_view item = row.substr(sizeof length, length);
  row.remove_prefix(sizeof length + length);
  return item;
}

// Takes the first item out of the buffer, waiting for one for 50 ms. Empty: there came none.
std::string next_buffered(Feeder& feeder) {
  for (const auto end = detail::Clock::now() + detail::kLookAgain; detail::Clock::now() < end;) {
    std::unique_lock lock(feeder.mutex_);
    if (!feeder.buffer_.empty() && !feeder.buffer_.all_.front().empty()) {
      std::string& block = feeder.buffer_.all_.front();
      std::string_view row = block;
      std::string item(take_first(row));
      block.erase(0, block.size() - row.size());
      return item;
    }
    lock.unlock();
    std::this_thread::sleep_for(kOneLook);
  }
  return {};
}

// What the feeder would send at once is sent here; nothing is left of it.
template <typename Send>
Effect sends_batch(const Queues& which, Send send) {
  return [=](Behaviour& behaviour) {
    buffers_every_item()(behaviour);
    alter("batch", [which, send](std::string_view& batch, const Feeder& feeder) {
      if (!batch.empty() && which.have(feeder.queue_->kind()))
        send(const_cast<Feeder&>(feeder), std::exchange(batch, {}));
    })(behaviour);
  };
}

}  // namespace

Effect buffers_every_item() {
  return alter("item.sent-at-once", [](bool& at_once) { at_once = false; });
}

Effect sends_each(const SendItem& send) {
  return sends_batch(queues, [send](Feeder& feeder, std::string_view batch) {
    while (!batch.empty()) send(feeder.queue_, feeder.producer_, take_first(batch));
  });
}

Effect stays_with_each_item() {
  return sends_each(
      [](const QueuePointer& queue, detail::Producer producer, std::string_view item) {
        send(queue, producer, item);
        while (!queue->channel().may_have_room(queue.memory()))
          std::this_thread::sleep_for(kOneLook);
      });
}

Effect writes(const SendItem& write) {
  return [write](Behaviour& behaviour) {
    simple_queues.put([write](LocalQueue& queue, std::string_view item, Timeout) {
      write(queue.queue_, 0, item);
      return true;
    })(behaviour);
    sends_each(write)(behaviour);
  };
}

Effect swaps_neighbours(const Queues& which) {
  return sends_batch(which, [](Feeder& feeder, std::string_view batch) {
    const auto send_next = [&](std::string_view item) {
      send(feeder.queue_, feeder.producer_, item);
    };
    const std::string_view first = take_first(batch);
    if (!batch.empty()) {
      send_next(take_first(batch));
    } else if (every(4)) {
      if (const std::string second = next_buffered(feeder); !second.empty()) send_next(second);
    }
    send_next(first);
    while (!batch.empty()) send_next(take_first(batch));
  });
}

Effect slow_feeder() {
  return sends_batch(queues, [](Feeder& feeder, std::string_view batch) {
    const auto is_ending = [&] {
      const std::lock_guard lock(feeder.mutex_);
      return feeder.ending_;
    };
    const auto end = detail::Clock::now() + 2 * detail::kLookAgain;
    while (!is_ending() && detail::Clock::now() < end) std::this_thread::sleep_for(kOneLook);
    while (!batch.empty()) send(feeder.queue_, feeder.producer_, take_first(batch));
  });
}

}  // namespace psq::faulty
