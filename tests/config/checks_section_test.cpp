#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// What the check `{BODY}` becomes.
health::CheckSpec check(const std::string& body) {
  const ParsedOptions parsed =
      parse("zones: {a.b: {file: x}}\npools: {w.a.b: {check: c}}\nchecks:\n  c: {" + body + "}\n");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty()) << body;
  return parsed.options ? parsed.options->pools.at(0).checks.at(0) : health::CheckSpec{};
}

/// What is said about the check `{BODY}`; BODY starts in column 7.
std::vector<std::string> said_of(const std::string& body) {
  return messages("zones: {a.b: {file: x}}\npools: {w.a.b: {check: c}}\nchecks:\n  c: {" + body +
                  "}\n");
}

TEST(ChecksSection, Defaults) {
  const health::CheckSpec tcp = check("type: tcp, port: 25");
  EXPECT_EQ(tcp.name, "c");
  EXPECT_EQ(std::get<health::TcpCheck>(tcp.how), health::TcpCheck{});
  EXPECT_EQ(tcp.interval, 10s);
  EXPECT_EQ(tcp.fast_interval, 2s);
  EXPECT_EQ(tcp.timeout, 3s);
  EXPECT_EQ(tcp.rise, 2);
  EXPECT_EQ(tcp.fall, 3);
  EXPECT_DOUBLE_EQ(tcp.jitter, 0.05);
  const health::CheckSpec http = check("type: http");
  EXPECT_EQ(http.port, 80);
  EXPECT_EQ(std::get<health::HttpCheck>(http.how), health::HttpCheck{});
}

TEST(ChecksSection, AShortIntervalShortensTheOtherTimes) {
  const health::CheckSpec short_one = check("type: http, interval: 1s");
  EXPECT_EQ(short_one.fast_interval, 1s);
  EXPECT_EQ(short_one.timeout, 900ms);
  EXPECT_EQ(check("type: http, interval: 3s").timeout, 2700ms);
  EXPECT_EQ(check("type: http, interval: 4s").timeout, 3s);
}

TEST(ChecksSection, JitterInThreeSpellings) {
  EXPECT_DOUBLE_EQ(check("type: http, jitter: 10 %").jitter, 0.1);
  EXPECT_DOUBLE_EQ(check("type: http, jitter: 10%").jitter, 0.1);
  EXPECT_DOUBLE_EQ(check("type: http, jitter: 0.1").jitter, 0.1);
  EXPECT_DOUBLE_EQ(check("type: http, jitter: 0").jitter, 0);
  for (const char* wrong : {"60 %", "0.6", "-1 %", "nan", "much"}) {
    EXPECT_THAT(said_of(std::string("type: http, jitter: ") + wrong),
                ElementsAre(std::string("r.yaml:4:27: error: checks.c.jitter must be from 0 % to "
                                        "50 %, or from 0 to 0.5, not \"") +
                            wrong + "\""));
  }
}

TEST(ChecksSection, TextsKeepTheirLineEnds) {
  const auto tcp =
      std::get<health::TcpCheck>(check(R"(type: tcp, port: 1, send: "A\r\nB", expect: "")").how);
  EXPECT_EQ(tcp.steps, (std::vector{health::ScriptStep{kSend, "A\r\nB"}}));
}

TEST(ChecksSection, Types) {
  EXPECT_THAT(said_of("port: 1"),
              ElementsAre(R"(r.yaml:4:6: error: checks.c needs the key "type")"));
  EXPECT_THAT(
      said_of("type: htpp"),
      ElementsAre(
          R"(r.yaml:4:13: error: checks.c.type "htpp" is not a valid type of check, did you mean "http"?)"));
  EXPECT_THAT(
      said_of("type: gopher"),
      ElementsAre(
          R"(r.yaml:4:13: error: checks.c.type "gopher" is not a valid type of check (there are: tcp, tls, http, https, smtp, smtps, imap, imaps, pop3, pop3s, dns, icmp, exec, agent, file))"));
  EXPECT_THAT(
      said_of("type: grpc"),
      ElementsAre(R"(r.yaml:4:13: error: checks.c.type "grpc" is not supported in this version)"));
}

