// One line of a history that is an operation: its members, and what they must be together.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "history/history.h"
#include "history/json_cursor.h"
#include "history/names.h"

namespace psq::history {

/// Takes the members of one line as they come; unknown ones are the caller's to skip.
class JsonOperation {
 public:
  JsonOperation(JsonCursor& json, Names& names) : json_(json), names_(names) {}

  /// Whether it is a member of an operation; if so, its value has been read.
  bool read_member(std::string_view key);
  /// After the last member: the operation, or BadFile when a part is missing.
  [[nodiscard]] Operation finish();
  /// What went wrong, as the implementation says it; empty when the line does not say.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  struct Member {
    std::string_view name;
    void (JsonOperation::*read)();
  };
  static constexpr std::size_t kMemberCount = 12;
  static const std::array<Member, kMemberCount> kMembers;

  void read_do();
  void read_on();
  void read_process();
  void read_thread();
  void read_block();
  void read_timeout();
  void read_item();
  void read_value();
  void read_invoked();
  void read_outcome();
  void read_returned();
  void read_error();
  void need(bool there, const char* what) const;
  void finish_value();

  JsonCursor& json_;
  Names& names_;
  std::size_t next_ = 0;  // of kMembers
  Operation operation_ = {};
  std::string process_ = {};
  std::string thread_ = "main";
  std::string error_ = {};
  bool has_do_ = false;
  bool has_on_ = false;
  bool has_outcome_ = false;
  bool has_invoked_ = false;
  bool has_returned_ = false;
  bool has_item_ = false;
  bool has_answer_ = false;
  bool has_number_ = false;
  bool has_timeout_ = false;
  bool block_ = true;
};

}  // namespace psq::history
