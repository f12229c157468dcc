// An event loop: one thread waits by epoll for the items of two queues and for the end of their
// producer, and never inside a queue. asio and Python's asyncio watch the same descriptors.

#include <sys/epoll.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "psq/psq.h"

namespace {

class Loop {
 public:
  Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Loop() { close(epoll_); }
  Loop(Loop&&) = delete;

  void watch(psq::Waitable& event) const {
    epoll_event about{.events = EPOLLIN, .data = {.ptr = &event}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, event.fd(), &about);
  }
  // Waits for the next event.
  [[nodiscard]] psq::Waitable* next() const {
    epoll_event about{};
    while (epoll_wait(epoll_, &about, 1, -1) != 1) {
    }
    return static_cast<psq::Waitable*>(about.data.ptr);
  }

 private:
  int epoll_;
};

}  // namespace

int main() {
  psq::Queue<int> numbers;
  psq::SimpleQueue<std::string> words;
  psq::Process producer{[&] {
    for (int i = 1; i <= 100; ++i) numbers.put(i);
    for (const char* each : {"to", "be", "or", "not"}) words.put(each);
  }};

  const Loop loop;
  loop.watch(numbers);
  loop.watch(words);
  loop.watch(producer);
  int sum = 0;
  std::string text;
  // The end of the producer may be seen before its last items.
  for (bool has_ended = false; !has_ended || !numbers.empty() || !words.empty();) {
    const psq::Waitable* const event = loop.next();
    if (event == &producer) has_ended = true;
    // Another process could have taken the item: so try_get.
    if (const auto number = numbers.try_get()) sum += *number;
    if (const auto word = words.try_get()) text += *word + ' ';
  }
  std::printf("sum: %d\n", sum);
  std::printf("words: %s\n", text.c_str());
}
