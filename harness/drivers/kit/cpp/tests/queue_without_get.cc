// Does not compile, and the messages name what the queue lacks.
#include <psq/driver/queue_driver.h>

struct WithoutGet {
  explicit WithoutGet(std::int64_t) {}
  void put(const std::string&, bool, std::optional<psq::driver::Seconds>) {}
};

int main() { return psq::driver::serve_queue<WithoutGet>({.implementation = "x", .version = "1"}); }
