// A codec of the user's own, for a type that the library cannot send, or that must have a certain
// form on the wire. Here a temperature travels as text that any other program can read.

#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "psq/psq.h"

class Temperature {
 public:
  static Temperature celsius(int degrees) { return Temperature(degrees); }
  [[nodiscard]] int celsius() const { return degrees_; }

 private:
  explicit Temperature(int degrees) : degrees_(degrees) {}
  int degrees_;
};

template <>
struct psq::Codec<Temperature> {
  static void encode(const Temperature& value, std::string& out) {
    out += std::to_string(value.celsius()) + " C";
  }
  static Temperature decode(std::span<const std::byte> bytes) {
    const auto* first = reinterpret_cast<const char*>(bytes.data());
    const auto* last = first + bytes.size();
    int degrees = 0;
    const auto [end, error] = std::from_chars(first, last, degrees);
    // The caller of recv sees psq::NotDeserializable, with this error nested in it.
    if (error != std::errc() || std::string(end, last) != " C") {
      throw std::runtime_error("no temperature");
    }
    return Temperature::celsius(degrees);
  }
};

int main() {
  auto ends = psq::pipe<Temperature>(psq::one_way);
  auto& [receiver, sender] = ends;
  sender.send(Temperature::celsius(-40));
  const auto bytes = receiver.recv_bytes();  // The encoded item.
  std::printf("%.*s\n", static_cast<int>(bytes.size()),
              reinterpret_cast<const char*>(bytes.data()));

  sender.send(Temperature::celsius(21));
  std::printf("%d degrees\n", receiver.recv().celsius());

  sender.send_bytes(std::as_bytes(std::span("hot", 3)));
  try {
    (void)receiver.recv();
  } catch (const psq::NotDeserializable& error) {
    std::printf("%s\n", error.what());
  }
}
