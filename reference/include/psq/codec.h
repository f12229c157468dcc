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
// encode runs in the caller of put or send, before anything is taken or written; decode runs in the
// caller of get or recv, after the item has been consumed. Both may throw whatever they like: it
// arrives nested in NotSerializable or NotDeserializable. Both may be called by several threads at
// the same time.
//
// Without a specialization: std::string and std::vector<std::byte> go as they are, trivially
// copyable types as the bytes of their object (no pointers, no views), all else through cereal, for
// which psq/codec_cereal.h has to be included.

//
// Nothing that travels says of which type it is: both sides have to agree. A trivially copyable
// type goes with its padding, and with what its members point to left behind.
//
// Clauses: queue.item.values-equal, simple-queue.item.values-equal, pipe.item.values-equal,
// queue.get.not-deserializable, simple-queue.get.not-deserializable, pipe.recv.not-deserializable,
// simple-queue.put.not-serializable, pipe.send.not-serializable,
// queue.item.unserializable-stops-nothing.

#ifndef PSQ_CODEC_H_
#define PSQ_CODEC_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <exception>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "psq/error.h"

namespace psq {
namespace detail {

template <typename T>
inline constexpr bool kAlwaysFalse = false;

// A pointer or a view means nothing in another process.
template <typename T>
concept Raw = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
              !std::is_member_pointer_v<T> && !std::ranges::enable_view<T>;

// Why there is no codec.
template <typename T>
inline constexpr bool kPointsElsewhere =
    std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::ranges::enable_view<T>;

template <typename T>
concept AsItIs = std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::byte>>;

}  // namespace detail

template <typename T>
struct Codec {
  static_assert(!detail::kPointsElsewhere<T>,
                "psq does not send pointers and views, which mean nothing in another process: send "
                "what they point to, as std::string, std::vector or a type of your own");
  static_assert(detail::kPointsElsewhere<T> || detail::kAlwaysFalse<T>,
                "psq does not know how to send this type: give it a function serialize and include "
                "psq/codec_cereal.h, or "
                "specialize psq::Codec for it");
};

template <detail::AsItIs T>
struct Codec<T> {
  static constexpr bool kAsItIs = true;

  static void encode(const T& value, std::string& out) {
    if (value.empty()) return;
    out.append(reinterpret_cast<const char*>(value.data()), value.size());
  }
  static T decode(std::span<const std::byte> bytes) {
    const auto* first = reinterpret_cast<const typename T::value_type*>(bytes.data());
    return T(first, first + bytes.size());
  }
};

template <detail::Raw T>
struct Codec<T> {
  static constexpr bool kAsItIs = true;

  static void encode(const T& value, std::string& out) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  static T decode(std::span<const std::byte> bytes) {
    if (bytes.size() != sizeof(T)) {
      throw NotDeserializable("got " + std::to_string(bytes.size()) + " bytes for an item of " +
                              std::to_string(sizeof(T)) + "; do both sides use the same type?");
    }
    std::array<std::byte, sizeof(T)> copy;
    std::memcpy(copy.data(), bytes.data(), sizeof copy);
    return std::bit_cast<std::remove_const_t<T>>(copy);
  }
};

namespace detail {

// Appends the value's bytes to `out`. Throws NotSerializable and nothing else.
template <typename T>
void serialize(const T& value, std::string& out) {
  try {
    Codec<T>::encode(value, out);
  } catch (const NotSerializable&) {
    throw;
  } catch (const std::exception& error) {
    std::throw_with_nested(NotSerializable(std::string("cannot serialize item: ") + error.what()));
  } catch (...) {
    std::throw_with_nested(NotSerializable("cannot serialize item"));
  }
}

// Throws NotDeserializable and nothing else.
template <typename T>
T deserialize(std::span<const std::byte> bytes) {
  try {
    return Codec<T>::decode(bytes);
  } catch (const NotDeserializable&) {
    throw;
  } catch (const std::exception& error) {
    std::throw_with_nested(
        NotDeserializable(std::string("cannot deserialize item: ") + error.what()));
  } catch (...) {
    std::throw_with_nested(NotDeserializable("cannot deserialize item"));
  }
}

// Is its own bytes, unless somebody has specialized its codec: nothing has to be copied.
template <typename T>
concept OwnBytes = requires {
  Codec<T>::kAsItIs;
};

template <OwnBytes T>
std::string_view bytes_of(const T& value) noexcept {
  if constexpr (AsItIs<T>) {
    return {reinterpret_cast<const char*>(value.data()), value.size()};
  } else {
    return {reinterpret_cast<const char*>(&value), sizeof value};
  }
}

// Calls `use` with the value's bytes. Throws NotSerializable and what `use` does.
template <typename T, typename Use>
auto with_bytes(const T& value, const Use& use) {
  if constexpr (OwnBytes<T>) {
    return use(bytes_of(value));
  } else {
    std::string bytes;
    serialize(value, bytes);
    return use(std::string_view(bytes));
  }
}

#ifdef PSQ_FAULTS
// May keep an item that could not be made into a value, to be given out again.
void fault_undecodable(const std::string& bytes);
#endif

template <typename T>
T deserialize(const std::string& bytes) {
#ifdef PSQ_FAULTS
  try {
    return deserialize<T>(std::as_bytes(std::span(bytes)));
  } catch (const NotDeserializable&) {
    fault_undecodable(bytes);
    throw;
  }
#else
  return deserialize<T>(std::as_bytes(std::span(bytes)));
#endif
}

template <typename T>
T deserialize(std::string&& bytes) {
  if constexpr (OwnBytes<T> && std::is_same_v<T, std::string>) {
    return std::move(bytes);
  } else {
    return deserialize<T>(std::as_const(bytes));
  }
}

template <typename T>
T deserialize(std::vector<std::byte>&& bytes) {
  if constexpr (OwnBytes<T> && std::is_same_v<T, std::vector<std::byte>>) {
    return std::move(bytes);
  } else {
    return deserialize<T>(std::span<const std::byte>(bytes));
  }
}

}  // namespace detail
}  // namespace psq

#endif  // PSQ_CODEC_H_
