// What a session and the processes of the driver said to each other, for the evidence of a failure.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace psq::conformance {

/// The messages of one run of the driver in their order. Of more than about 2 MiB the beginning and
/// the end are kept. For one thread.
class WireRecord {
 public:
  void sent(const std::string& process, std::string_view line);
  void received(const std::string& process, std::string_view line);

  /// A conversation as `psq driver-check --transcript` writes it and `psq driver-replay` plays it:
  /// JSON lines. One that was cut says in the middle how many messages are left out.
  [[nodiscard]] std::string json_lines(const std::string& name) const;

 private:
  struct Message {
    const char* way;  // "to" or "from"
    std::string process;
    std::string text;
  };

  void keep(Message message);

  std::deque<Message> first_;
  std::deque<Message> last_;
  std::size_t bytes_of_first_ = 0;
  std::size_t bytes_of_last_ = 0;
  std::int64_t left_out_ = 0;
};

}  // namespace psq::conformance
