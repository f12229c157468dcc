// A large item is filled and read where it is in the shared memory: no byte of it is copied between
// producer and consumer.

#include <algorithm>
#include <cstdio>
#include <string>

#include "psq/psq.h"

int main() {
  constexpr std::size_t kFrame = 256 << 10;
  constexpr int kFrames = 20;
  psq::SimpleQueue<std::string> frames;

  psq::Process camera{[&] {
    for (int i = 0; i < kFrames; ++i) {
      psq::Loan frame = frames.loan(kFrame);
      std::ranges::fill(frame.bytes(), static_cast<std::byte>(i));
      if (i % 2 == 0) frames.put(std::move(frame));
    }  // A loan that was not put is given back here.
    frames.put("end");
  }};

  int seen = 0;
  bool all_whole = true;
  for (;;) {
    const psq::View frame = frames.get_view();
    if (frame.text() == "end") break;
    const auto is_right = [&](std::byte each) { return each == static_cast<std::byte>(2 * seen); };
    all_whole =
        all_whole && frame.bytes().size() == kFrame && std::ranges::all_of(frame.bytes(), is_right);
    ++seen;
  }  // A view is given back here.
  std::printf("%d of %d frames came, %s\n", seen, kFrames, all_whole ? "each whole" : "some torn");
}
