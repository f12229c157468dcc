// What psq-history prints.
#pragma once

#include <ostream>
#include <vector>

#include "history/check.h"

namespace psq::history {

struct Report {
  const History& history;
  const std::vector<Finding>& findings;
  double reading;   // seconds
  double checking;  // seconds
};

/// One JSON object on a line: verdict, operations, objects, the times in seconds, and the findings,
/// each with its witness as operations of the history format.
void print_json(std::ostream& out, const Report& report);

/// For people: the verdict last, what is wrong before it.
void print_text(std::ostream& out, const Report& report, bool with_witness);

}  // namespace psq::history
