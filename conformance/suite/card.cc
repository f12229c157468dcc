#include "suite/card.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "law/clause.h"

namespace psq::conformance {
namespace {

constexpr std::size_t kSentenceWidth = 100;

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string wrapped(const std::string& text, const std::string& margin) {
  std::istringstream words{text};
  std::string out = margin;
  std::size_t width = 0;
  for (std::string word; words >> word; width += word.size() + 1) {
    if (width + word.size() > kSentenceWidth) {
      out += "\n" + margin;
      width = 0;
    }
    out += (width == 0 ? "" : " ") + word;
  }
  return out;
}

std::string indented(const std::string& text, const std::string& margin) {
  std::istringstream lines{text};
  std::string out;
  for (std::string line; std::getline(lines, line);) out += margin + line + "\n";
  return out;
}

std::string implementation_of(const Hello& hello, const Options& options) {
  if (hello.implementation.empty()) return options.name;
  return hello.implementation + " " + hello.version + ", " + hello.start_method;
}

// A plain argument stays as it is; anything that a shell would take apart is quoted.
std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view{"_-./:=@,+"}.find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return quoted + "'";
}

std::string driver_of(const Options& options) {
  if (!options.name.empty()) return shell_word(options.name);
  std::string command;
  for (const auto& word : options.driver)
    command += (command.empty() ? "" : " ") + shell_word(word);
  return shell_word(command);
}

std::string clause_of(const TestResult& result) {
  if (!result.clause.empty()) return result.clause;
  return result.clauses.empty() ? "(no clause says it)" : result.clauses.front();
}

// What a search found is drawn from a seed of its own.
std::string seed_of(const TestResult& result, const Options& options) {
  const auto found = result.files.find("seed.txt");
  return found != result.files.end() ? found->second : std::to_string(options.seed);
}

// A name is safer than a clause: it is that of one test, and of one that is thorough, too.
std::string replay_of(const TestResult& result, const Options& options) {
  const std::string command = options.soak ? "psq soak " : "psq check ";
  std::ostringstream replay;
  replay << (options.replay.empty() ? command + driver_of(options) : options.replay);
  if (!options.soak) replay << " --test '" << result.test << "'";
  replay << " --seed " << seed_of(result, options);
  if (options.soak) replay << " --programs 1";
  if (options.kills) replay << " --kills";
  if (options.stops) replay << " --stops";
  if (options.patience != 1.0) replay << " --patience " << options.patience;
  return replay.str();
}

}  // namespace

std::string failure_card(const TestResult& result, const Hello& hello, const Options& options) {
  if (result.verdict == Verdict::kPass) return {};
  const std::string id = clause_of(result);
  const Clause* clause = find_clause(id);
  std::ostringstream card;
  card << in_capitals(std::string{to_string(result.verdict)}) << "  " << id;
  if (clause != nullptr) card << "  (" << to_string(clause->level) << ")";
  card << "    " << implementation_of(hello, options) << "\n";
  if (result.verdict == Verdict::kUnsupported) {
    card << "      " << result.message << "\n";
    return card.str();
  }
  if (clause != nullptr)
    card << wrapped("\"" + std::string{clause->sentence} + "\"", "      ") << "\n";
  if (!result.expected.empty()) {
    card << "      expected   " << result.expected << "\n      saw        " << result.saw << "\n";
  }
  if (result.expected.empty() ||
      (result.verdict != Verdict::kFail && result.verdict != Verdict::kDeviates)) {
    card << indented(result.message, "      ");
  }
  card << indented(result.columns, "                 ");
  card << "      replay     " << replay_of(result, options) << "\n";
  if (!result.evidence.empty()) card << "      evidence   " << result.evidence << "\n";
  return card.str();
}

}  // namespace psq::conformance
