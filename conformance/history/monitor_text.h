// The plain text that published monitors of queues read: a first line `# queue`, then a line
// `enq VALUE START END` or `deq VALUE START END` for each operation.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "history/bad_file.h"
#include "history/history.h"

namespace psq::history {

/// Reads a history of one strict queue, a SimpleQueue named `queue`. VALUE is a whole number, or
/// `empty` or -1 for a deq that found nothing; END is `-` for an operation that did not return, and
/// VALUE too for such a deq. The text does not say which thread made a call: all calls stand under
/// one process and thread. Throws BadFile when it is not such a text.
[[nodiscard]] History read_monitor_text(std::istream& in, const std::string& name);

/// Writes the puts and gets of one object. Precondition: object < history.objects.size(). What the
/// text cannot express (processes, bounds, other operations) is left out.
void write_monitor_text(std::ostream& out, const History& history, std::size_t object);

}  // namespace psq::history
