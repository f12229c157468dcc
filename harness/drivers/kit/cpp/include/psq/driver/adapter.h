// What you write to bring a C++ implementation under the suite: one Adapter, one Object per kind of
// queue, one Child. The kit does the protocol: socket, hello, threads, lists, errors, forks.
//
//   class MyQueue : public psq::driver::Object {
//     Result perform(const Operation& operation, Call& call) override {
//       switch (operation.verb) {
//         case Verb::kPut: {
//           const std::string bytes = make_item(std::get<Item>(operation.payload));
//           call([&] { queue_.push(bytes); });            // this alone is timed
//           return Result::ok();
//         }
//         ...
//   int main() { MyAdapter adapter; return psq::driver::run(adapter); }     // driver.h
//
// Threads: every function here except `hello` may be called from several threads at once.
// Processes: a child made by `fork` inherits the Adapter and the Objects that it was given as they
// are in memory and uses them; so keep no lock of your own in them that another thread may hold at
// the fork.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "psq/driver/operation.h"
#include "psq/driver/outcome.h"
#include "psq/driver/result.h"

namespace psq::driver {

/// Nanoseconds of the machine-wide monotonic clock.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// The moment of the implementation's call. Hand it the call, and nothing but the call, once:
/// `auto value = call([&] { return queue.get(); });`. It writes `began` when the controller asked
/// for that, reads the clock directly before and after, and lets errors through.
class Call {
 public:
  /// `announce` is called directly before the call; may be empty.
  explicit Call(std::function<void()> announce = {}) : announce_(std::move(announce)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  template <typename Body>
  decltype(auto) operator()(Body&& body) {
    if (announce_) announce_();
    const Stamp stamp(*this);
    return std::forward<Body>(body)();
  }

  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] Instant invoked() const { return invoked_; }
  [[nodiscard]] Instant returned() const { return returned_; }

 private:
  class Stamp {
   public:
    explicit Stamp(Call& call) : call_(call) {
      call_.made_ = true;
      call_.invoked_ = std::chrono::steady_clock::now();
    }
    Stamp(const Stamp&) = delete;
    Stamp& operator=(const Stamp&) = delete;
    ~Stamp() { call_.returned_ = std::chrono::steady_clock::now(); }

   private:
    Call& call_;
  };

  std::function<void()> announce_;
  bool made_ = false;
  Instant invoked_{};
  Instant returned_{};
};

/// One queue, or one end of a pipe, in this process.
///
/// The kit destroys it when the controller drops it and the last call on it has ended: the
/// destructor is where this process's last reference goes. In a child, an object that was not given
/// to it is never destroyed and never used.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  /// Does one operation, one that the hello declares for this type. Errors of the implementation
  /// may be let through: `Adapter::classify` names their outcome.
  virtual Result perform(const Operation& operation, Call& call) = 0;

  /// The descriptors that this object keeps open in this process, asked once, right after creation.
  /// In a child that is not given the object, the null device is put over them: this is what makes
  /// end of file mean the same everywhere, so the ends of a pipe must be told apart. Nothing (not
  /// an empty list): the kit takes the descriptors that appeared while `create` ran.
  [[nodiscard]] virtual std::optional<std::vector<int>> descriptors() const { return std::nullopt; }
};

/// A child of this process. Functions may be called from several threads at once, also while one of
/// them waits in `join`. The kit never destroys it: what the implementation does with children at
/// the parent's end is the implementation's.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  virtual ~Child() = default;

  [[nodiscard]] virtual pid_t pid() const = 0;
  /// True when it has ended. Without a timeout, waits for ever.
  virtual bool join(std::optional<Seconds> timeout) = 0;
  /// Nothing while it runs, its exit status, or minus the number of the signal that ended it.
  virtual std::optional<int> exit_code() = 0;
  virtual void terminate() = 0;
  virtual void kill() = 0;
};

