// What the tests of a broker's queues share: queues, and deliveries that are expected.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "suite/scenario.h"

namespace psq::conformance {

/// The visibility timeout of a test in which it passes: brokers count in whole seconds.
inline constexpr auto kVisible = 1s;
/// That of a test in which it does not.
inline constexpr auto kHeld = 600s;

/// The creation of a broker's queue, named q, with that visibility timeout where the broker has
/// one.
Request broker_queue_creation(const Scenario& t, std::chrono::seconds visibility = kHeld);
Object broker_queue(const Scenario& t, const Actor& actor, std::chrono::seconds visibility = kHeld);

/// Publishes main#first, main#first+1 and so on.
void publish_items(Scenario& t, const Actor& producer, const Object& q, std::int64_t count,
                   std::int64_t first = 0);
/// The next delivery is of that item; the process knows it under that name.
Answer expect_delivery(Scenario& t, const Actor& consumer, const Object& q, const Item& item,
                       const std::string& as = "d");
/// The item of a receive, which has ended as ok with an intact one.
const Item& item_of(Scenario& t, const Answer& answer);
/// The next delivery is of that item, and is acknowledged.
void expect_and_ack(Scenario& t, const Actor& consumer, const Object& q, const Item& item);
/// There is nothing to deliver.
void expect_none(Scenario& t, const Actor& consumer, const Object& q, const std::string& why);

/// Receives and acknowledges what comes until nothing came for so long. Each item's producer and
/// number, with how often it came.
std::map<std::pair<std::string, std::int64_t>, int> drain(Scenario& t, const Actor& consumer,
                                                          const Object& q, Nanoseconds quiet);

}  // namespace psq::conformance
