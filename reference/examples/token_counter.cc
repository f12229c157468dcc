// A token that passes among workers is a counter without a lock: only the worker that holds the
// token can change it. Each of the two workers counts fifty times.

#include <cstdio>

#include "psq/psq.h"

int main() {
  psq::SimpleQueue<int> token;
  token.put(0);
  const auto worker = [&] {
    for (int round = 0; round < 50; ++round) {
      const int count = token.get();  // No other process has the number now.
      token.put(count + 1);
    }
  };
  psq::Process first{worker};
  psq::Process second{worker};
  first.join();
  second.join();
  std::printf("%d\n", token.get());
}
