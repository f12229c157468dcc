// Runs a fuzzer's target without libFuzzer: every file of a corpus, and mutations of them from a
// seed.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/target.h"

namespace {

using Random = std::mt19937_64;
namespace fs = std::filesystem;

constexpr std::size_t kLongest = 1 << 16;

std::vector<std::string> read_corpus(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator{folder}) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream in{path, std::ios::binary};
    inputs.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  return inputs;
}

std::size_t below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random);
}

std::string piece_of(Random& random, const std::string& text) {
  if (text.empty()) return {};
  const auto begin = below(random, text.size());
  return text.substr(begin, 1 + below(random, std::min<std::size_t>(64, text.size() - begin)));
}

/// Numbers at the ends of ranges, and what ends texts and lines.
const std::vector<std::string>& tokens() {
  static const std::vector<std::string> all{"9223372036854775807",
                                            "-9223372036854775808",
                                            "18446744073709551616",
                                            "1e400",
                                            "-0",
                                            "0.5",
                                            "007",
                                            "null",
                                            "true",
                                            "[",
                                            "]",
                                            "{",
                                            "}",
                                            "\"",
                                            "\\u0000",
                                            "\\ud800",
                                            "\n",
                                            ",",
                                            ":",
                                            std::string(1, '\0'),
                                            "\xff",
                                            "\"\"",
                                            "[]",
                                            "{}"};
  return all;
}

void mutate(Random& random, std::string& text, const std::vector<std::string>& corpus) {
  const auto at = below(random, text.size() + 1);
  const auto length = std::min(text.size() - at, 1 + below(random, 16));
  switch (below(random, 5)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(below(random, 256));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, tokens()[below(random, tokens().size())]);
      break;
    case 3:
      text.replace(at, length, piece_of(random, text));
      break;
    default:
      text.insert(at, piece_of(random, corpus[below(random, corpus.size())]));
  }
  if (text.size() > kLongest) text.resize(kLongest);
}

/// What the process was doing when a finding ended it.
std::string current;
fs::path kept;

[[noreturn]] void keep_and_end() {
  std::ofstream{kept, std::ios::binary} << current;
  std::cerr << "the input is kept as " << kept << '\n';
  std::abort();
}

void run(const std::string& input) {
  current = input;
  const std::uint8_t* data = reinterpret_cast<const std::uint8_t*>(input.data());
  LLVMFuzzerTestOneInput(data, input.size());
}

}  // namespace

/// CORPUS SECONDS SEED: the corpus, and mutations of it for so long.
int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: " << argv[0] << " CORPUS SECONDS SEED\n";
    return 64;
  }
  kept = fs::path{argv[0]}.filename().string() + ".finding";
  std::set_terminate(keep_and_end);
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::cerr << argv[1] << " holds no input\n";
    return 1;
  }
  for (const auto& input : corpus) run(input);
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::duration<double>{std::stod(argv[2])};
  Random random{std::stoull(argv[3])};
  std::int64_t runs = 0;
  while (Clock::now() < until) {
    std::string input = corpus[below(random, corpus.size())];
    for (auto left = 1 + below(random, 8); left > 0; --left) mutate(random, input, corpus);
    run(input);
    ++runs;
  }
  std::cout << corpus.size() << " inputs of the corpus and " << runs << " mutations, no finding\n";
  return 0;
}
