// The driver of @NAME@: it says hello, and has nothing yet. adapter.h of the kit documents each
// class.
#include <psq/driver/driver.h>

#include <exception>
#include <memory>
#include <vector>

namespace driver = psq::driver;

class Queue : public driver::Object {
 public:
  // Called for what `hello` declares. Make the call inside of `call`: that alone is timed.
  driver::Result perform(const driver::Operation&, driver::Call&) override {
    throw driver::Refusal(driver::Outcome::kUnsupported, "not yet");
  }
};

class Adapter : public driver::Adapter {
 public:
  [[nodiscard]] driver::Hello hello() const override {
    return {.implementation = "@NAME@",
            .version = "0",
            .start_method = "none",
            .profiles = {"base"},
            .operations = {},  // such as {{"queue", {"put", "get"}}}
            .options = {},
            .limits = {{"item_bytes", static_cast<std::int64_t>(driver::kLeastItemBytes)}}};
  }

  std::vector<std::unique_ptr<driver::Object>> create(const driver::Creation&) override {
    std::vector<std::unique_ptr<driver::Object>> made;
    made.push_back(std::make_unique<Queue>());
    return made;
  }

  // The outcome of each error of the implementation, such as kEmpty and kFull.
  [[nodiscard]] driver::Outcome classify(const std::exception&) const override {
    return driver::Outcome::kRaised;
  }
};

int main() {
  Adapter adapter;
  return driver::run(adapter);
}
