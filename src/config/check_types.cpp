// checks: what each type is made of.
//
// Not done: types udp and grpc; of dns, questions over TCP alone.
#include "config/check_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::config {
namespace {

using health::ScriptStep;

constexpr std::array<std::string_view, 3> kStartTls{"smtp", "imap", "pop3"};
constexpr std::array<std::string_view, 2> kMissing{"up", "down"};
constexpr std::array<std::string_view, 2> kLaterTypes{"udp", "grpc"};

void read_expect(const Section& section, std::string& expect) {
  if (const auto value = section.find("expect")) expect = value->raw_text().value_or("");
}

/// `send` and `expect` are short for the two steps of most scripts.
std::vector<ScriptStep> read_script(const Section& section) {
  const auto send = section.find("send");
  const auto expect = section.find("expect");
  if (const auto steps = section.find("steps")) {
    if (send || expect) {
      steps->error("stands beside \"send\" or \"expect\"; they belong into the steps then");
    }
    return read_steps(*steps);
  }
  std::vector<ScriptStep> steps;
  for (const auto kind : {ScriptStep::Kind::send, ScriptStep::Kind::expect}) {
    const std::optional<Value>& value = kind == ScriptStep::Kind::send ? send : expect;
    std::string text = value ? value->raw_text().value_or("") : "";
    if (!text.empty()) steps.push_back({kind, std::move(text)});
  }
  return steps;
}

void read_host(const Section& section, health::CheckSpec& check) {
  const auto value = section.find("host");
  if (!value) return;
  check.host = read_token(*value, "/");
  if (check.host.contains(':') && !IpAddress::parse(check.host)) {
    value->error(
        fmt::format("is a name or an address without a port, unlike {}", in_quotes(check.host)));
  }
}

void read_tcp(const Section& section, health::CheckSpec& check) {
  health::TcpCheck tcp{.steps = read_script(section)};
  if (const auto value = section.find("starttls")) {
    if (const auto at = value->one_of("protocol", kStartTls)) {
      tcp.starttls = static_cast<health::StartTls>(*at + 1);
    }
    tcp.tls = read_tls(section);
    read_host(section, check);
  } else {
    for (const std::string_view key : {"host", "verify", "ca", "expires_within"}) {
      if (const auto stray = section.find(key)) {
        stray->error("needs \"starttls\", or the type tls or https");
      }
    }
  }
  check.how = std::move(tcp);
}

void read_tls_check(const Section& section, health::CheckSpec& check) {
  read_host(section, check);
  check.how = health::TcpCheck{.steps = read_script(section), .tls = read_tls(section)};
}

health::HttpCheck read_request(const Section& section, health::CheckSpec& check) {
  health::HttpCheck http;
  if (const auto value = section.find("path")) {
    http.path = read_token(*value, "#");
    if (!http.path.empty() && !http.path.starts_with('/')) {
      value->error(fmt::format("must begin with \"/\", unlike {}", in_quotes(http.path)));
    }
  }
  read_host(section, check);
  read_expect(section, http.expect);
  if (const auto value = section.find("method")) {
    http.method = value->text().value_or(http.method);
    if (!std::ranges::all_of(http.method, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      value->error(
          fmt::format("must be made of capital letters, unlike {}", in_quotes(http.method)));
    } else if (http.method == "HEAD" && !http.expect.empty()) {
      value->error("HEAD has no body in which \"expect\" could stand");
    } else if (http.method == "CONNECT") {
      value->error("CONNECT asks for a tunnel, not for a page");
    }
  }
  if (const auto value = section.find("headers")) read_headers(*value, http);
  if (const auto value = section.find("expect_status")) read_expect_status(*value, http);
  return http;
}

void read_http(const Section& section, health::CheckSpec& check) {
  check.how = read_request(section, check);
}

void read_https(const Section& section, health::CheckSpec& check) {
  health::HttpCheck http = read_request(section, check);
  http.tls = read_tls(section);
  check.how = std::move(http);
}

/// "noerror", "NXDOMAIN"; the codes of RFC 1035 section 4.1.1.
std::optional<std::uint16_t> read_rcode(const Value& value) {
  constexpr std::array<std::string_view, 6> kNames{"NOERROR",  "FORMERR", "SERVFAIL",
                                                   "NXDOMAIN", "NOTIMP",  "REFUSED"};
  const std::optional<std::size_t> at = value.one_of("response code", kNames);
  return at ? std::optional(static_cast<std::uint16_t>(*at)) : std::nullopt;
}

void read_dns(const Section& section, health::CheckSpec& check) {
  health::DnsCheck dns;
  if (const auto value = section.need("query")) {
    const std::optional<std::string> text = value->text();
    const auto name = text ? dns::Name::parse(*text) : dns::Name();
    if (!name) value->error(fmt::format("{}: {}", in_quotes(*text), name.error().message));
    if (name) dns.query = name->to_text();
  }
  if (const auto value = section.find("query_type")) {
    const std::optional<std::string> text = value->text();
    const auto type = text ? dns::parse_type(*text) : dns::Type::A;
    if (!type || (dns::is_meta(*type) && *type != dns::Type::ANY)) {
      value->error(fmt::format("{} is no type of record that can be asked for", in_quotes(*text)));
    } else {
      dns.type = static_cast<std::uint16_t>(*type);
    }
  }
  if (const auto value = section.find("rcode")) dns.rcode = read_rcode(*value).value_or(0);
  read_expect(section, dns.expect);
  check.how = std::move(dns);
}

void read_icmp(const Section&, health::CheckSpec& check) {
  check.how = health::IcmpCheck{};
}

void read_exec(const Section& section, health::CheckSpec& check) {
  health::ExecCheck exec;
  if (const auto value = section.need("command")) {
    const std::vector<Value> words = value->list();
    for (const Value& word : words) exec.command.push_back(word.raw_text().value_or(""));
    if (words.empty() && value->is_list()) value->error("must name a program");
    if (!words.empty() && !exec.command[0].starts_with('/')) {
      words[0].error(fmt::format("must be the whole path of a program, unlike {}",
                                 in_quotes(exec.command[0])));
    }
  }
  check.how = std::move(exec);
}

void read_agent(const Section& section, health::CheckSpec& check) {
  health::AgentCheck agent;
  if (const auto value = section.find("send")) agent.send = value->raw_text().value_or("");
  check.how = std::move(agent);
}

void read_file(const Section& section, health::CheckSpec& check) {
  health::FileCheck file;
  if (const auto value = section.need("file")) file.file = value->file_path().value_or("");
  if (const auto value = section.find("missing")) {
    file.missing_is_up = value->one_of("state", kMissing).value_or(0) == 0;
  }
  // Who writes the file has made up its mind: one line is enough.
  check.rise = check.fall = 1;
  check.how = std::move(file);
}

constexpr std::array<CheckType, 9> kTypes{{
    {"tcp", PortUse::needed, 0, read_tcp},
    {"tls", PortUse::needed, 0, read_tls_check},
    {"http", PortUse::optional, 80, read_http},
    {"https", PortUse::optional, 443, read_https},
    {"dns", PortUse::optional, 53, read_dns},
    {"icmp", PortUse::none, 0, read_icmp},
    {"exec", PortUse::optional, 0, read_exec},
    {"agent", PortUse::needed, 0, read_agent},
    {"file", PortUse::none, 0, read_file},
}};

/// A key and the types that have it.
struct OwnKey {
  std::string_view key;
  std::array<std::string_view, 6> types;  // empty ones fill it up
};

constexpr std::array<OwnKey, 19> kOwnKeys{{
    {"path", {"http", "https"}},
    {"method", {"http", "https"}},
    {"headers", {"http", "https"}},
    {"expect_status", {"http", "https"}},
    {"host", {"http", "https", "tls", "tcp"}},
    {"fall_fast", {"http", "https", "tls", "tcp", "dns", "agent"}},
    {"send", {"tcp", "tls", "agent"}},
    {"expect", {"tcp", "tls", "http", "https", "dns"}},
    {"steps", {"tcp", "tls"}},
    {"starttls", {"tcp"}},
    {"verify", {"https", "tls", "tcp"}},
    {"ca", {"https", "tls", "tcp"}},
    {"expires_within", {"https", "tls", "tcp"}},
    {"query", {"dns"}},
    {"query_type", {"dns"}},
    {"rcode", {"dns"}},
    {"command", {"exec"}},
    {"file", {"file"}},
    {"missing", {"file"}},
}};

void refuse_foreign(const Section& section, const OwnKey& own, std::string_view type) {
  const auto value = section.find(own.key);
  if (!value || std::ranges::find(own.types, type) != own.types.end()) return;
  std::string names;
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(own.types, [](std::string_view name) { return !name.empty(); }));
  for (std::size_t i = 0; i < count; ++i) {
    names += i == 0 ? "" : i + 1 == count ? " and " : ", ";
    names += own.types[i];
  }
  value->error(fmt::format("is for checks of type {} only", names));
}

}  // namespace

const CheckType* read_check_type(const Value& value) {
  std::array<std::string_view, kTypes.size()> names;
  std::ranges::transform(kTypes, names.begin(), &CheckType::name);
  const std::optional<std::string> text = value.text();
  if (!text) return nullptr;
  if (std::ranges::find(kLaterTypes, *text) != kLaterTypes.end()) {
    value.error(fmt::format("{} is not supported in this version", in_quotes(*text)));
    return nullptr;
  }
  const std::optional<std::size_t> at = value.one_of("type of check", names);
  return at ? &kTypes[*at] : nullptr;
}

void read_check_type_keys(const Section& section, const CheckType& type, health::CheckSpec& check) {
  for (const OwnKey& own : kOwnKeys) refuse_foreign(section, own, type.name);
  type.read(section, check);
}

}  // namespace rollcall::config
