#include "config/check_types.hpp"

#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kExpect = health::ScriptStep::Kind::expect;

/// What the check `{BODY}` becomes.
health::CheckSpec check_of(const std::string& body) {
  const ParsedOptions parsed =
      parse("zones: {a.b: {file: x}}\npools: {w.a.b: {check: c}}\nchecks:\n  c: {" + body + "}\n",
            "/etc/r/r.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty()) << body;
  return parsed.options ? parsed.options->pools.at(0).checks.at(0) : health::CheckSpec{};
}

template <class How>
How how(const std::string& body) {
  const health::CheckSpec spec = check_of(body);
  EXPECT_TRUE(std::holds_alternative<How>(spec.how)) << body;
  const How* found = std::get_if<How>(&spec.how);
  return found != nullptr ? *found : How{};
}

/// What is said about the check `{BODY}`; BODY starts in column 7.
std::vector<std::string> said_of_check(const std::string& body) {
  return messages("zones: {a.b: {file: x}}\npools: {w.a.b: {check: c}}\nchecks:\n  c: {" + body +
                  "}\n");
}

std::string error(int column, const std::string& rest) {
  return "r.yaml:4:" + std::to_string(column) + ": error: checks.c" + rest;
}

TEST(TcpCheck, SendAndExpectAreTwoSteps) {
  using Steps = std::vector<health::ScriptStep>;
  EXPECT_EQ(how<health::TcpCheck>("type: tcp, port: 1").steps, Steps{});
  EXPECT_EQ(how<health::TcpCheck>("type: tcp, port: 1, expect: '220', send: QUIT").steps,
            (Steps{{kSend, "QUIT"}, {kExpect, "220"}}));
  EXPECT_EQ(how<health::TcpCheck>(
                "type: tcp, port: 1, steps: [{expect: '220'}, {send: QUIT}, {expect: '221'}]")
                .steps,
            (Steps{{kExpect, "220"}, {kSend, "QUIT"}, {kExpect, "221"}}));
}

TEST(TcpCheck, WrongSteps) {
  EXPECT_THAT(said_of_check("type: tcp, port: 1, steps: []"),
              ElementsAre(error(34, ".steps must have at least one step")));
  EXPECT_THAT(
      said_of_check("type: tcp, port: 1, steps: [{}]"),
      ElementsAre(error(
          35,
          ".steps must be one of {send: TEXT}, {expect: TEXT} and {expect_regex: EXPRESSION}")));
  EXPECT_THAT(
      said_of_check("type: tcp, port: 1, steps: [{send: a, expect: b}]"),
      ElementsAre(error(
          35,
          ".steps must be one of {send: TEXT}, {expect: TEXT} and {expect_regex: EXPRESSION}")));
  EXPECT_THAT(
      said_of_check("type: tcp, port: 1, send: a, steps: [{send: a}]"),
      ElementsAre(
          error(43, ".steps cannot be used with \"send\" or \"expect\": put them into the steps")));
}

TEST(TcpCheck, StartTls) {
  const health::CheckSpec smtp = check_of("type: tcp, starttls: smtp, host: mx.a.b");
  const auto& tcp = std::get<health::TcpCheck>(smtp.how);
  EXPECT_EQ(smtp.port, 25);
  EXPECT_EQ(smtp.host, "mx.a.b");
  EXPECT_EQ(tcp.starttls, health::MailProtocol::smtp);
  EXPECT_EQ(tcp.tls, health::TlsOptions{});
  EXPECT_EQ(check_of("type: tcp, starttls: imap").port, 143);
  EXPECT_EQ(check_of("type: tcp, starttls: pop3").port, 110);
  EXPECT_EQ(check_of("type: tcp, starttls: smtp, port: 587").port, 587);
  EXPECT_THAT(said_of_check("type: tcp, starttls: ftp"),
              ElementsAre(error(28,
                                ".starttls \"ftp\" is not a valid protocol (there are: smtp, imap, "
                                "pop3)")));
}

TEST(TlsCheck, Certificates) {
  const auto tls = how<health::TcpCheck>("type: tls, port: 993, ca: ca.pem, expires_within: 30d");
  EXPECT_EQ(tls.starttls, health::MailProtocol::none);
  EXPECT_EQ(tls.tls->ca_file, "/etc/r/ca.pem");
  EXPECT_EQ(tls.tls->expires_within, 720h);
  EXPECT_TRUE(tls.tls->verify);
  EXPECT_FALSE(how<health::TcpCheck>("type: tls, port: 993, verify: false").tls->verify);
  EXPECT_EQ(how<health::TcpCheck>("type: tls, port: 993, expires_within: 0s").tls->expires_within,
            0s);
  EXPECT_THAT(
      said_of_check("type: tls, port: 1, verify: maybe"),
      ElementsAre(error(
          35,
          ".verify \"maybe\" is not a valid switch (there are: on, true, yes, off, false, no)")));
  EXPECT_THAT(said_of_check("type: tls, port: 1, verify: false, ca: x"),
              ElementsAre("r.yaml:4:46: warning: checks.c.ca has no effect: verify is false"));
}

TEST(HttpCheck, EverythingThatCanBeSaid) {
  const auto http = how<health::HttpCheck>(
      "type: http, path: /up, method: POST, headers: {X-Token: a b, Accept: text/plain}, "
      "expect: fine, expect_status: '200-299, 401'");
  EXPECT_EQ(http.path, "/up");
  EXPECT_EQ(http.method, "POST");
  EXPECT_EQ(http.expect, "fine");
  EXPECT_THAT(http.headers,
              ElementsAre(std::pair("X-Token", "a b"), std::pair("Accept", "text/plain")));
  EXPECT_THAT(http.expect_status,
              ElementsAre(health::StatusRange{200, 299}, health::StatusRange{401, 401}));
  EXPECT_FALSE(http.tls);
}

TEST(HttpCheck, StatusesAsANumberAndAsAList) {
  EXPECT_THAT(how<health::HttpCheck>("type: http, expect_status: 204").expect_status,
              ElementsAre(health::StatusRange{204, 204}));
  EXPECT_THAT(how<health::HttpCheck>("type: http, expect_status: [200, 300-302]").expect_status,
              ElementsAre(health::StatusRange{200, 200}, health::StatusRange{300, 302}));
  EXPECT_THAT(said_of_check("type: http, expect_status: [200, 2xx]"),
              ElementsAre(error(40,
                                ".expect_status must be statuses from 200 to 599 such as "
                                "\"200-299, 401\", not \"2xx\"")));
  EXPECT_THAT(said_of_check("type: http, expect_status: 101"),
              ElementsAre(error(34,
                                ".expect_status must be statuses from 200 to 599 such as "
                                "\"200-299, 401\", not \"101\"")));
  EXPECT_THAT(said_of_check("type: http, expect_status: []"),
              ElementsAre(error(34, ".expect_status must name at least one status")));
}

TEST(HttpCheck, Https) {
  const health::CheckSpec https = check_of("type: https, host: a.b");
  EXPECT_EQ(https.port, 443);
  EXPECT_EQ(https.host, "a.b");
  EXPECT_EQ(std::get<health::HttpCheck>(https.how).tls, health::TlsOptions{});
}

TEST(HttpCheck, AHostHasNoPort) {
  EXPECT_EQ(check_of("type: http, host: '2001:db8::1'").host, "2001:db8::1");
  EXPECT_THAT(said_of_check("type: http, host: 'a.b:8080'"),
              ElementsAre(error(
                  25, ".host must be a name or an address without a port, not \"a.b:8080\"")));
}

TEST(HttpCheck, WrongMethodsAndHeaders) {
  EXPECT_THAT(said_of_check("type: http, method: get"),
              ElementsAre(error(27, ".method must be in capital letters, not \"get\"")));
  EXPECT_THAT(said_of_check("type: http, method: CONNECT"),
              ElementsAre(error(27, ".method must not be CONNECT, which opens a tunnel")));
  EXPECT_THAT(
      said_of_check("type: http, expect: x, method: HEAD"),
      ElementsAre(error(
          38, ".method must not be HEAD with \"expect\" or \"reject\": the reply has no body")));
  EXPECT_THAT(said_of_check("type: http, headers: {Host: x}"),
              ElementsAre("r.yaml:4:29: error: checks.c.headers: the check itself sets the header "
                          "Host; use the key \"host\""));
  EXPECT_THAT(said_of_check("type: http, headers: {'a b': x}"),
              ElementsAre("r.yaml:4:29: error: invalid header name \"a b\" in checks.c.headers"));
  EXPECT_THAT(said_of_check(R"(type: http, headers: {X: "a\r\nY: b"})"),
              ElementsAre(error(32, ".headers.X must be one line without control characters")));
}

TEST(MailCheck, TypesOfTheirOwn) {
  using health::MailProtocol;
  struct Row {
    const char* type;
    MailProtocol protocol;
    int port;
    bool tls;
  };
  for (const Row& row : {Row{"smtp", MailProtocol::smtp, 25, false},
                         {"smtps", MailProtocol::smtp, 465, true},
                         {"imap", MailProtocol::imap, 143, false},
                         {"imaps", MailProtocol::imap, 993, true},
                         {"pop3", MailProtocol::pop3, 110, false},
                         {"pop3s", MailProtocol::pop3, 995, true}}) {
    const health::CheckSpec spec = check_of(std::string("type: ") + row.type);
    const auto& tcp = std::get<health::TcpCheck>(spec.how);
    EXPECT_EQ(tcp.mail, row.protocol) << row.type;
    EXPECT_EQ(tcp.starttls, MailProtocol::none) << row.type;
    EXPECT_EQ(spec.port, row.port) << row.type;
    EXPECT_EQ(tcp.tls.has_value(), row.tls) << row.type;
  }
  EXPECT_EQ(check_of("type: smtp, port: 587").port, 587);
  const health::CheckSpec tls = check_of("type: imap, starttls: true, host: a.b, ca: ca.pem");
  EXPECT_EQ(std::get<health::TcpCheck>(tls.how).starttls, MailProtocol::imap);
  EXPECT_EQ(std::get<health::TcpCheck>(tls.how).tls->ca_file, "/etc/r/ca.pem");
  EXPECT_EQ(tls.host, "a.b");
  EXPECT_FALSE(how<health::TcpCheck>("type: imap, starttls: false").tls);
  EXPECT_THAT(said_of_check("type: pop3, verify: false"),
              ElementsAre(error(27,
                                ".verify needs \"starttls\", or a type with TLS, as tls and https "
                                "are")));
  EXPECT_THAT(
      said_of_check("type: smtps, starttls: true"),
      ElementsAre(error(30, ".starttls is for checks of type tcp, smtp, imap and pop3 only")));
}

TEST(Patterns, ExpressionsAndWhatMustNotBeSaid) {
  const auto http = how<health::HttpCheck>(
      R"(type: http, expect_regex: '"status":\s*"ok"', reject: maintenance)");
  EXPECT_EQ(http.expect, *health::TextPattern::regex(R"("status":\s*"ok")"));
  EXPECT_EQ(http.reject, "maintenance");
  const auto tcp = how<health::TcpCheck>(
      "type: tcp, port: 1, reject: '^5', steps: [{expect_regex: '^2.0'}, {send: QUIT}]");
  EXPECT_EQ(tcp.reject, "^5");
  EXPECT_EQ(tcp.steps[0].text, *health::TextPattern::regex("^2.0"));
  EXPECT_EQ(how<health::DnsCheck>("type: dns, query: a.b, reject: x").reject, "x");
  EXPECT_EQ(how<health::TcpCheck>("type: smtp, reject: x").reject, "x");
}

TEST(Patterns, AreReadWithTheConfiguration) {
  EXPECT_THAT(
      said_of_check("type: http, expect_regex: 'a(b'"),
      ElementsAre(error(33, ".expect_regex is not a valid regular expression: missing ): a(b")));
  EXPECT_THAT(said_of_check("type: tcp, port: 1, steps: [{expect_regex: '['}]"),
              ElementsAre(error(
                  50, ".steps.expect_regex is not a valid regular expression: missing ]: [")));
  EXPECT_THAT(
      said_of_check("type: http, expect: a, expect_regex: b"),
      ElementsAre(error(44, ".expect_regex cannot be used with \"expect\": use one of them")));
  EXPECT_THAT(said_of_check("type: tcp, port: 1, reject: a"),
              ElementsAre(error(35, ".reject needs \"expect\", \"expect_regex\" or \"steps\"")));
  EXPECT_THAT(
      said_of_check("type: http, expect_regex: '.*'"),
      ElementsAre(
          "r.yaml:4:33: warning: checks.c.expect_regex \".*\" matches even an empty reply"));
  EXPECT_THAT(said_of_check("type: icmp, reject: a"),
              ElementsAre(error(27,
                                ".reject is for checks of type tcp, tls, http, https, smtp, imap, "
                                "pop3, smtps, imaps, pop3s and dns only")));
}

TEST(DnsCheck, QuestionAndAnswer) {
  const health::CheckSpec plain = check_of("type: dns, query: example.com");
  EXPECT_EQ(plain.port, 53);
  EXPECT_EQ(std::get<health::DnsCheck>(plain.how), (health::DnsCheck{.query = "example.com."}));
  EXPECT_EQ(how<health::DnsCheck>(
                "type: dns, query: a.b., query_type: mx, rcode: NXDOMAIN, expect: mail"),
            (health::DnsCheck{.query = "a.b.", .type = 15, .rcode = 3, .expect = "mail"}));
  EXPECT_THAT(said_of_check("type: dns"), ElementsAre(error(6, " needs the key \"query\"")));
  EXPECT_THAT(
      said_of_check("type: dns, query: a, query_type: AXFR"),
      ElementsAre(error(40, ".query_type \"AXFR\" is not a record type that can be queried")));
  EXPECT_THAT(said_of_check("type: dns, query: a, rcode: NXDOMAN"),
              ElementsAre(error(35,
                                ".rcode \"NXDOMAN\" is not a valid response code, did you mean "
                                "\"NXDOMAIN\"?")));
}

TEST(OtherChecks, IcmpAndAgent) {
  EXPECT_EQ(check_of("type: icmp").port, 0);
  EXPECT_EQ(how<health::AgentCheck>("type: agent, port: 9999, send: hello").send, "hello");
  EXPECT_THAT(said_of_check("type: agent"), ElementsAre(error(6, " needs the key \"port\"")));
}

TEST(OtherChecks, Exec) {
  EXPECT_THAT(
      how<health::ExecCheck>("type: exec, command: [/bin/check, -H, '{address}', '']").command,
      ElementsAre("/bin/check", "-H", "{address}", ""));
  EXPECT_EQ(check_of("type: exec, command: [/bin/check], port: 80").port, 80);
  EXPECT_THAT(said_of_check("type: exec"), ElementsAre(error(6, " needs the key \"command\"")));
  EXPECT_THAT(said_of_check("type: exec, command: []"),
              ElementsAre(error(28, ".command must name a program")));
  EXPECT_THAT(said_of_check("type: exec, command: [check]"),
              ElementsAre(error(29,
                                ".command must be the full path of a program, not "
                                "\"check\"")));
}

TEST(OtherChecks, File) {
  const health::CheckSpec file = check_of("type: file, file: states");
  EXPECT_EQ(std::get<health::FileCheck>(file.how), (health::FileCheck{"/etc/r/states", true}));
  EXPECT_EQ(file.rise, 1);
  EXPECT_EQ(file.fall, 1);
  EXPECT_EQ(check_of("type: file, file: states, fall: 3").fall, 3);
  EXPECT_FALSE(how<health::FileCheck>("type: file, file: s, missing: down").missing_is_up);
}

TEST(Tripwire, OfAConnection) {
  for (const char* type :
       {"type: tcp, port: 1", "type: tls, port: 1", "type: http", "type: https"}) {
    const health::CheckSpec wired =
        check_of(std::string(type) + ", tripwire: true, fall_fast: true");
    EXPECT_TRUE(wired.tripwire) << type;
    EXPECT_TRUE(wired.fall_fast) << type;
  }
  EXPECT_FALSE(check_of("type: http").tripwire);
  EXPECT_FALSE(check_of("type: http, tripwire: true").fall_fast);
  EXPECT_THAT(said_of_check("type: http, fall_fast: true"),
              ElementsAre(HasSubstr("needs \"tripwire: true\"")));
}

constexpr const char* kWithoutConnection[] = {"type: dns, query: a", "type: icmp",
                                              "type: exec, command: [/bin/check]",
                                              "type: agent, port: 1", "type: file, file: states"};

/// What is said about a pool with a member that its agent can restart, and the check `{BODY}`.
std::vector<std::string> said_with_agent(const std::string& body, const std::string& pool) {
  return messages("zones: {a.b: {file: x}}\nagents: {keys_dir: k}\npools: {w.a.b: {check: c" +
                  pool + "}}\nchecks:\n  c: {" + body + "}\n");
}

TEST(Tripwire, OfTheAgentAlone) {
  for (const std::string type : kWithoutConnection) {
    for (const char* pool : {", restart: named", ", members: {192.0.2.1: {restart: named}}"}) {
      EXPECT_THAT(said_with_agent(type + ", tripwire: true", pool), IsEmpty()) << type << pool;
    }
    EXPECT_THAT(said_of_check(type + ", tripwire: true"),
                ElementsAre("r.yaml:2:9: warning: the pool \"w.a.b\" has no key \"restart\": the "
                            "tripwire of its check \"c\", which holds no connection, needs an "
                            "agent that restarts, and so watches, a service"))
        << type;
  }
}

TEST(Tripwire, OnlyWhoCanBeRefusedFallsFast) {
  const std::string keys = ", tripwire: true, fall_fast: true";
  EXPECT_THAT(said_with_agent("type: dns, query: a" + keys, ", restart: named"), IsEmpty());
  EXPECT_THAT(said_with_agent("type: agent, port: 1" + keys, ", restart: named"), IsEmpty());
  for (const char* type : {"type: icmp", "type: exec, command: [/x]", "type: file, file: x"}) {
    EXPECT_THAT(
        said_with_agent(type + keys, ", restart: named"),
        ElementsAre(HasSubstr("error: checks.c.fall_fast is for checks of type tcp, tls, http, "
                              "https, smtp, imap, pop3, smtps, imaps, pop3s, dns and agent only")));
  }
}

}  // namespace
}  // namespace rollcall::config
