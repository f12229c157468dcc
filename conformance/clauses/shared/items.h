// Bodies of the tests of items, their number, order and values, that several pages share.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "suite/flow.h"
#include "suite/kinds.h"

namespace psq::conformance {

/// How many items each producer put, and what the consumers obtained.
struct Flow {
  std::map<std::string, std::int64_t> put_by;
  std::vector<Obtained> obtained;
};

/// Four producers, two of which are threads of one process, put `items` each, a multiple of three;
/// three consumers get all of them.
Flow many_to_many(Scenario& t, const Object& q, std::int64_t items);

/// The order of gets is that of puts which return, each in another process, before the next begins.
void fifo_of_puts(Scenario& t, QueueKind kind);
/// The same, of gets by several processes.
void fifo_of_gets(Scenario& t, QueueKind kind);

/// Items of the sizes around which implementations change their ways arrive as they were put.
void sizes_intact(Scenario& t, const Actor& producer, const Object& q);
/// The same of the sizes at which an item fills something together with a header, in one stream:
/// given by that process, taken by the root.
void framed_sizes_intact(Scenario& t, const Actor& from,
                         const std::function<Request(const Item&)>& give, const Request& take);
/// JSON values arrive equal.
void values_equal(Scenario& t, const Actor& producer, const Object& q);

/// A consumer that is given these objects and is no child of the root, so that the root's end does
/// not wait for it.
Actor orphan(Scenario& t, const std::vector<Object>& objects);

/// A process puts more than transports hold and ends so; all of it is obtained. Returns the queue.
Object exit_flushes(Scenario& t, QueueKind kind, const Request& end, std::int64_t items);

/// What one process closed stays open in every other process.
void close_is_local(Scenario& t, QueueKind kind);

}  // namespace psq::conformance
