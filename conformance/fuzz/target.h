// What a fuzzer calls with each input; libFuzzer's name for it. One input at a time.
#pragma once

#include <cstddef>
#include <cstdint>

/// Returns 0. A finding ends the process: by a sanitizer, by abort, or by an exception that
/// escapes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
