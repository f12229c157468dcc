// Uses the reference as a package:
//   consumer               queues, loans, batches, processes and errors; prints the version of the
//                          headers
//   consumer give PROGRAM  hands a queue to PROGRAM, another consumer, which takes its item or says
//                          why it cannot
//   consumer take TOKEN    what PROGRAM is started with
#include <psq/psq.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <utility>

// A child lends and puts a batch; this process has a view and gets the batch.
static bool lends_and_batches() {
  const std::string lent(100'000, 'x');
  const std::array<std::string, 2> batch{"first", "second"};
  psq::SimpleQueue<std::string> queue;
  psq::Process child{[&] {
    psq::Loan loan = queue.loan(lent.size());
    std::ranges::copy(std::as_bytes(std::span(lent)), loan.bytes().begin());
    queue.put(std::move(loan));
    (void)queue.put_many(batch);
  }};
  child.join();
  return queue.get_view().text() == lent && std::ranges::equal(queue.get_many(3), batch);
}

static int use() {
  if (!lends_and_batches()) return 1;
  psq::Queue<std::string> queue{{.maxsize = 1}};
  psq::Process child{[&] { queue.put("item"); }};
  if (queue.get() != "item") return 1;
  child.join();
  try {
    (void)queue.get(psq::no_wait);
    return 1;
  } catch (const psq::Empty&) {
    std::puts(PSQ_VERSION_STRING);
    return 0;
  }
}

static int give(const std::string& program) {
  psq::SimpleQueue<int> queue;
  queue.put(42);
  psq::Process child{[&] {
    const psq::Handle handle = queue.handle();
    psq::execute({program, "take", handle.token()});
  }};
  child.join();
  return child.exit_code().value_or(1);
}

static int take(const std::string& token) {
  try {
    return psq::SimpleQueue<int>::from_handle(token).get() == 42 ? 0 : 1;
  } catch (const psq::Error& error) {
    std::puts(error.what());
    return 2;
  }
}

int main(int argc, char** argv) {
  if (argc < 3) return use();
  return argv[1] == std::string("give") ? give(argv[2]) : take(argv[2]);
}