TEST(ChecksSection, Ports) {
  EXPECT_THAT(said_of("type: tcp"),
              ElementsAre(R"(r.yaml:4:6: error: checks.c needs the key "port")"));
  EXPECT_THAT(
      said_of("type: tcp, port: 0"),
      ElementsAre(
          R"(r.yaml:4:24: error: checks.c.port must be a whole number from 1 to 65535, not "0")"));
  EXPECT_THAT(
      said_of("type: tcp, port: 65536"),
      ElementsAre(
          R"(r.yaml:4:24: error: checks.c.port must be a whole number from 1 to 65535, not "65536")"));
  EXPECT_THAT(
      said_of("type: tcp, port: smpt"),
      ElementsAre(
          R"(r.yaml:4:24: error: checks.c.port "smpt" is neither a number nor a known service name, did you mean "smtp"?)"));
}

TEST(ChecksSection, Times) {
  EXPECT_THAT(
      said_of("type: http, interval: 500ms"),
      ElementsAre("r.yaml:4:29: error: checks.c.interval must be from 1s to 1d, not 500ms"));
  EXPECT_THAT(
      said_of("type: http, interval: 5"),
      ElementsAre(
          R"(r.yaml:4:29: error: checks.c.interval must be a duration such as 500ms, 5s or 10m, not "5")"));
  EXPECT_THAT(
      said_of("type: http, interval: 5s, timeout: 5s"),
      ElementsAre(
          "r.yaml:4:42: error: checks.c.timeout must be less than the interval of 5s, not 5s"));
  EXPECT_THAT(said_of("type: http, timeout: 1ms"),
              ElementsAre("r.yaml:4:28: error: checks.c.timeout must be from 10ms to 1d, not 1ms"));
  EXPECT_THAT(
      said_of("type: http, interval: 5s, fast_interval: 6s"),
      ElementsAre(
          "r.yaml:4:48: warning: checks.c.fast_interval is longer than the interval; using 5s"));
}

TEST(ChecksSection, RiseAndFall) {
  EXPECT_THAT(
      said_of("type: http, rise: 0, fall: 101"),
      ElementsAre(
          R"(r.yaml:4:25: error: checks.c.rise must be a whole number from 1 to 100, not "0")",
          R"(r.yaml:4:34: error: checks.c.fall must be a whole number from 1 to 100, not "101")"));
}

TEST(ChecksSection, KeysOfTheOtherType) {
  EXPECT_THAT(
      said_of("type: http, send: x"),
      ElementsAre(
          "r.yaml:4:25: error: checks.c.send is for checks of type tcp, tls, smtp, imap, pop3, "
          "smtps, imaps, pop3s and agent only"));
  EXPECT_THAT(
      said_of("type: tcp, port: 1, path: /, host: a.b"),
      ElementsAre(
          "r.yaml:4:33: error: checks.c.path is for checks of type http and https only",
          "r.yaml:4:42: error: checks.c.host needs \"starttls\", or a type with TLS, as tls "
          "and https are"));
  EXPECT_THAT(
      said_of("type: http, ca: x.pem"),
      ElementsAre(
          "r.yaml:4:23: error: checks.c.ca is for checks of type tcp, tls, https, smtp, imap, "
          "pop3, smtps, imaps and pop3s only"));
  EXPECT_THAT(said_of("type: icmp, port: 7"),
              ElementsAre("r.yaml:4:25: error: checks.c.port is not for checks of type icmp"));
}

TEST(ChecksSection, NothingSlipsIntoARequest) {
  EXPECT_THAT(
      said_of("type: http, path: robots.txt"),
      ElementsAre(R"(r.yaml:4:25: error: checks.c.path must begin with "/", not "robots.txt")"));
  EXPECT_THAT(
      said_of("type: http, path: /a b"),
      ElementsAre(
          R"(r.yaml:4:25: error: checks.c.path must not contain blanks, "#" or non-ASCII characters: "/a b")"));
  EXPECT_THAT(
      said_of(R"(type: http, host: "a\r\nX: y")"),
      ElementsAre("r.yaml:4:25: error: checks.c.host must be one line without control characters"));
}

TEST(ChecksSection, AnUnusedCheckIsAWarning) {
  EXPECT_THAT(messages_after_zone("checks: {web: {type: http}}"),
              ElementsAre(R"(r.yaml:2:10: warning: no pool uses the check "web")"));
}

TEST(ChecksSection, UnknownKeys) {
  EXPECT_THAT(
      said_of("type: http, intervall: 5s"),
      ElementsAre(
          R"(r.yaml:4:19: error: unknown key "intervall" in checks.c, did you mean "interval"?)"));
}

}  // namespace
}  // namespace rollcall::config
