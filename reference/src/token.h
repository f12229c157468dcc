// The token of a handle: by it an executed program finds the memory of a queue among the
// descriptors that it has inherited, and refuses memory that it cannot use.
//
//   psq:VERSION:FORMAT:BITS:KIND:INODE:DESCRIPTOR
//
// The version stays in second place in every version of psq, so that each can name the other one.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "psq/error.h"
#include "psq/version.h"

namespace psq::detail {

struct Token {
  // The format of the shared memory: its layout, and the steps by which processes change it. A
  // change of either has a new number.
  static constexpr int kFormat = 8;
  static constexpr std::size_t kWordBits = 8 * sizeof(void*);

  // Throws InvalidArgument when the text is no token of memory of this kind that this library can
  // use.
  static Token read(std::string_view kind, const std::string& text) {
    const std::vector<std::string> parts = parts_of(text);
    const std::string no_handle = "is no handle of a " + std::string(kind);
    refuse_if(parts.size() < 2 || parts[0] != "psq", text, no_handle);
    refuse_if(minor_of(parts[1]) != minor_of(PSQ_VERSION_STRING), text,
              "is of psq " + parts[1] +
                  ", and this program has psq " PSQ_VERSION_STRING
                  "; build both programs with the same minor version");
    refuse_if(parts.size() != 7, text, "is no whole handle");
    refuse_if(parts[2] != std::to_string(kFormat), text,
              "is of shared memory of format " + parts[2] + ", and this program has format " +
                  std::to_string(kFormat) + "; build both programs with the same version of psq");
    refuse_if(parts[3] != std::to_string(kWordBits), text,
              "is of a program of " + parts[3] + " bits, and this program has " +
                  std::to_string(kWordBits) + "; build both programs for the same word size");
    refuse_if(parts[4] != kind, text, no_handle);
    Token token;
    token.inode = std::strtoull(parts[5].c_str(), nullptr, 10);
    token.descriptor = static_cast<int>(std::strtol(parts[6].c_str(), nullptr, 10));
    refuse_if(
        parts[5] != std::to_string(token.inode) || parts[6] != std::to_string(token.descriptor),
        text, "is no whole handle");
    return token;
  }
  [[nodiscard]] std::string text(std::string_view kind) const {
    std::ostringstream text;
    text << "psq:" PSQ_VERSION_STRING ":" << kFormat << ':' << kWordBits << ':' << kind << ':'
         << inode << ':' << descriptor;
    return text.str();
  }
  static void refuse_if(bool wrong, const std::string& text, const std::string& why) {
    if (wrong) throw InvalidArgument("'" + text + "' " + why);
  }

  // "0.2" of "0.2.0".
  static std::string_view minor_of(std::string_view version) {
    return version.substr(0, version.find('.', version.find('.') + 1));
  }

  // Tells the memory from another file that has the same descriptor number later.
  ino_t inode = 0;
  int descriptor = -1;

 private:
  static std::vector<std::string> parts_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> parts;
    for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
    if (text.ends_with(':')) parts.emplace_back();
    return parts;
  }
};

}  // namespace psq::detail
