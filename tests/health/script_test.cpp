#include "health/script.hpp"

#include <gtest/gtest.h>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

using Next = Script::Next;
constexpr auto kSend = ScriptStep::Kind::send;
constexpr auto kExpect = ScriptStep::Kind::expect;

/// The result of a conversation: the lines written, then "done" or the failure.
struct ScriptRow {
  const char* what;
  std::vector<ScriptStep> steps;
  std::vector<std::string> replies;  // pieces as they come in; then the member closes
  std::string end;
};

std::string play(const ScriptRow& row, const TextPattern& reject = {}) {
  Script script(row.steps, reject);
  std::string said;
  std::size_t piece = 0;
  while (true) {
    switch (script.next()) {
      case Next::send:
        said += script.line();
        break;
      case Next::receive:
        if (piece < row.replies.size()) {
          script.received(row.replies[piece++]);
        } else {
          script.ended();
        }
        break;
      case Next::done:
        return said + "done";
      case Next::failed:
        return said + script.failure();
    }
  }
}

TEST(Script, Table) {
  const ScriptRow rows[] = {
      {"no steps", {}, {}, "done"},
      {"only a line", {{kSend, "QUIT"}}, {}, "QUIT\r\ndone"},
      {"a greeting", {{kExpect, "220"}}, {"220 ready\r\n"}, "done"},
      {"the last line is the reply",
       {{kExpect, "220"}, {kSend, "HELP"}, {kExpect, "214"}},
       {"220 hi\r\n", "500 unknown\r\n"},
       "HELP\r\nstep 3: expected \"214\", got \"500 unknown\""},
      {"octet by octet", {{kExpect, "220"}}, {"2", "2", "0"}, "done"},
      {"in pieces", {{kExpect, "is working"}}, {"httpd is", " work", "ing"}, "done"},
      {"a conversation",
       {{kExpect, "220"}, {kSend, "HELO a"}, {kExpect, "250"}, {kSend, "QUIT"}, {kExpect, "221"}},
       {"220 hi\r\n", "250 a\r\n", "221 bye\r\n"},
       "HELO a\r\nQUIT\r\ndone"},
      {"all replies at once",
       {{kExpect, "+OK"}, {kSend, "NOOP"}, {kExpect, "+OK"}},
       {"+OK one\r\n+OK two\r\n"},
       "NOOP\r\ndone"},
      {"one reply does not count twice",
       {{kExpect, "+OK"}, {kSend, "NOOP"}, {kExpect, "+OK"}},
       {"+OK one\r\n", "-ERR\r\n"},
       "NOOP\r\nstep 3: expected \"+OK\", got \"-ERR\""},
      {"another reply", {{kExpect, "220"}}, {"554 no\r\n"}, R"(expected "220", got "554 no")"},
      {"no reply", {{kExpect, "220"}}, {}, R"(expected "220", but the connection was closed)"},
      {"closed later",
       {{kExpect, "220"}, {kSend, "A"}, {kExpect, "B"}},
       {"220"},
       "A\r\nstep 3: expected \"B\", but the connection was closed"},
      {"too late in the reply",
       {{kExpect, "needle"}},
       {std::string(kMaxReplySearched, 'x'), "needle"},
       "expected \"needle\", got \"" + std::string(60, 'x') + "...\""},
      {"at the limit",
       {{kExpect, "needle"}},
       {std::string(kMaxReplySearched - 6, 'x'), "needle and more"},
       "done"},
  };
  for (const ScriptRow& row : rows) EXPECT_EQ(play(row), row.end) << row.what;
}

TEST(Script, TextsAtTheEndsOfLines) {
  const ScriptRow rows[] = {
      {"in the middle",
       {{kExpect, "^220"}},
       {"554 not 220\r\n"},
       R"(expected "^220", got "554 not 220")"},
      {"at its beginning", {{kExpect, "^220"}}, {"220 hi\r\n"}, "done"},
      {"behind what was found no line begins",
       {{kExpect, "^22"}, {kExpect, "^0"}},
       {"220\n", "0\n"},
       "done"},
      {"behind what was found no line begins, ever",
       {{kExpect, "^22"}, {kExpect, "^0"}},
       {"220\n"},
       R"(expected "^0", got "0")"},
      {"an end that has not come",
       {{kExpect, "bye$"}},
       {"221 bye", "now\n"},
       R"(expected "bye$", got "221 byenow")"},
      {"an expression",
       {{kExpect, *TextPattern::regex("^2.0 ")},
        {kSend, "A"},
        {kExpect, *TextPattern::regex("^B")}},
       {"220 hi\r\n", "xB\r\n"},
       "A\r\nstep 3: expected /^B/, got \"xB\""},
  };
  for (const ScriptRow& row : rows) EXPECT_EQ(play(row), row.end) << row.what;
}

TEST(Script, WhatMustNotBeSaid) {
  const TextPattern reject("maintenance");
  const ScriptRow rows[] = {
      {"before",
       {{kExpect, "220"}},
       {"maintenance\r\n220 mx\r\n"},
       R"(must not say "maintenance", got "maintenance")"},
      {"behind, in the same line, later",
       {{kExpect, "220"}},
       {"220 mx", " in maintenance\r\n"},
       R"(must not say "maintenance", got "220 mx in maintenance")"},
      {"not at all", {{kExpect, "220"}}, {"220", " mx\r\n"}, "done"},
      {"the line has no end", {{kExpect, "220"}}, {"220 mx"}, "done"},
      {"to the second question",
       {{kExpect, "220"}, {kSend, "A"}, {kExpect, "250"}},
       {"220 mx\r\n", "250 maintenance\r\n"},
       "A\r\nstep 3: must not say \"maintenance\", got \"250 maintenance\""},
  };
  for (const ScriptRow& row : rows) EXPECT_EQ(play(row, reject), row.end) << row.what;
}

TEST(Script, AGreetingThatWasHeardBefore) {
  const std::vector<ScriptStep> steps{{kSend, "QUIT"}, {kExpect, "220"}};
  const TextPattern nothing;
  Script script(steps, nothing, "220 mx\r\n");
  EXPECT_EQ(script.next(), Next::send);
  EXPECT_EQ(script.next(), Next::done);
  const std::vector<ScriptStep> none;
  const TextPattern mx("mx");
  Script rejects(none, mx, "220 mx\r\n");
  EXPECT_EQ(rejects.next(), Next::failed);
  EXPECT_EQ(rejects.failure(), R"(must not say "mx", got "220 mx")");
}

}  // namespace
}  // namespace rollcall::health
