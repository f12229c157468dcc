// The adapter of the C++ processes of the driver `mixed`, whose children are Python programs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapter.h"

namespace psq::mixed_driver {

/// The reference's, but for children. A forked child does not use it.
class MixedAdapter : public reference_driver::ReferenceAdapter {
 public:
  /// A child executes `command` and, behind it, `-- NAME [TYPE HANDLE OBJECT]…`.
  explicit MixedAdapter(std::vector<std::string> command)
      : ReferenceAdapter("psq-mixed"), command_(std::move(command)) {}

  [[nodiscard]] driver::Hello hello() const override;
  std::unique_ptr<driver::Child> execute(const driver::SpawnOptions& options,
                                         const std::vector<driver::GivenObject>& given) override;

 private:
  const std::vector<std::string> command_;
};

/// The objects of the arguments TYPE, HANDLE and OBJECT, three for each. Throws
/// std::invalid_argument for a type that there is not.
std::vector<driver::OwnObject> receive_objects(std::span<const char* const> arguments);

}  // namespace psq::mixed_driver
