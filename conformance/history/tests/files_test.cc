// The two formats: what is written is read back, and what is broken is named by line and column.
#include <gtest/gtest.h>

#include <sstream>

#include "history/check.h"
#include "history/json_lines.h"
#include "history/monitor_text.h"
#include "history/tests/random_history.h"
#include "history/tests/recording.h"
#include "history/tests/simulated.h"

namespace psq::history {
namespace {

History read_json(const std::string& text) {
  std::istringstream in{text};
  return read_json_lines(in, "f");
}

History read_text(const std::string& text) {
  std::istringstream in{text};
  return read_monitor_text(in, "f");
}

std::string written(const History& history) {
  std::ostringstream out;
  write_json_lines(out, history);
  return out.str();
}

/// What the error says of a text that must not be read.
template <typename Read>
std::string refusal(const Read& read, const std::string& text) {
  try {
    static_cast<void>(read(text));
  } catch (const BadFile& error) {
    return error.what();
  }
  return "was read";
}

void expect_refused(const std::string& text, const std::string& where, const std::string& what) {
  const auto said = refusal(read_json, text);
  EXPECT_EQ(said.rfind(where, 0), 0U) << said << "\nwanted " << where << " for\n" << text;
  EXPECT_NE(said.find(what), std::string::npos) << said << "\nwanted " << what;
}

const std::string kHeader = R"({"history":1,"objects":[{"name":"q","type":"queue","maxsize":3}]})"
                            "\n";
const std::string kPutLine =
    R"({"do":"put","on":"q","process":"p","item":{"from":"p","seq":0,"size":9},)"
    R"("invoked":1,"outcome":"ok","returned":2})";

TEST(JsonLines, ReadsWhatTheProtocolSays) {
  const auto history = read_json(
      kHeader + kPutLine + "\n\n" +
      R"({"do":"get","on":"q","process":"c","thread":"a","timeout":0.25,"invoked":3,"outcome":"ok",)"
      R"("returned":4,"value":{"item":{"from":"p","seq":0,"size":9,"intact":false}},"extra":[1,{}]})"
      "\n"
      R"({"do":"get","on":"q","process":"c","block":false,"invoked":5})"
      "\n"
      R"({"death":{"process":"c","how":"kill","at":7}})"
      "\n"
      R"({"complete":true})");
  ASSERT_EQ(history.operations.size(), 3U);
  EXPECT_EQ(history.objects[0].maxsize, 3);
  const auto& get = history.operations[1];
  EXPECT_EQ(get.timeout, 250'000'000);
  EXPECT_FALSE(get.intact);
  EXPECT_EQ(get.value, history.operations[0].value);
  EXPECT_EQ(history.threads[get.thread].thread, "a");
  EXPECT_EQ(history.operations[0].timeout, kForever);
  EXPECT_EQ(history.operations[2].result, Result::kPending);
  EXPECT_EQ(history.operations[2].returned, kNever);
  EXPECT_EQ(history.operations[2].timeout, 0);
  EXPECT_EQ(history.processes[1].death, Death::kKilled);
  EXPECT_EQ(history.processes[1].died, 7);
  EXPECT_TRUE(history.complete);
}

TEST(JsonLines, WritesWhatItReads) {
  Random random{7};
  for (int i = 0; i < 200; ++i) {
    const auto history = random_task_history(random, 2, 8);
    const auto text = written(history);
    EXPECT_EQ(written(read_json(text)), text);
    EXPECT_EQ(to_text(read_json(text)).size(), to_text(history).size());
  }
  Recording run{ObjectKind::kPipe};
  run.put("p \"q\"\n\x01.t", 0, 0, 10).within(1).asks(Operator::kPoll, "c", 20, 30, false);
  run.last().timeout = 1'500'000'001;
  run.asks(Operator::kPoll, "c", 40, 50, true).within(kForever).qsize("c", 60, 70, 5);
  run.dies("c", Death::kExited, 80).complete();
  const auto text = written(run);
  EXPECT_EQ(written(read_json(text)), text);
  const auto again = read_json(text);
  EXPECT_EQ(again.processes[0].name, "p \"q\"\n\x01");
  EXPECT_EQ(again.operations[0].timeout, 1);
  EXPECT_EQ(again.operations[1].timeout, 1'500'000'001);
  EXPECT_EQ(again.operations[2].timeout, kForever);
}

TEST(JsonLines, KeepsErrorsAsTheImplementationSaysThem) {
  const auto error_of = [](const std::string& member) {
    const auto history = read_json(
        kHeader +
        R"({"do":"get","on":"q","process":"p","invoked":5,"outcome":"other","returned":6,)" +
        R"("error":)" + member + "}\n" + R"({"do":"get","on":"q","process":"p","invoked":7})");
    EXPECT_FALSE(history.errors.contains(1));
    EXPECT_EQ(written(read_json(written(history))), written(history));
    const auto error = history.errors.find(0);
    return error == history.errors.end() ? "none" : error->second;
  };
  EXPECT_EQ(error_of(R"("Message too \"long\"")"), "Message too \"long\"");
  EXPECT_EQ(error_of(R"({"type":"OSError","errno":90,"message":"Message too long"})"),
            "OSError: Message too long");
  EXPECT_EQ(error_of(R"({"type":"OSError"})"), "OSError");
  EXPECT_EQ(error_of("90"), "none");
  EXPECT_EQ(error_of(R"("")"), "none");
}

TEST(JsonLines, NamesLineAndColumn) {
  expect_refused("", "f:1:1: ", "the first line of a history");
  expect_refused("[]", "f:1:1: ", "the first line of a history");
  expect_refused(R"({"history":2})", "f:1:12: ", "version 2");
  expect_refused(R"({"history":1})", "f:1:1: ", "no objects");
  expect_refused(R"({"history":1,"objects":[{"name":"q","type":"stack"}]})",
                 "f:1:44: ", "simple_queue");
  expect_refused(kHeader + "{\"do\":\"put\"", "f:2:12: ", "'}', found the line ends");
  expect_refused(kHeader + "{\"do\" \"put\"}", "f:2:7: ", "':'");
  expect_refused(kHeader + "{\"do\":\"pop\"}", "f:2:7: ", "pop");
  expect_refused(kHeader + "{\"do\":\"put\",\"on\":\"r\"}", "f:2:18: ", "no object r");
  expect_refused(kHeader + kPutLine + "x", "f:2:113: ", "the end of the line, found 'x'");
  expect_refused(kHeader + "\n\n" + R"({"do":"get","on":"q","process":"p","invoked":1.5})",
                 "f:4:46: ", "found 1.5");
  expect_refused(kHeader + R"({"do":"get","on":"q","process":"p","invoked":99999999999999999999})",
                 "f:2:46: ", "a time in nanoseconds");
  expect_refused(kHeader + R"({"do":"get","on":"q","process":"p","outcome":"done"})",
                 "f:2:46: ", "done");
  expect_refused(kHeader + "{\"do\":\"get\",\"on\":\"q", "f:2:18: ", "does not end");
  expect_refused(kHeader + std::string(300, '['), "f:2:1: ", "an object");
  expect_refused(kHeader + "{\"x\":" + std::string(300, '['), "f:2:", "too deeply");
}

/// A get by a process of this name, which is written as it stands.
std::string get_by(const std::string& escaped_name) {
  return kHeader + R"({"do":"get","on":"q","invoked":1,"process":")" + escaped_name + "\"}";
}

TEST(JsonLines, ReadsEveryEscape) {
  const auto name = [](const std::string& escaped) {
    return read_json(get_by(escaped)).processes.at(0).name;
  };
  EXPECT_EQ(name(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(name(R"(\u0041\u00e9\u20AC\ud7ff\uE000)"), "A\u00e9\u20AC\xED\x9F\xBF\uE000");
  EXPECT_EQ(name(R"(\uD800\uDC00-\ud83d\ude00-\uDBFF\uDFFF)"), "\U00010000-\U0001F600-\U0010FFFF");
}

TEST(JsonLines, NamesHalvesOfSurrogatePairs) {
  const std::string low = "expected the low half of a surrogate pair, \\uDC00 to \\uDFFF, found ";
  expect_refused(get_by(R"(ab\ud83d)"), "f:2:53: ", low + "\"");
  expect_refused(get_by(R"(ab\ud83dx)"), "f:2:53: ", low + "x");
  expect_refused(get_by(R"(ab\ud83d\n)"), "f:2:53: ", low + "\\");
  expect_refused(get_by(R"(ab\ud83d\u0041)"), "f:2:53: ", low + "\\u0041");
  expect_refused(get_by(R"(ab\ud83d\ud83d)"), "f:2:53: ", low + "\\ud83d");
  expect_refused(get_by(R"(ab\ud83d\uE000)"), "f:2:53: ", low + "\\uE000");
  expect_refused(get_by(R"(ab\ud83d\uDC0)"), "f:2:55: ", "four digits");
  const std::string high = "begin with its high half, \\uD800 to \\uDBFF, found ";
  expect_refused(get_by(R"(ab\ude00)"), "f:2:47: ", high + "\\ude00");
  expect_refused(get_by(R"(ab\uDFFFx)"), "f:2:47: ", high + "\\uDFFF");
  expect_refused(get_by(R"(\ud83d\ude00\ude00)"), "f:2:57: ", high + "\\ude00");
}

TEST(JsonLines, ReadsIntegersUpToTheirEnds) {
  const auto invoked = [](const std::string& time) {
    return read_json(kHeader + R"({"do":"get","on":"q","process":"p","invoked":)" + time + "}")
        .operations.at(0)
        .invoked;
  };
  EXPECT_EQ(invoked("0"), 0);
  EXPECT_EQ(invoked("-17"), -17);
  EXPECT_EQ(invoked("999999999999999999"), 999'999'999'999'999'999);
  EXPECT_EQ(invoked("1000000000000000000"), 1'000'000'000'000'000'000);
  EXPECT_EQ(invoked("9223372036854775806"), kNever - 1);
  EXPECT_EQ(invoked("-9223372036854775808"), INT64_MIN);
  for (const auto* wrong : {"9223372036854775807", "-9223372036854775809", "12.5", "1e3", "1E3"}) {
    expect_refused(kHeader + R"({"do":"get","on":"q","process":"p","invoked":)" + wrong + "}",
                   "f:2:46: ", std::string{"found "} + wrong);
  }
}

TEST(JsonLines, NumbersAreThoseOfJson) {
  const auto get_at = [](const std::string& number) {
    return kHeader + R"({"do":"get","on":"q","process":"p","timeout":)" + number + R"(,"x":)" +
           number + R"(,"invoked":1})";
  };
  for (const std::string number : {"0", "-0", "0.5", "10", "1e3", "1E+2", "2.50e-1"}) {
    EXPECT_EQ(read_json(get_at(number)).operations.size(), 1U) << number;
  }
  for (const std::string number : {"007", "00", "-01", ".5", "-.5", "1.", "1.e3", "1e", "1e+", "+1",
                                   "--1", "1-2", "1e5.5", "e"}) {
    expect_refused(get_at(number), "f:2:46: ", "not a number as JSON writes it: " + number);
  }
}

TEST(JsonLines, WholeNumbersAreThoseOfJson) {
  const auto get_at = [](const std::string& time) {
    return kHeader + R"({"do":"get","on":"q","process":"p","invoked":)" + time + "}";
  };
  EXPECT_EQ(read_json(get_at("0")).operations[0].invoked, 0);
  EXPECT_EQ(read_json(get_at("-0")).operations[0].invoked, 0);
  EXPECT_EQ(read_json(get_at("9223372036854775806")).operations[0].invoked, INT64_MAX - 1);
  for (const std::string time : {"007", "00", "-01", "-", "1-2", "+1", "0123456789012345678"}) {
    expect_refused(get_at(time), "f:2:46: ", "not a number as JSON writes it: " + time);
  }
}

TEST(JsonLines, NamesWhatIsMissing) {
  expect_refused(kHeader + "{}", "f:2:1: ", "needs do");
  expect_refused(kHeader + R"({"do":"get","on":"q","process":"p"})", "f:2:1: ", "needs invoked");
  expect_refused(kHeader + R"({"do":"put","on":"q","process":"p","invoked":1})",
                 "f:2:1: ", "the item");
  expect_refused(kHeader + R"({"do":"get","on":"q","process":"p","invoked":1,"outcome":"ok"})",
                 "f:2:1: ", "returned");
  expect_refused(kHeader + R"({"do":"get","on":"q","process":"p","invoked":2,"outcome":"empty",)"
                           R"("returned":1})",
                 "f:2:1: ", "before it was invoked");
  expect_refused(kHeader + R"({"do":"full","on":"q","process":"p","invoked":2,"outcome":"ok",)"
                           R"("returned":3})",
                 "f:2:1: ", "true or false");
  expect_refused(kHeader + R"({"death":{"process":"p","how":"age"}})", "f:2:31: ", "exit_now");
}

TEST(JsonLines, NeverReadsHalfALine) {
  const std::string text = kHeader + kPutLine;
  for (std::size_t cut = kHeader.size() + 1; cut < text.size(); ++cut) {
    EXPECT_NE(refusal(read_json, text.substr(0, cut)), "was read") << text.substr(0, cut);
  }
}

TEST(MonitorText, ReadsAndWrites) {
  const auto history = read_text("# queue\nenq 7 0 1\ndeq 7 2 3\n\ndeq empty 4 5\nenq 8 6 -\n");
  ASSERT_EQ(history.operations.size(), 4U);
  EXPECT_EQ(history.operations[1].value, history.operations[0].value);
  EXPECT_EQ(history.operations[2].result, Result::kEmpty);
  EXPECT_EQ(history.operations[3].result, Result::kPending);
  EXPECT_EQ(worst(check_all(history)), Judgment::kHolds);
  std::ostringstream out;
  write_monitor_text(out, history, 0);
  EXPECT_EQ(out.str(), "# queue\nenq 0 0 1\ndeq 0 2 3\ndeq -1 4 5\nenq 1 6 -\n");
}

TEST(MonitorText, ReadsEveryNumberAndBlank) {
  const auto history = read_text(
      "# queue \r\n# a comment\n\tenq  -5\t-9223372036854775808 9223372036854775806 \r\n"
      "deq - 1 -\ndeq -1 2 3\nenq 999999999999999999 1000000000000000000 1000000000000000001");
  ASSERT_EQ(history.operations.size(), 4U);
  EXPECT_EQ(history.values[0].seq, -5);
  EXPECT_EQ(history.operations[0].invoked, INT64_MIN);
  EXPECT_EQ(history.operations[0].returned, kNever - 1);
  EXPECT_EQ(history.operations[1].result, Result::kPending);
  EXPECT_EQ(history.operations[1].value, -1);
  EXPECT_EQ(history.operations[2].result, Result::kEmpty);
  EXPECT_EQ(history.values[1].seq, 999'999'999'999'999'999);
  EXPECT_EQ(history.operations[3].invoked, 1'000'000'000'000'000'000);
}

TEST(MonitorText, SaysTheSameOfTheSameRun) {
  const auto history = simulate({.values = 1000, .empties = 0.5});
  std::ostringstream out;
  write_monitor_text(out, history, 0);
  const auto again = read_text(out.str());
  EXPECT_EQ(again.operations.size(), history.operations.size());
  EXPECT_EQ(check_fifo(again, 0).judgment, Judgment::kHolds);
  const auto bad = read_text("# queue\nenq 1 0 1\nenq 2 2 3\ndeq 2 4 5\ndeq 1 6 7\n");
  EXPECT_EQ(check_fifo(bad, 0).judgment, Judgment::kViolated);
}

TEST(MonitorText, NamesLineAndColumn) {
  const auto said = [](const std::string& text) { return refusal(read_text, text); };
  EXPECT_EQ(said("# stack\n"), "f:1:1: expected the first line of a monitor's text, # queue");
  EXPECT_EQ(said("# queue\npush 1 2 3\n"), "f:2:1: expected enq or deq, found push");
  EXPECT_EQ(said("# queue\nenq x 2 3\n"),
            "f:2:5: expected the value, a whole number, or of a deq empty, found x");
  EXPECT_EQ(said("# queue\nenq -1 2 3\n"),
            "f:2:5: expected a value other than -1, which means empty, found -1");
  EXPECT_EQ(said("# queue\nenq 1 2\n"),
            "f:2:8: expected the time of the return, or -, found the end of the line");
  EXPECT_EQ(said("# queue\nenq 1 3 2\n"),
            "f:2:9: expected a return no earlier than the call, found 2");
  EXPECT_EQ(said("# queue\nenq 1 2x 3\n"), "f:2:7: expected the time of the call, found 2x");
  EXPECT_EQ(said("# queue\nenqueue 1 2 3\n"), "f:2:1: expected enq or deq, found enqueue");
  EXPECT_EQ(said("# queue\ndeq - 2 3\n"),
            "f:2:9: expected - for the return of a deq of which nothing is known, found 3");
  EXPECT_EQ(said("# queue\nenq 1 -9223372036854775809 3\n"),
            "f:2:7: expected the time of the call, found -9223372036854775809");
  EXPECT_EQ(said("# queue\n\n  enq 1 9223372036854775808 3\n"),
            "f:3:9: expected the time of the call, found 9223372036854775808");
  EXPECT_EQ(said("# queue\nenq 1 2 3 4\n"), "f:2:11: expected the end of the line");
}

}  // namespace
}  // namespace psq::history
