// The cost of single calls inside one process, measured by Google Benchmark.
//
//   psq-calls [--benchmark_filter=REGEX]

#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "psq/psq.h"

namespace {

using Item = std::string;

constexpr std::int64_t kKib = 1024;

// The caller itself puts a small item into the channel while the buffer is empty.
template <typename Queue>
void put_and_get(benchmark::State& state) {
  Queue queue;
  const Item item(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    queue.put(item);
    benchmark::DoNotOptimize(queue.get());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(put_and_get<psq::Queue<Item>>)->Arg(0)->Arg(64)->Arg(kKib)->Arg(64 * kKib);
BENCHMARK(put_and_get<psq::SimpleQueue<Item>>)->Arg(0)->Arg(64)->Arg(kKib)->Arg(64 * kKib);

constexpr std::size_t kBatch = 100;
using Bytes = std::array<char, 64>;  // It needs no memory of its own.

template <typename T>
std::vector<T> batch() {
  if constexpr (std::is_same_v<T, Item>)
    return std::vector<T>(kBatch, Item(64, 'x'));
  else
    return std::vector<T>(kBatch);
}

// The rate is that of both sides in one process. Compare it with copy_many.
template <typename Queue, typename T>
void put_many_and_get_many(benchmark::State& state) {
  Queue queue;
  const std::vector<T> items = batch<T>();
  for (auto _ : state) {
    queue.put_many(items);
    benchmark::DoNotOptimize(queue.get_many(kBatch));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(put_many_and_get_many<psq::Queue<Item>, Item>);
BENCHMARK(put_many_and_get_many<psq::Queue<Bytes>, Bytes>);
BENCHMARK(put_many_and_get_many<psq::SimpleQueue<Bytes>, Bytes>);

template <typename T>
void copy_many(benchmark::State& state) {
  const std::vector<T> items = batch<T>();
  for (auto _ : state) {
    std::vector<T> copy(items);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(copy_many<Item>);
BENCHMARK(copy_many<Bytes>);

void put_get_and_task_done(benchmark::State& state) {
  psq::JoinableQueue<Item> queue;
  const Item item(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    queue.put(item);
    benchmark::DoNotOptimize(queue.get());
    queue.task_done();
  }
}
BENCHMARK(put_get_and_task_done)->Arg(64);

void send_and_recv(benchmark::State& state) {
  auto [receiver, sender] = psq::pipe<Item>(psq::one_way);
  const Item item(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    sender.send(item);
    benchmark::DoNotOptimize(receiver.recv());
  }
}
BENCHMARK(send_and_recv)->Arg(0)->Arg(64)->Arg(kKib);

void get_of_nothing(benchmark::State& state) {
  psq::Queue<Item> queue;
  for (auto _ : state) {
    try {
      benchmark::DoNotOptimize(queue.get(psq::no_wait));
    } catch (const psq::Empty&) {
    }
  }
}
BENCHMARK(get_of_nothing);

void create(benchmark::State& state) {
  for (auto _ : state) {
    const psq::Queue<Item> queue;
    benchmark::DoNotOptimize(&queue);
  }
}
BENCHMARK(create);

}  // namespace

BENCHMARK_MAIN();
