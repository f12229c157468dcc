// Rows of items (psq/batch.h) from and to lists of Python objects.

#pragma once

#include <psq/batch.h>
#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "parts.h"
#include "values.h"

namespace psq::python {

// The bytes of the objects of any iterable, and their number; a list is one item in parts. Throws
// what iterating it does, and TypeError for one that has no bytes.
inline std::pair<std::string, std::size_t> row_of_objects(const pybind11::object& items) {
  std::string row;
  std::size_t count = 0;
  for (const pybind11::handle each : items) {
    ++count;
    if (pybind11::isinstance<pybind11::list>(each)) {
      const Parts parts(pybind11::reinterpret_borrow<pybind11::list>(each));
      detail::append_length(row, parts.size());
      parts.append_to(row);
      continue;
    }
    const View view(pybind11::reinterpret_borrow<pybind11::object>(each));
    detail::append_length(row, view.bytes().size());
    row.append(view.bytes());
  }
  return {std::move(row), count};
}

inline pybind11::list objects_of_row(std::string_view row) {
  pybind11::list items;
  for (; !row.empty(); row = detail::without_first(row))
    items.append(pybind11::bytes(detail::first_of(row).data(), detail::first_of(row).size()));
  return items;
}

}  // namespace psq::python
