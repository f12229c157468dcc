#include "searches.h"

#include <array>

namespace psq::faulty {
namespace {

Search search_in(const std::string& test, const std::string& page,
                 std::initializer_list<std::string> clauses) {
  Search search{.test = test, .clauses = {}};
  for (const std::string& clause : clauses) search.clauses.push_back(page + "." + clause);
  return search;
}

}  // namespace

Search in_queues(std::initializer_list<std::string> clauses) {
  return search_in("queue.many-to-many/programs", "queue", clauses);
}

Search in_tasks(std::initializer_list<std::string> clauses) {
  return search_in("joinable-queue.join.waits-for-tasks/programs", "joinable-queue", clauses);
}

Search in_simple_queues(std::initializer_list<std::string> clauses) {
  return search_in("simple-queue.order.fifo/programs", "simple-queue", clauses);
}

Search in_pipes(std::initializer_list<std::string> clauses) {
  return search_in("pipe.order.messages/programs", "pipe", clauses);
}

Search in_duplex_pipes(std::initializer_list<std::string> clauses) {
  return search_in("pipe.duplex.both-ways-at-once/programs", "pipe", clauses);
}

Search as_loss(Search search) {
  const bool is_pipe = search.test.starts_with("pipe.");
  const std::string page = search.test.substr(0, search.test.find('.'));
  const std::array queue_clauses{".get.exactly-once", ".get.waits-for-item",
                                 ".put.blocks-when-full"};
  const std::array pipe_clauses{".order.messages", ".recv.waits-for-message",
                                ".send.waits-for-room"};
  for (const char* clause : is_pipe ? pipe_clauses : queue_clauses)
    search.clauses.push_back(page + clause);
  return search;
}

}  // namespace psq::faulty
