// Pickles of plain values, made and read without the module pickle, which takes longer than all
// else of a put: None, bool, int, float, bytes and str, and a tuple, list or dict of a few of them.
//
// Nothing that a program can change takes part in their pickling. What is made is a pickle of
// protocol 5 as any other (pickletools.dis shows it). Read is only what is made here of one value
// by itself; all else is for the module.

#pragma once

#include <Python.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace psq::python {

// Opcodes of pickle.
namespace opcode {
inline constexpr char kProto = '\x80';
inline constexpr char kStop = '.';
inline constexpr char kNone = 'N';
inline constexpr char kTrue = '\x88';
inline constexpr char kFalse = '\x89';
inline constexpr char kInt = 'J';         // 4 bytes, signed.
inline constexpr char kFloat = 'G';       // 8 bytes, the most significant one first.
inline constexpr char kBytes = 'B';       // The length in 4 bytes, and the bytes.
inline constexpr char kShortBytes = 'C';  // The length in 1 byte, and the bytes.
inline constexpr char kText = 'X';        // The same of UTF-8.
inline constexpr char kShortText = '\x8c';
inline constexpr char kMark = '(';
inline constexpr char kTuple = 't';  // Of what is behind the mark.
inline constexpr char kEmptyList = ']';
inline constexpr char kAppends = 'e';
inline constexpr char kEmptyDict = '}';
inline constexpr char kSetItems = 'u';
}  // namespace opcode

// The protocol of what is made and read.
inline constexpr char kProtocol = 5;
// A larger value is no plain one: its buffer is a part of the item.
inline constexpr std::size_t kLeastBuffer = std::size_t{16} << 10;

// Appends the pickle of a plain value.
class PlainPickler {
 public:
  explicit PlainPickler(std::string& out) noexcept : out_(out) {}

  // False, with nothing appended: it is no plain value. Never runs code of Python.
  [[nodiscard]] bool append(PyObject* value) {
    const std::size_t before = out_.size();
    out_ += {opcode::kProto, kProtocol};
    if (append_one(value) || append_several(value)) {
      out_ += opcode::kStop;
      return true;
    }
    out_.resize(before);
    return false;
  }

 private:
  // So many values in one are looked at.
  static constexpr Py_ssize_t kFew = 16;

  bool append_one(PyObject* value) {
    if (PyBytes_CheckExact(value)) {
      const std::string_view bytes(PyBytes_AS_STRING(value),
                                   static_cast<std::size_t>(PyBytes_GET_SIZE(value)));
      return append_text(bytes, opcode::kShortBytes, opcode::kBytes);
    }
    if (PyUnicode_CheckExact(value)) return append_str(value);
    if (PyLong_CheckExact(value)) return append_int(value);
    if (PyFloat_CheckExact(value)) return append_float(PyFloat_AS_DOUBLE(value));
    return append_constant(value);
  }

  bool append_several(PyObject* value) {
    if (PyTuple_CheckExact(value)) {
      out_ += opcode::kMark;
      return append_items(value) && append_end(opcode::kTuple);
    }
    if (PyList_CheckExact(value)) {
      out_ += {opcode::kEmptyList, opcode::kMark};
      return append_items(value) && append_end(opcode::kAppends);
    }
    if (!PyDict_CheckExact(value) || PyDict_Size(value) > kFew) return false;
    out_ += {opcode::kEmptyDict, opcode::kMark};
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    for (Py_ssize_t at = 0; PyDict_Next(value, &at, &key, &item) != 0;)
      if (!append_one(key) || !append_one(item)) return false;
    return append_end(opcode::kSetItems);
  }
  bool append_items(PyObject* row) {
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(row);
    if (count > kFew) return false;
    for (Py_ssize_t i = 0; i < count; ++i)
      if (!append_one(PySequence_Fast_GET_ITEM(row, i))) return false;
    return true;
  }
  bool append_end(char end) {
    out_ += end;
    return true;
  }

  bool append_constant(PyObject* value) {
    if (value != Py_None && value != Py_True && value != Py_False) return false;
    out_ += value == Py_None ? opcode::kNone : value == Py_True ? opcode::kTrue : opcode::kFalse;
    return true;
  }

