// The C++ process of the tests of C++ and Python on one queue: peer WHAT ARGUMENTS.
//
// An argument that is a queue is a token. An empty item is the last one.

#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "psq/psq.h"

namespace {

using Arguments = std::vector<std::string>;
using Items = psq::Queue<std::string>;
using Tasks = psq::JoinableQueue<std::string>;
using namespace std::chrono_literals;

// The bytes of each item come back.
int echo(const Arguments& arguments) {
  auto items = Items::from_handle(arguments.at(0));
  auto answers = Items::from_handle(arguments.at(1));
  for (const auto& item : psq::until(items, std::string())) answers.put(item);
  return 0;
}

// Puts "NAME 0", "NAME 1" and so on.
int fill(const Arguments& arguments) {
  auto items = Items::from_handle(arguments.at(0));
  const int count = std::stoi(arguments.at(2));
  for (int i = 0; i < count; ++i) items.put(arguments.at(1) + " " + std::to_string(i));
  return 0;
}

int do_tasks(const Arguments& arguments) {
  auto tasks = Tasks::from_handle(arguments.at(0));
  auto done = Items::from_handle(arguments.at(1));
  for (const auto& task : psq::until(tasks, std::string())) {
    done.put(task);
    tasks.task_done();
  }
  tasks.task_done();
  return 0;
}

int join(const Arguments& arguments) {
  auto tasks = Tasks::from_handle(arguments.at(0));
  auto answers = Items::from_handle(arguments.at(1));
  answers.put("joins");
  tasks.join();
  answers.put("joined");
  return 0;
}

// Is in the middle of a put and of a get until it is killed.
int churn(const Arguments& arguments) {
  auto items = Items::from_handle(arguments.at(0));
  auto answers = Items::from_handle(arguments.at(1));
  std::thread([&] {
    for (;;) items.put(std::string(3000, 'x'));
  }).detach();
  answers.put("churns");
  for (;;) (void)items.get();
}

psq::Process start(Arguments command, const Items& items, const Items& answers) {
  return psq::Process([&] {
    const psq::Handle first = items.handle();
    const psq::Handle second = answers.handle();
    command.insert(command.end(), {first.token(), second.token()});
    psq::execute(command);
  });
}

// host COMMAND…: a C++ program whose children are Python programs, one of which it kills.
int host(const Arguments& arguments) {
  const auto with = [&](const std::string& what) {
    Arguments command = arguments;
    command.push_back(what);
    return command;
  };
  Items items{{.maxsize = 4}};
  Items answers;
  psq::Process victim = start(with("churn"), items, answers);
  if (answers.get() != "churns") return 2;
  std::this_thread::sleep_for(50ms);
  victim.kill();
  victim.join();
  while (items.try_get(200ms)) continue;

  psq::Process echoes = start(with("echo"), items, answers);
  for (int i = 0; i < 100; ++i) items.put("item " + std::to_string(i));
  items.put("");
  for (int i = 0; i < 100; ++i) {
    if (answers.get() != "item " + std::to_string(i)) return 3;
  }
  echoes.join();
  return echoes.exit_code().value();
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int(const Arguments&)>> peers{
      {"echo", echo}, {"fill", fill},   {"do-tasks", do_tasks},
      {"join", join}, {"churn", churn}, {"host", host}};
  if (argc < 2 || !peers.contains(argv[1])) {
    std::fprintf(stderr, "usage: %s WHAT ARGUMENTS\n", argv[0]);
    return 64;
  }
  return peers.at(argv[1])(Arguments(argv + 2, argv + argc));
}
