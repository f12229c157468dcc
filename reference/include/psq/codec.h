// How values become bytes and back: the one customization point of psq.
//
// A type of your own travels through a specialization:
//
//   template <>
//   struct psq::Codec<Job> {
//     static void encode(const Job& job, std::string& out);         // appends to out
//     static Job decode(std::span<const std::byte> bytes);
//   };
//
// encode runs in the caller of put or send, before that call takes a slot or writes. decode runs in
// the caller of get or recv, after that call has consumed the item.
//
// Threads: several threads may call encode and decode at the same time.
//
// Errors: encode and decode may throw any type. The caller of put, send, get or recv sees it nested
// in NotSerializable or NotDeserializable.
//
// Without a specialization, std::string and std::vector<std::byte> travel unchanged, and a
// trivially copyable type (no pointer, no view, none in a std::optional, array or the like) as the
// bytes of its object. Every other type travels through cereal and needs psq/codec_cereal.h.
//
// The bytes do not name their type: producer and consumer must use the same one. A trivially
// copyable type is sent with its padding; a pointer among its members means nothing to a consumer.
//
// Clauses: queue.item.values-equal, simple-queue.item.values-equal, pipe.item.values-equal,
// queue.get.not-deserializable, simple-queue.get.not-deserializable, pipe.recv.not-deserializable,
// simple-queue.put.not-serializable, pipe.send.not-serializable,
// queue.item.unserializable-stops-nothing.

#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "psq/error.h"

namespace psq {
namespace detail {

// An address of one process means nothing in another.
template <typename T>
inline constexpr bool kPointsElsewhere =
    std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::ranges::enable_view<T>;
template <typename T>
inline constexpr bool kPointsElsewhere<std::reference_wrapper<T>> = true;
template <typename T>
inline constexpr bool kPointsElsewhere<std::optional<T>> = kPointsElsewhere<T>;
template <typename T, std::size_t size>
inline constexpr bool kPointsElsewhere<std::array<T, size>> = kPointsElsewhere<T>;
template <typename... Ts>
inline constexpr bool kPointsElsewhere<std::variant<Ts...>> = (kPointsElsewhere<Ts> || ...);
template <typename First, typename Second>
inline constexpr bool kPointsElsewhere<std::pair<First, Second>> =
    kPointsElsewhere<First> || kPointsElsewhere<Second>;
template <typename... Ts>
inline constexpr bool kPointsElsewhere<std::tuple<Ts...>> = (kPointsElsewhere<Ts> || ...);

template <typename T>
concept Raw = std::is_trivially_copyable_v<T> && !kPointsElsewhere<T>;

template <typename T>
concept AsItIs = std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::byte>>;

}  // namespace detail

// How values of type T become bytes and back; the comment at the top says how to specialize it.
template <typename T>
struct Codec {
  static_assert(!detail::kPointsElsewhere<T>,
                "psq does not send pointers and views, which mean nothing in another process: send "
                "what they point to, as std::string, std::vector or a type of your own");
  static_assert(detail::kPointsElsewhere<T>,
                "psq does not know how to send this type: give it a function serialize and include "
                "psq/codec_cereal.h, or specialize psq::Codec for it");
};

template <detail::AsItIs T>
struct Codec<T> {
  static std::string_view bytes_of(const T& value) noexcept {
    return {reinterpret_cast<const char*>(value.data()), value.size()};
  }
  static void encode(const T& value, std::string& out) { out += bytes_of(value); }
  static T decode(std::span<const std::byte> bytes) {
    const auto* first = reinterpret_cast<const typename T::value_type*>(bytes.data());
    return T(first, first + bytes.size());
  }
};

template <detail::Raw T>
struct Codec<T> {
  static std::string_view bytes_of(const T& value) noexcept {
    return {reinterpret_cast<const char*>(&value), sizeof value};
  }
  static void encode(const T& value, std::string& out) { out += bytes_of(value); }
  static T decode(std::span<const std::byte> bytes) {
    std::array<std::byte, sizeof(T)> copy;
    if (bytes.size() != sizeof copy) {
      throw NotDeserializable("got " + std::to_string(bytes.size()) + " bytes for an item of " +
                              std::to_string(sizeof copy) + "; do both sides use the same type?");
    }
    std::memcpy(copy.data(), bytes.data(), sizeof copy);
    return std::bit_cast<std::remove_const_t<T>>(copy);
  }
};

namespace detail {

// Whether the library's own codec has the bytes of a value without a step that may fail.
template <typename T>
concept AlwaysSerializable = requires {
  Codec<T>::bytes_of;
};

// Whether the bytes of an item are the value itself, so that they can be filled and viewed in
// place.
template <typename T>
concept Lendable = AsItIs<T> && AlwaysSerializable<T>;

// Calls `code`, and throws only `Wrong`, with the error of `code` nested in it.
template <typename Wrong, typename Code>
auto nesting(const char* what, const Code& code) {
  try {
    return code();
  } catch (const std::exception& error) {
    std::throw_with_nested(Wrong(std::string(what) + ": " + error.what()));
  } catch (...) {
    std::throw_with_nested(Wrong(what));
  }
}

// Calls `use` with the bytes of the value. Throws NotSerializable, and the errors of `use`.
template <typename T, typename Use>
auto with_bytes(const T& value, const Use& use) {
  // The library's own codecs of plain bytes need no copy. A specialization of the user has no
  // bytes_of.
  if constexpr (AlwaysSerializable<T>) {
    return use(Codec<T>::bytes_of(value));
  } else {
    std::string bytes;
    nesting<NotSerializable>("cannot serialize item", [&] { Codec<T>::encode(value, bytes); });
    return use(std::string_view(bytes));
  }
}

// The value of these bytes. Throws only NotDeserializable.
template <typename T>
T deserialize_view(std::string_view bytes) {
  return nesting<NotDeserializable>(
      "cannot deserialize item", [&] { return Codec<T>::decode(std::as_bytes(std::span(bytes))); });
}

// The same. A std::string takes the bytes over without a copy.
template <typename T>
T deserialize(std::string bytes) {
  if constexpr (std::is_same_v<T, std::string> && AlwaysSerializable<T>) {
    return bytes;
  } else {
    return deserialize_view<T>(bytes);
  }
}

}  // namespace detail
}  // namespace psq
