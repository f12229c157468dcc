// The default codec of all types that are not plain bytes: cereal's binary archive.
//
// It takes the containers and other types of the standard library, and every type for which cereal
// finds a serialize function:
//
//   struct Job {
//     std::string name;
//     std::vector<int> parts;
//     template <typename Archive>
//     void serialize(Archive& archive) { archive(name, parts); }
//   };
//
// An item needs a constructor without arguments; it need not be copyable. Threads and errors: as
// psq/codec.h says.
//
// Clauses: queue.item.values-equal, queue.get.not-deserializable.

#pragma once

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <istream>
#include <ostream>
#include <streambuf>

#include "psq/codec.h"

namespace psq {
namespace detail {

// What cereal writes, which it does in whole pieces only.
struct AppendBuffer : std::streambuf {
  explicit AppendBuffer(std::string& end_of) : out(end_of) {}
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    out.append(data, static_cast<std::size_t>(size));
    return size;
  }
  std::string& out;
};

// What cereal reads.
struct SpanBuffer : std::streambuf {
  explicit SpanBuffer(std::span<const std::byte> bytes) {
    // A stream buffer for reading never writes through these pointers.
    auto* first = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
    setg(first, first, first + bytes.size());
  }
};

}  // namespace detail

template <typename T>
requires(
    !detail::Raw<T> && !detail::AsItIs<T> && !detail::kPointsElsewhere<T> &&
    cereal::traits::is_output_serializable<T, cereal::BinaryOutputArchive>::value &&
    cereal::traits::is_input_serializable<T, cereal::BinaryInputArchive>::value) struct Codec<T> {
  static void encode(const T& value, std::string& out) {
    detail::AppendBuffer buffer(out);
    std::ostream stream(&buffer);
    cereal::BinaryOutputArchive{stream}(value);
  }
  static T decode(std::span<const std::byte> bytes) {
    detail::SpanBuffer buffer(bytes);
    std::istream stream(&buffer);
    T value;
    cereal::BinaryInputArchive{stream}(value);
    if (const auto left = buffer.in_avail(); left != 0) {
      throw NotDeserializable(std::to_string(left) +
                              " bytes too many for the item; do both sides use the same type?");
    }
    return value;
  }
};

}  // namespace psq