/// What the root says of the implementation. Words are those of spec/driver-protocol.md; `run`
/// refuses to start with one that is not.
struct Hello {
  std::string implementation;
  std::string version;
  std::string language = "c++";
  std::string start_method = "fork";
  std::vector<std::string> profiles;
  std::map<std::string, std::vector<std::string>>
      operations;  // by type; a type that is absent cannot be created
  std::vector<std::string> options;
  std::map<std::string, std::int64_t> limits;
};

/// What to create. `type` kConnection asks for both ends of a pipe.
struct Creation {
  ObjectType type = ObjectType::kQueue;
  std::optional<std::int64_t> maxsize;
  std::optional<std::int64_t> unfinished;  // only with the option preset_unfinished
  bool duplex = true;  // of a pipe; false: the first end receives, the second sends
};

struct SpawnOptions {
  std::string name;
  bool daemon = false;
};

/// The implementation.
class Adapter {
 public:
  Adapter() = default;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  virtual ~Adapter() = default;

  /// Asked once, in the root, before anything else.
  [[nodiscard]] virtual Hello hello() const = 0;

  /// One object, or the two ends of a pipe. Calls are serialized with each other and with `spawn`.
  virtual std::vector<std::unique_ptr<Object>> create(const Creation& creation) = 0;

  /// Waits until one of the connections is ready; answers with their positions, in order.
  virtual std::vector<std::size_t> wait(const std::vector<Object*>& connections,
                                        std::optional<Seconds> timeout, Call& call);

  /// Sends `end`, a connection too, through `carrier`.
  virtual void send_connection(Object& carrier, Object& end, Call& call);

  /// Receives a connection through `carrier`. Inside of the call, wait until one is there, then
  /// call `hold_still`, then take it: from there to the recording of its descriptors, which it must
  /// name
  /// (`Object::descriptors`), no object and no child is made.
  virtual std::unique_ptr<Object> recv_connection(Object& carrier,
                                                  const std::function<void()>& hold_still,
                                                  Call& call);

  /// Starts a child in the way of the implementation, on the calling thread. In the child it must
  /// be a copy of this process (fork), with the calling thread alone, that calls `body`:
  ///   - body returns: the child ends as when a user's function returns (status 0);
  ///   - body throws: as when a user's function raises an error that nobody handles (status 1);
  ///   - other endings are made inside of body, by `exit` below or by _exit.
  /// `body` lives as long as the call.
  virtual std::unique_ptr<Child> spawn(const SpawnOptions& options,
                                       const std::function<void()>& body);

  /// The outcome that an error of the implementation means; kRaised for what is on no list.
  [[nodiscard]] virtual Outcome classify(const std::exception& error) const;

  /// Ends the process with everything that the implementation does at exit. On the main thread,
  /// with other threads running. Without an override: std::exit.
  [[noreturn]] virtual void exit(int status);

  /// Raises an error that nobody handles. On the main thread; in the root it leaves `run`.
  [[noreturn]] virtual void raise();
};

inline std::vector<std::size_t> Adapter::wait(const std::vector<Object*>&, std::optional<Seconds>,
                                              Call&) {
  throw Refusal(Outcome::kUnsupported, "this driver cannot wait for several connections");
}

inline void Adapter::send_connection(Object&, Object&, Call&) {
  throw Refusal(Outcome::kUnsupported, "this driver cannot send connections");
}

inline std::unique_ptr<Object> Adapter::recv_connection(Object&, const std::function<void()>&,
                                                        Call&) {
  throw Refusal(Outcome::kUnsupported, "this driver cannot receive connections");
}

inline std::unique_ptr<Child> Adapter::spawn(const SpawnOptions&, const std::function<void()>&) {
  throw Refusal(Outcome::kUnsupported, "this driver cannot spawn");
}

inline Outcome Adapter::classify(const std::exception&) const { return Outcome::kRaised; }

inline void Adapter::exit(int status) { std::exit(status); }

inline void Adapter::raise() {
  throw std::runtime_error("raised because the controller asked for it");
}

}  // namespace psq::driver
