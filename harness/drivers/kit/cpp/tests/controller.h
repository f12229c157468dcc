// The controller's end, for the kit's tests: starts the driver of pipe_driver.cc and talks to it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "psq/driver/internal/descriptor.h"

namespace psq::driver::testing {

using json = nlohmann::json;
using internal::Fd;

/// One process of the driver. Functions that wait throw std::runtime_error after 30 seconds.
class Peer {
 public:
  /// Reads the hello.
  explicit Peer(Fd socket);

  [[nodiscard]] const json& hello() const { return hello_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  void send_text(const std::string& text);
  /// Sends the request with the next id and returns the id.
  int send(json request);
  /// The next message; messages that were passed over by the functions below come first.
  json next();
  /// The answer to the request with this id; keeps what else comes.
  json answer(const json& id);
  /// The `began` of the request with this id.
  json began(int id);
  json call(json request) { return answer(send(std::move(request))); }
  /// Sends nothing more to it: the process sees the end of its connection.
  void hang_up() { socket_ = Fd(); }
  /// Waits until the process has ended.
  void wait_for_death();

 private:
  json receive();
  json take(const std::function<bool(const json&)>& wanted);

  Fd socket_;
  std::string rest_;
  std::list<json> kept_;
  int last_id_ = 0;
  json hello_;
  pid_t pid_ = 0;
  Fd pidfd_;
};

/// One run of the driver.
class Controller {
 public:
  Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;
  /// Hangs up on every process and waits for the root's end.
  ~Controller();

  [[nodiscard]] Peer& root() { return *peers_.at("root"); }
  /// Has `parent` spawn a child and waits for its hello. `more` are further fields of the request.
  Peer& spawn(Peer& parent, const std::string& name, const json& objects,
              json more = json::object());
  /// Waits for the root's end: its exit status, or minus the signal that ended it.
  int root_status();

 private:
  Peer& accept();

  std::filesystem::path folder_;
  Fd listener_;
  pid_t root_pid_ = 0;
  bool root_reaped_ = false;
  std::map<std::string, std::unique_ptr<Peer>> peers_;
};

/// What each descriptor of the process stands for, e.g. "socket:[123]".
std::map<int, std::string> descriptors_of(pid_t pid);

}  // namespace psq::driver::testing
