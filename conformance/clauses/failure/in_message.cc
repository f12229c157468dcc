#include "clauses/failure/in_message.h"

namespace psq::conformance {

Actor in_large_message(Scenario& t, const Actor& main, const Object& q, const std::string& name) {
  const Actor producer = main.spawn(name, {q});
  for (std::int64_t i = 0; i < 3; ++i) producer.ok(put(q, t.item(name, i)));
  for (std::int64_t i = 0; i < 3; ++i) t.expect_payload(main.call(get(q)), t.item(name, i));
  static_cast<void>(producer.start(put(q, t.item(name, 3, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  return producer;
}

void writer_ends_in_message(Scenario& t, QueueKind kind, bool terminated) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor survivor = main.spawn("survivor", {q});
  const Actor producer = in_large_message(t, main, q);
  if (terminated) {
    main.ok(terminate("producer"));
    t.expect_end(producer);
  } else {
    t.kill(producer);
  }
  Call& gets = survivor.start(get_many(q, 10));
  static_cast<void>(main.start(put_many(t, q, "main", 5).by("putter")));
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  for (const Answer& answer : obtained.answers) {
    if (answer.item()->from != "producer") continue;
    t.expect_payload(answer, t.item("producer", 3, kLarger));
  }
  expect_at_most_once(t, {{"producer", 4}, {"main", 5}}, {obtained});
  expect_prefix(t, "main", obtained.answers);
}

}  // namespace psq::conformance
