// The default codec of all types that do not travel as plain bytes: cereal's binary archive.
//
// It accepts the containers and other types of the standard library, and every type for which
// cereal finds a serialize function:
//
//   struct Job {
//     std::string name;
//     std::vector<int> parts;
//     template <typename Archive>
//     void serialize(Archive& archive) { archive(name, parts); }
//   };
//
// An item needs a default constructor; it need not be copyable. Threads and errors: as in
// psq/codec.h.
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
#include <sstream>

#include "psq/codec.h"

namespace psq {

template <typename T>
requires(
    !detail::Raw<T> && !detail::AsItIs<T> && !detail::kPointsElsewhere<T> &&
    cereal::traits::is_output_serializable<T, cereal::BinaryOutputArchive>::value &&
    cereal::traits::is_input_serializable<T, cereal::BinaryInputArchive>::value) struct Codec<T> {
  static void encode(const T& value, std::string& out) {
    std::ostringstream stream;
    cereal::BinaryOutputArchive{stream}(value);
    out += stream.view();
  }
  static T decode(std::span<const std::byte> bytes) {
    std::istringstream stream(Codec<std::string>::decode(bytes));
    T value;
    cereal::BinaryInputArchive{stream}(value);
    if (const auto left = stream.rdbuf()->in_avail(); left != 0) {
      throw NotDeserializable(std::to_string(left) +
                              " bytes too many for the item; do both sides use the same type?");
    }
    return value;
  }
};

}  // namespace psq
