// An item in parts: what it would be if its parts were joined, which costs a copy.

#pragma once

#include <pybind11/pybind11.h>

#include <cstring>
#include <deque>
#include <span>
#include <string>

#include "values.h"

namespace psq::python {

// The bytes of the objects of a list, one behind the other. None can be resized meanwhile.
class Parts {
 public:
  // Throws TypeError for an object that has no bytes, and BufferError.
  explicit Parts(const pybind11::list& objects) {
    for (const pybind11::handle each : objects) {
      const View& view = views_.emplace_back(each);
      size_ += view.bytes().size();
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void append_to(std::string& out) const {
    out.reserve(out.size() + size_);
    for (const View& each : views_) out.append(each.bytes());
  }
  // Into as many bytes as there are.
  void copy_to(std::span<std::byte> out) const noexcept {
    std::byte* at = out.data();
    for (const View& each : views_) {
      if (each.bytes().empty()) continue;
      std::memcpy(at, each.bytes().data(), each.bytes().size());
      at += each.bytes().size();
    }
  }

 private:
  std::deque<View> views_;
  std::size_t size_ = 0;
};

// The bytes of an object that has a buffer, or of a list of them. Throws TypeError for one that has
// none, and BufferError.
inline void append_bytes_of(std::string& out, pybind11::handle data) {
  if (pybind11::isinstance<pybind11::list>(data))
    Parts(pybind11::reinterpret_borrow<pybind11::list>(data)).append_to(out);
  else
    out.append(View(data).bytes());
}

}  // namespace psq::python
