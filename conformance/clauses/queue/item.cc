// spec/queue.md, queue.item.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void sizes_intact(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  std::int64_t seq = 0;
  for (const std::int64_t size : boundary_sizes()) {
    const Item item = t.item("producer", seq++, size);
    producer.ok(put(q, item));
    t.expect_payload(main.call(get(q)), item);
  }
}

// From the least that the driver can make to several transports' worth.
void sizes_intact_extremes(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  const std::int64_t least = t.item("p", 0, 1).size;
  std::int64_t seq = 0;
  for (const std::int64_t size :
       {least, least + 1, 2 * kMegabyte, 4 * kMegabyte + 1, 8 * kMegabyte}) {
    const Item item = t.item("p", seq++, size);
    producer.ok(put(q, item));
    t.expect_payload(main.call(get(q)), item);
  }
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + "0" +
         std::string(static_cast<std::size_t>(depth), ']');
}

void values_equal(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  for (const std::string text :
       {"true", "false", "0", "-1", "9007199254740993", "0.5", "-1e300", "\"\"", "\"text\"",
        "\"\\u0000 \\u00e9 \\u6f22 \\ud83d\\ude00\"", "[]", "{}", "[1,[2,[3,[]]],{\"a\":null}]",
        "{\"nested\":{\"list\":[true,1.25,\"x\"],\"empty\":{}}}", "9223372036854775807",
        "-9223372036854775808", "1.7976931348623157e308", "5e-324"}) {
    producer.ok(put(q, Json{text}));
    t.expect_payload(main.call(get(q)), Json{text});
  }
}

void values_equal_large(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  const std::string text(100'000, 'x');
  for (const std::string& value : {nested(60), "\"" + text + "\"", "{\"" + text + "\":null}"}) {
    producer.ok(put(q, Json{value}));
    t.expect_payload(main.call(get(q)), Json{value});
  }
}

void none_is_an_item(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  const std::vector<std::string> lacks{"null", "false", "0", "\"\"", "[]", "null"};
  for (const auto& text : lacks) producer.ok(put(q, Json{text}));
  for (const auto& text : lacks) t.expect_payload(main.call(get(q)), Json{text});
  t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "as many items as were put");
}

const Tests kTests{
    {{"queue.item.sizes-intact"}, sizes_intact},
    {{"queue.item.sizes-intact"}, sizes_intact_extremes, "extremes"},
    {{"queue.item.values-equal"}, values_equal},
    {{"queue.item.values-equal"}, values_equal_large, "large"},
    {{"queue.item.none-is-an-item"}, none_is_an_item},
};

}  // namespace
}  // namespace psq::conformance
