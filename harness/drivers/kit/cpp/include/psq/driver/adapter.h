// The classes that a driver author writes to test a C++ implementation: one Adapter, one Object per
// kind of queue, one Child. The kit does the protocol: socket, hello, threads, lists, errors,
// forks.
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
// Threads: several threads may call the functions below at once, all but `hello`.
//
// Processes: a child made by `fork` inherits the memory of the Adapter and of the Objects that it
// is given, and uses them. So an Adapter or Object must hold no lock of its own that another thread
// may have at the time of the fork.
//
// Errors: what leaves the body of a `Call` is the implementation's error, and `Adapter::classify`
// turns it into an outcome. What is thrown elsewhere and has no outcome but `raised` is a defect of
// the driver, as is a `Defect` anywhere: the process tells the controller and ends with status 70.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
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

/// Makes and times one call of the implementation. Pass it that call alone, once:
/// `auto value = call([&] { return queue.get(); });`. It writes `began` when the controller asks
/// for it, reads the clock directly before and after the call, and passes errors on.
class Call {
 public:
  /// Calls `announce`, which may be empty, directly before the call.
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
  /// Whether an error left the call.
  [[nodiscard]] bool threw() const { return threw_; }
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
    ~Stamp() {
      call_.returned_ = std::chrono::steady_clock::now();
      call_.threw_ = std::uncaught_exceptions() > before_;
    }

   private:
    Call& call_;
    const int before_ = std::uncaught_exceptions();
  };

  std::function<void()> announce_;
  bool made_ = false;
  bool threw_ = false;
  Instant invoked_{};
  Instant returned_{};
};

/// One queue, or one end of a pipe, in this process.
///
/// Lifetime: the kit destroys an object when the controller has dropped it and the last call on it
/// has ended. The destructor gives up this process's last reference to the queue or end. A child
/// never uses and never destroys an object that it was not given.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  /// Does one operation that the hello declares for this type. May pass on errors of the
  /// implementation: `Adapter::classify` names their outcome.
  virtual Result perform(const Operation& operation, Call& call) = 0;

  /// The descriptors that this object keeps open in this process. The kit asks once, directly after
  /// creation. A child that is not given the object gets the null device in their place, so that it
  /// keeps no end of a pipe open; each end must therefore name only its own descriptors. nullopt
  /// (not an empty list) makes the kit take all descriptors that appeared while `create` ran.
  [[nodiscard]] virtual std::optional<std::vector<int>> descriptors() const { return std::nullopt; }
};

/// A child of this process. Several threads may call its functions at once, also while one of them
/// waits in `join`. The kit destroys it only when the controller asks for `drop_process`, after a
/// join: the implementation decides what becomes of children when their parent ends.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  virtual ~Child() = default;

  [[nodiscard]] virtual pid_t pid() const = 0;
  /// Waits for the end of the child, and returns whether it has ended. nullopt means no timeout.
  virtual bool join(std::optional<Seconds> timeout) = 0;
  /// The exit status, or minus the number of the signal that ended it. nullopt while the child
  /// runs.
  virtual std::optional<int> exit_code() = 0;
  virtual void terminate() = 0;
  virtual void kill() = 0;
};

/// The root's description of the implementation, in the names of spec/driver-protocol.md. `run`
/// refuses to start with an unknown name.
struct Hello {
  std::string implementation;
  std::string version;
  std::string language = "c++";
  std::string start_method = "fork";
  std::vector<std::string> profiles;
  std::map<std::string, std::vector<std::string>>
      operations;  // by type; absent types cannot be created
  std::vector<std::string> options;
  std::map<std::string, std::int64_t> limits;
  /// The kinds of queue that it has, by their bounds.
  std::vector<std::string> bounds = {"bounded", "unbounded"};
};

/// The object to create. `type` kConnection asks for both ends of a pipe.
struct Creation {
  ObjectType type = ObjectType::kQueue;
  std::optional<std::int64_t> maxsize;
  std::optional<std::int64_t> unfinished;  // needs the option preset_unfinished
  bool duplex = true;  // for a pipe; if false, the first end receives and the second sends
};

struct SpawnOptions {
  std::string name;
  bool daemon = false;
};

/// An object that a child is given, as its parent has it.
struct GivenObject {
  std::string name;
  ObjectType type = ObjectType::kQueue;
  Object* object = nullptr;
};

/// The same in a child that is another program, which has the object for itself.
struct OwnObject {
  std::string name;
  ObjectType type = ObjectType::kQueue;
  std::unique_ptr<Object> object;
};

/// The implementation under test.
class Adapter {
 public:
  Adapter() = default;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  virtual ~Adapter() = default;

  /// The kit calls this once, in the root, before any other function.
  [[nodiscard]] virtual Hello hello() const = 0;

  /// Creates one object, or the two ends of a pipe. No other `create` and no `spawn` runs
  /// meanwhile.
  virtual std::vector<std::unique_ptr<Object>> create(const Creation& creation) = 0;

  /// Waits until a connection is ready. Returns the positions of all ready ones, in order.
  virtual std::vector<std::size_t> wait(const std::vector<Object*>& connections,
                                        std::optional<Seconds> timeout, Call& call);

  /// Sends `end`, itself a connection, through `carrier`.
  virtual void send_connection(Object& carrier, Object& end, Call& call);

  /// Receives a connection through `carrier`. Inside the call: wait until one can be received, call
  /// `hold_still`, then receive it. From `hold_still` until the kit has recorded the descriptors of
  /// the connection, no object and no child is created. The connection must name its descriptors
  /// (`Object::descriptors`).
  virtual std::unique_ptr<Object> recv_connection(Object& carrier,
                                                  const std::function<void()>& hold_still,
                                                  Call& call);

  /// Starts a child of the implementation, on the calling thread. The child must be a copy of this
  /// process (fork) with the calling thread alone, and must call `body`:
  ///   - when `body` returns, the child ends as after the return of a user's function (status 0);
  ///   - when `body` throws, the child ends as after a user's uncaught error (status 1);
  ///   - `body` itself makes every other end, by `exit` below or by _exit.
  /// `body` lives as long as the call.
  virtual std::unique_ptr<Child> spawn(const SpawnOptions& options,
                                       const std::function<void()>& body);

  /// Starts a child that is another program, on the calling thread. The program, which inherits
  /// PSQ_SOCKET, must call `run_child` of driver.h with its name and with objects of its own for
  /// those that it is `given`, or do what other languages' kits have for it. It must inherit no
  /// other descriptors of objects; those of the kit it does not. `given` lives as long as the call.
  /// The default returns null, which means that children are forks: `spawn` makes them.
  virtual std::unique_ptr<Child> execute(const SpawnOptions& options,
                                         const std::vector<GivenObject>& given);

  /// The outcome of an error of the implementation; kRaised for an error that has no outcome.
  [[nodiscard]] virtual Outcome classify(const std::exception& error) const;

  /// Ends the process, with all that the implementation does at exit. Runs on the main thread while
  /// other threads run. The default is std::exit.
  [[noreturn]] virtual void exit(int status);

  /// Throws an error that the driver does not handle. Runs on the main thread; in the root, `run`
  /// then returns 1, which `main` returns: an error that left main would abort the process.
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

inline std::unique_ptr<Child> Adapter::execute(const SpawnOptions&,
                                               const std::vector<GivenObject>&) {
  return nullptr;
}

inline Outcome Adapter::classify(const std::exception&) const { return Outcome::kRaised; }

inline void Adapter::exit(int status) { std::exit(status); }

inline void Adapter::raise() {
  throw std::runtime_error("raised because the controller asked for it");
}

}  // namespace psq::driver
