// The driver of the C++ reference: spec/driver-protocol.md over the library in reference/.
//
//   psq-reference-driver                items are copied
//   psq-reference-driver --loans SEED   as the seed draws, they also go by loans, by views and by
//                                       batches of one
#include <charconv>
#include <cstdio>
#include <string_view>

#include "adapter.h"

namespace {

constexpr int kWrongUsage = 64;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<std::uint64_t> loans;
  if (argc == 3 && argv[1] == std::string_view("--loans")) loans = number_in(argv[2]);
  if (argc > 1 && !loans) {
    std::fputs("usage: psq-reference-driver [--loans SEED]\n", stderr);
    return kWrongUsage;
  }
  // Never destroyed: it serves calls at the end of the process, too.
  return psq::reference_driver::serve(
      *new psq::reference_driver::ReferenceAdapter("psq-reference", loans));
}
