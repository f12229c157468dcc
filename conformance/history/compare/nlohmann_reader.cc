#include <fstream>
#include <nlohmann/json.hpp>

#include "history/compare/readers.h"
#include "history/lines.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

using Json = nlohmann::json;

/// Takes the events of one line after the other; the first one is the header.
class Events : public nlohmann::json_sax<Json> {
 public:
  Events(History& history, Names& names) : history_(history), names_(names) {}

  void end_line() {
    if (!in_header_) add(line_, history_, names_);
    in_header_ = false;
    line_ = {};
  }

  bool key(string_t& name) override {
    key_ = name;
    if (key_ == "item") line_.has_item = true;
    return true;
  }

  bool string(string_t& text) override {
    if (in_header_) {
      read_header(text);
    } else if (key_ == "do") {
      line_.operation.op = operator_from(text).value();
    } else if (key_ == "on") {
      line_.operation.object = names_.object(text).value();
    } else if (key_ == "process") {
      line_.process = text;
    } else if (key_ == "thread") {
      line_.thread = text;
    } else if (key_ == "from") {
      line_.from = text;
    } else if (key_ == "outcome") {
      line_.operation.result = result_from(text).value();
    }
    return true;
  }

  bool number_integer(number_integer_t number) override {
    if (key_ == "invoked") line_.operation.invoked = number;
    if (key_ == "returned") line_.operation.returned = number;
    if (key_ == "seq") line_.seq = number;
    if (key_ == "size") line_.size = number;
    return true;
  }

  bool number_unsigned(number_unsigned_t number) override {
    return number_integer(static_cast<number_integer_t>(number));
  }

  bool boolean(bool value) override {
    if (key_ == "block" && !value) line_.operation.timeout = 0;
    if (key_ == "intact") line_.operation.intact = value;
    if (key_ == "complete") {
      history_.complete = value;
      line_.is_operation = false;
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception& error) override {
    throw std::runtime_error{error.what()};
  }

  bool null() override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }

 private:
  void read_header(const std::string& text) {
    if (key_ == "name") object_.name = text;
    if (key_ == "processes") static_cast<void>(names_.process(text));
    if (key_ != "type") return;
    object_.kind = kind_from(text).value();
    names_.add_object(object_);
  }

  History& history_;
  Names& names_;
  ObjectInfo object_ = {};
  Line line_ = {};
  std::string key_ = {};
  bool in_header_ = true;
};

}  // namespace

History read_with_nlohmann(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  Lines lines{in, file};
  History history;
  Names names{history};
  Events events{history, names};
  while (const auto line = lines.next()) {
    Json::sax_parse(line->begin(), line->end(), &events);
    events.end_line();
  }
  return history;
}

}  // namespace psq::history
