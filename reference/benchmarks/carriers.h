// Carriers of items between processes: the four types of the reference, and those of the system.

#ifndef PSQ_BENCHMARKS_CARRIERS_H_
#define PSQ_BENCHMARKS_CARRIERS_H_

#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "benchmarks/load.h"

namespace psq::bench {

using Item = std::string;

// Of an item that a consumer drops before it gets the next one, as one that is declared in the body
// of a loop.
inline void check(const Item& got, const Item& expected) {
  if (got.size() != expected.size()) fail("psq-measure: an item of another length");
}

struct ByQueue {
  explicit ByQueue(const Load& load) : queue({.maxsize = load.bound}) {}
  void put(const Item& item) { queue.put(item); }
  void take(Item& item) { check(queue.get(), item); }
  void finish() {}
  psq::Queue<Item> queue;
};

struct BySimpleQueue {
  explicit BySimpleQueue(const Load&) {}
  void put(const Item& item) { queue.put(item); }
  void take(Item& item) { check(queue.get(), item); }
  void finish() {}
  psq::SimpleQueue<Item> queue;
};

struct ByJoinableQueue {
  explicit ByJoinableQueue(const Load& load) : queue({.maxsize = load.bound}) {}
  void put(const Item& item) { queue.put(item); }
  void take(Item& item) {
    check(queue.get(), item);
    queue.task_done();
  }
  void finish() { queue.join(); }
  psq::JoinableQueue<Item> queue;
};

// Loans and views. The taker reads a byte of each page.
template <typename Carrier>
struct Lent : Carrier {
  using Carrier::Carrier;
  void put(const Item& item) {
    Loan loan = this->queue.loan(item.size());
    if (!item.empty()) std::memcpy(loan.bytes().data(), item.data(), item.size());
    this->queue.put(std::move(loan));
  }
  void take(Item& item) {
    const View view = this->queue.get_view();
    for (std::size_t i = 0; i < view.bytes().size(); i += 4096)
      if (view.text()[i] != item[i]) fail("psq-measure: a view of another item");
  }
};

struct ByPipe {
  explicit ByPipe(const Load&) {}
  void put(const Item& item) { ends.second.send(item); }
  void take(Item& item) { check(ends.first.recv(), item); }
  void finish() {}
  std::pair<psq::Connection<Item>, psq::Connection<Item>> ends = psq::pipe<Item>(psq::one_way);
};

// Bytes through a pipe of default size. The taker knows the length of each item.
class ByRawPipe {
 public:
  explicit ByRawPipe(const Load&) {
    if (::pipe(ends_) != 0) fail("psq-measure: pipe");
  }
  void put(const Item& item) {
    for (std::size_t done = 0; done < item.size();) {
      done +=
          moved(write(ends_[1], item.data() + done, item.size() - done), "psq-measure: raw pipe");
    }
  }
  void take(Item& item) {
    for (std::size_t done = 0; done < item.size();) {
      done +=
          moved(read(ends_[0], item.data() + done, item.size() - done), "psq-measure: raw pipe");
    }
  }
  void finish() {}

 private:
  int ends_[2];
};

// A POSIX message queue, as large as the system allows an unprivileged process.
class ByMqueue {
 public:
  explicit ByMqueue(const Load& load) {
    mq_attr attributes{};
    attributes.mq_maxmsg = limit("msg_max");
    attributes.mq_msgsize = load.size > 0 ? static_cast<long>(load.size) : 1;
    static int made = 0;
    const std::string name = "/psq-measure-" + std::to_string(getpid()) + std::to_string(made++);
    queue_ = mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    if (queue_ < 0) fail("psq-measure: mq_open");
    mq_unlink(name.c_str());
  }
  static bool can(const Load& load) { return static_cast<long>(load.size) <= limit("msgsize_max"); }
  void put(const Item& item) {
    if (mq_send(queue_, item.data(), item.size(), 0) != 0) fail("psq-measure: mq_send");
  }
  void take(Item& item) {
    char least = 0;
    char* const room = item.empty() ? &least : item.data();
    if (mq_receive(queue_, room, item.empty() ? 1 : item.size(), nullptr) < 0)
      fail("psq-measure: mq_receive");
  }
  void finish() {}

 private:
  static long limit(const std::string& name) {
    long value = 0;
    std::ifstream("/proc/sys/fs/mqueue/" + name) >> value;
    return value;
  }
  mqd_t queue_;
};

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_CARRIERS_H_
