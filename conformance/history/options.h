// The command line of psq-history.
#pragma once

#include <optional>
#include <string>

#include "history/history.h"

namespace psq::history {

/// What the objects of the file are taken to be.
enum class Model { kAsRecorded, kFifo, kKind };

struct Options {
  std::string file;
  Model model = Model::kAsRecorded;
  ObjectKind kind = ObjectKind::kQueue;  // for Model::kKind
  bool witness = false;
  std::string json;  // a file, - for standard output; empty: not wanted
};

/// Exit statuses, as the README has them.
enum Status : int {
  kStatusHolds = 0,
  kStatusViolated = 1,
  kStatusUnknown = 2,
  kStatusUsage = 64,
  kStatusInternal = 70,
};

/// Fills in the options; the exit status when there is nothing more to do.
std::optional<int> parse_options(int argc, char** argv, Options& options);

}  // namespace psq::history