  bool append_text(std::string_view bytes, char short_one, char long_one) {
    if (bytes.size() >= kLeastBuffer) return false;
    if (bytes.size() < 256) {
      out_ += {short_one, static_cast<char>(bytes.size())};
    } else {
      out_ += long_one;
      append_number(static_cast<std::uint32_t>(bytes.size()));
    }
    out_ += bytes;
    return true;
  }

  // Of ASCII alone: the UTF-8 of other text would have to be made, and it may have none.
  bool append_str(PyObject* value) {
    if (!PyUnicode_IS_COMPACT_ASCII(value)) return false;
    const auto* const data = static_cast<const char*>(PyUnicode_DATA(value));
    const auto size = static_cast<std::size_t>(PyUnicode_GET_LENGTH(value));
    return append_text({data, size}, opcode::kShortText, opcode::kText);
  }

  bool append_int(PyObject* value) {
    int is_beyond = 0;
    const long number = PyLong_AsLongAndOverflow(value, &is_beyond);
    if (is_beyond != 0 || number != static_cast<std::int32_t>(number)) return false;
    out_ += opcode::kInt;
    append_number(static_cast<std::uint32_t>(number));
    return true;
  }

  bool append_float(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    out_ += opcode::kFloat;
    for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift);
    return true;
  }

  // The least significant byte first.
  void append_number(std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) out_ += static_cast<char>(number >> shift);
  }

  std::string& out_;
};

// Reads what PlainPickler makes of one value by itself.
class PlainUnpickler {
 public:
  explicit PlainUnpickler(std::string_view pickle) noexcept : pickle_(pickle) {}

  // A new reference. Null without an error: it is for the module pickle; and with one: no memory.
  [[nodiscard]] PyObject* value() const {
    if (pickle_.size() < kFrame || pickle_[0] != opcode::kProto || pickle_[1] != kProtocol ||
        pickle_.back() != opcode::kStop) {
      return nullptr;
    }
    const std::string_view content = pickle_.substr(3, pickle_.size() - kFrame);
    switch (pickle_[2]) {
      case opcode::kShortBytes:
        return is_whole(content, 1) ? bytes_of(content.substr(1)) : nullptr;
      case opcode::kBytes:
        return is_whole(content, 4) ? bytes_of(content.substr(4)) : nullptr;
      case opcode::kShortText:
        return is_whole(content, 1) ? text_of(content.substr(1)) : nullptr;
      case opcode::kText:
        return is_whole(content, 4) ? text_of(content.substr(4)) : nullptr;
      case opcode::kInt:
        return content.size() == 4 ? PyLong_FromLong(static_cast<std::int32_t>(number(content)))
                                   : nullptr;
      case opcode::kFloat:
        return content.size() == 8 ? float_of(content) : nullptr;
      default:
        return content.empty() ? constant() : nullptr;
    }
  }

 private:
  // What is before and behind the content: protocol, opcode and end.
  static constexpr std::size_t kFrame = 4;

  static std::uint32_t number(std::string_view bytes) noexcept {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      found |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
    return found;
  }
  // Whether its first bytes are the length of the rest.
  static bool is_whole(std::string_view content, std::size_t width) noexcept {
    return content.size() >= width && number(content.substr(0, width)) == content.size() - width;
  }

  static PyObject* bytes_of(std::string_view bytes) {
    return PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
  }
  static PyObject* text_of(std::string_view text) {
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogatepass");
  }
  static PyObject* float_of(std::string_view bytes) {
    std::uint64_t bits = 0;
    for (const char each : bytes) bits = bits << 8 | static_cast<unsigned char>(each);
    return PyFloat_FromDouble(std::bit_cast<double>(bits));
  }
  PyObject* constant() const {
    PyObject* const found = pickle_[2] == opcode::kNone    ? Py_None
                            : pickle_[2] == opcode::kTrue  ? Py_True
                            : pickle_[2] == opcode::kFalse ? Py_False
                                                           : nullptr;
    Py_XINCREF(found);
    return found;
  }

  std::string_view pickle_;
};

}  // namespace psq::python
