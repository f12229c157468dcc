#include "history/options.h"

#include <CLI/CLI.hpp>

#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

std::string models() {
  return "fifo (one strict queue for all, and nothing else), " + kinds_in_words() +
         "; as recorded when absent";
}

std::string take_model(const std::string& name, Options& options) {
  if (name == "fifo") {
    options.model = Model::kFifo;
    return {};
  }
  const auto kind = kind_from(name);
  if (!kind) return "no model is named " + name + "; there are " + models();
  options.model = Model::kKind;
  options.kind = *kind;
  return {};
}

}  // namespace

std::optional<int> parse_options(int argc, char** argv, Options& options) {
  CLI::App app{"Judges a recorded history.", "psq-history"};
  app.footer(
      "FILE is in the format of spec/history-format.md, or the plain text of monitors (# queue).\n"
      "Exit status: 0 holds, 1 violated, 2 unknown, 64 usage or a broken file, 70 internal.");
  std::string model;
  app.add_option("FILE", options.file, "The recording; - is standard input")->required();
  app.add_option("--model", model, models())->check([&](const std::string& name) {
    return take_model(name, options);
  });
  app.add_flag("--witness", options.witness, "Print the operations that show a violation");
  app.add_option("--json", options.json,
                 "Write all findings as one JSON object to FILE; - is standard output, which then "
                 "holds nothing else")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kStatusHolds : kStatusUsage;
  }
  return std::nullopt;
}

}  // namespace psq::history
