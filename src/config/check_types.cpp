// checks: the keys of each type.
//
// Limitations: no types udp and grpc; no check of type dns only over TCP.
#include "config/check_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/sections.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::config {
namespace {

using health::ScriptStep;
using health::TextPattern;

using health::MailProtocol;

constexpr std::array<std::string_view, 3> kMailProtocols{"smtp", "imap", "pop3"};
constexpr std::array<std::string_view, 2> kMissing{"up", "down"};
constexpr std::array<std::string_view, 2> kLaterTypes{"udp", "grpc"};

/// `send`, with `expect` or `expect_regex`, is a short form of the two steps of most scripts.
std::vector<ScriptStep> read_script(const yaml::Section& section) {
  const auto send = section.find("send");
  TextPattern expect = read_expect(section);
  if (const auto steps = section.find("steps")) {
    if (send || !expect.empty()) {
      steps->error("cannot be used with \"send\" or \"expect\": put them into the steps");
    }
    return read_steps(*steps);
  }
  std::vector<ScriptStep> steps;
  std::string line = send ? send->raw_text().value_or("") : "";
  if (!line.empty()) steps.push_back({ScriptStep::Kind::send, std::move(line)});
  if (!expect.empty()) steps.push_back({ScriptStep::Kind::expect, std::move(expect)});
  return steps;
}

void read_host(const yaml::Section& section, health::CheckSpec& check) {
  const auto value = section.find("host");
  if (!value) return;
  check.host = read_token(*value, "/");
  if (check.host.contains(':') && !IpAddress::parse(check.host)) {
    value->error(fmt::format("must be a name or an address without a port, not {}",
                             yaml::in_quotes(check.host)));
  }
}

/// A rejected text can only be noticed where the check waits for a text.
void read_reject(const yaml::Section& section, health::TcpCheck& tcp) {
  tcp.reject = read_pattern(section, "reject", false);
  const bool listens =
      tcp.mail != MailProtocol::none ||
      std::ranges::find(tcp.steps, ScriptStep::Kind::expect, &ScriptStep::kind) != tcp.steps.end();
  if (!tcp.reject.empty() && !listens) {
    section.find("reject")->error("needs \"expect\", \"expect_regex\" or \"steps\"");
  }
}

/// @param starttls none: the check does not ask for TLS
void read_plain(const yaml::Section& section, MailProtocol starttls, health::TcpCheck& tcp,
                health::CheckSpec& check) {
  tcp.starttls = starttls;
  if (starttls != MailProtocol::none) {
    tcp.tls = read_tls(section);
    read_host(section, check);
    return;
  }
  for (const std::string_view key : {"host", "verify", "ca", "expires_within"}) {
    if (const auto stray = section.find(key)) {
      stray->error("needs \"starttls\", or a type with TLS, as tls and https are");
    }
  }
}

void read_tcp(const yaml::Section& section, health::CheckSpec& check) {
  health::TcpCheck tcp{.steps = read_script(section)};
  const auto value = section.find("starttls");
  const auto at = value ? value->one_of("protocol", kMailProtocols) : std::nullopt;
  // An unknown protocol is an error already; its check still counts as one with TLS.
  const auto starttls = at ? static_cast<MailProtocol>(*at + 1) : MailProtocol::smtp;
  read_plain(section, value ? starttls : MailProtocol::none, tcp, check);
  read_reject(section, tcp);
  check.how = std::move(tcp);
}

void read_tls_check(const yaml::Section& section, health::CheckSpec& check) {
  read_host(section, check);
  health::TcpCheck tcp{.steps = read_script(section), .tls = read_tls(section)};
  read_reject(section, tcp);
  check.how = std::move(tcp);
}

template <MailProtocol protocol>
void read_mail(const yaml::Section& section, health::CheckSpec& check) {
  health::TcpCheck tcp{.steps = read_script(section), .mail = protocol};
  const auto value = section.find("starttls");
  const bool starttls = value && read_switch(*value, false);
  read_plain(section, starttls ? protocol : MailProtocol::none, tcp, check);
  read_reject(section, tcp);
  check.how = std::move(tcp);
}

template <MailProtocol protocol>
void read_mail_tls(const yaml::Section& section, health::CheckSpec& check) {
  read_tls_check(section, check);
  std::get<health::TcpCheck>(check.how).mail = protocol;
}

health::HttpCheck read_request(const yaml::Section& section, health::CheckSpec& check) {
  health::HttpCheck http;
  if (const auto value = section.find("path")) {
    http.path = read_token(*value, "#");
    if (!http.path.empty() && !http.path.starts_with('/')) {
      value->error(fmt::format("must begin with \"/\", not {}", yaml::in_quotes(http.path)));
    }
  }
  read_host(section, check);
  http.expect = read_expect(section);
  http.reject = read_pattern(section, "reject", false);
  if (const auto value = section.find("method")) {
    http.method = value->text().value_or(http.method);
    if (!std::ranges::all_of(http.method, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      value->error(fmt::format("must be in capital letters, not {}", yaml::in_quotes(http.method)));
    } else if (http.method == "HEAD" && !(http.expect.empty() && http.reject.empty())) {
      value->error("must not be HEAD with \"expect\" or \"reject\": the reply has no body");
    } else if (http.method == "CONNECT") {
      value->error("must not be CONNECT, which opens a tunnel");
    }
  }
  if (const auto value = section.find("headers")) read_headers(*value, http);
  if (const auto value = section.find("expect_status")) read_expect_status(*value, http);
  return http;
}

void read_http(const yaml::Section& section, health::CheckSpec& check) {
  check.how = read_request(section, check);
}

void read_https(const yaml::Section& section, health::CheckSpec& check) {
  health::HttpCheck http = read_request(section, check);
  http.tls = read_tls(section);
  check.how = std::move(http);
}

/// "noerror", "NXDOMAIN"; the codes of RFC 1035 section 4.1.1.
std::optional<std::uint16_t> read_rcode(const yaml::Value& value) {
  constexpr std::array<std::string_view, 6> kNames{"NOERROR",  "FORMERR", "SERVFAIL",
                                                   "NXDOMAIN", "NOTIMP",  "REFUSED"};
  const std::optional<std::size_t> at = value.one_of("response code", kNames);
  return at ? std::optional(static_cast<std::uint16_t>(*at)) : std::nullopt;
}

void read_dns(const yaml::Section& section, health::CheckSpec& check) {
  health::DnsCheck dns;
  if (const auto value = section.need("query")) {
    const std::optional<std::string> text = value->text();
    const auto name = text ? dns::Name::parse(*text) : dns::Name();
    if (!name) value->error(fmt::format("{}: {}", yaml::in_quotes(*text), name.error().message));
    if (name) dns.query = name->to_text();
  }
  if (const auto value = section.find("query_type")) {
    const std::optional<std::string> text = value->text();
    const auto type = text ? dns::parse_type(*text) : dns::Type::A;
    if (!type || (dns::is_meta(*type) && *type != dns::Type::ANY)) {
      value->error(
          fmt::format("{} is not a record type that can be queried", yaml::in_quotes(*text)));
    } else {
      dns.type = static_cast<std::uint16_t>(*type);
    }
  }
  if (const auto value = section.find("rcode")) dns.rcode = read_rcode(*value).value_or(0);
  dns.expect = read_expect(section);
  dns.reject = read_pattern(section, "reject", false);
  check.how = std::move(dns);
}

void read_icmp(const yaml::Section&, health::CheckSpec& check) {
  check.how = health::IcmpCheck{};
}

void read_exec(const yaml::Section& section, health::CheckSpec& check) {
  health::ExecCheck exec;
  if (const auto value = section.need("command")) {
    const std::vector<yaml::Value> words = value->list();
    for (const yaml::Value& word : words) exec.command.push_back(word.raw_text().value_or(""));
    if (words.empty() && value->is_list()) value->error("must name a program");
    if (!words.empty() && !exec.command[0].starts_with('/')) {
      words[0].error(fmt::format("must be the full path of a program, not {}",
                                 yaml::in_quotes(exec.command[0])));
    }
  }
  check.how = std::move(exec);
}

void read_agent(const yaml::Section& section, health::CheckSpec& check) {
  health::AgentCheck agent;
  if (const auto value = section.find("send")) agent.send = value->raw_text().value_or("");
  check.how = std::move(agent);
}

void read_file(const yaml::Section& section, health::CheckSpec& check) {
  health::FileCheck file;
  if (const auto value = section.need("file")) file.file = value->file_path().value_or("");
  if (const auto value = section.find("missing")) {
    file.missing_is_up = value->one_of("state", kMissing).value_or(0) == 0;
  }
  // The program that writes the file has decided: one line is enough.
  check.rise = check.fall = 1;
  check.how = std::move(file);
}

constexpr std::array<CheckType, 15> kTypes{{
    {"tcp", PortUse::needed, 0, read_tcp},
    {"tls", PortUse::needed, 0, read_tls_check},
    {"http", PortUse::optional, 80, read_http},
    {"https", PortUse::optional, 443, read_https},
    {"smtp", PortUse::optional, 25, read_mail<MailProtocol::smtp>},
    {"smtps", PortUse::optional, 465, read_mail_tls<MailProtocol::smtp>},
    {"imap", PortUse::optional, 143, read_mail<MailProtocol::imap>},
    {"imaps", PortUse::optional, 993, read_mail_tls<MailProtocol::imap>},
    {"pop3", PortUse::optional, 110, read_mail<MailProtocol::pop3>},
    {"pop3s", PortUse::optional, 995, read_mail_tls<MailProtocol::pop3>},
    {"dns", PortUse::optional, 53, read_dns},
    {"icmp", PortUse::none, 0, read_icmp},
    {"exec", PortUse::optional, 0, read_exec},
    {"agent", PortUse::needed, 0, read_agent},
    {"file", PortUse::none, 0, read_file},
}};

/// Sets of types, as bits.
enum TypeSet : unsigned {
  kTcp = 1U << 0,
  kTls = 1U << 1,
  kHttp = 1U << 2,
  kHttps = 1U << 3,
  kMail = 1U << 4,     // smtp, imap, pop3
  kMailTls = 1U << 5,  // smtps, imaps, pop3s
  kDns = 1U << 6,
  kExec = 1U << 7,
  kAgent = 1U << 8,
  kFile = 1U << 9,
  kAnyHttp = kHttp | kHttps,
  kDialogue = kTcp | kTls | kMail | kMailTls,  // a conversation over a connection
  kWithTls = kTcp | kTls | kHttps | kMail | kMailTls,
};

struct SetName {
  unsigned set;
  std::string_view names;
};
constexpr std::array<SetName, 10> kSetNames{{{kTcp, "tcp"},
                                             {kTls, "tls"},
                                             {kHttp, "http"},
                                             {kHttps, "https"},
                                             {kMail, "smtp, imap, pop3"},
                                             {kMailTls, "smtps, imaps, pop3s"},
                                             {kDns, "dns"},
                                             {kExec, "exec"},
                                             {kAgent, "agent"},
                                             {kFile, "file"}}};

/// A key and the types that have it.
struct OwnKey {
  std::string_view key;
  unsigned types;
};

constexpr std::array<OwnKey, 21> kOwnKeys{{
    {"path", kAnyHttp},
    {"method", kAnyHttp},
    {"headers", kAnyHttp},
    {"expect_status", kAnyHttp},
    {"host", kAnyHttp | kDialogue},
    {"fall_fast", kAnyHttp | kDialogue | kDns | kAgent},
    {"send", kDialogue | kAgent},
    {"expect", kAnyHttp | kDialogue | kDns},
    {"expect_regex", kAnyHttp | kDialogue | kDns},
    {"reject", kAnyHttp | kDialogue | kDns},
    {"steps", kDialogue},
    {"starttls", kTcp | kMail},
    {"verify", kWithTls},
    {"ca", kWithTls},
    {"expires_within", kWithTls},
    {"query", kDns},
    {"query_type", kDns},
    {"rcode", kDns},
    {"command", kExec},
    {"file", kFile},
    {"missing", kFile},
}};

/// The set that contains `type`; 0 for icmp, which has no key of its own.
unsigned set_of(std::string_view type) {
  for (const SetName& set : kSetNames) {
    for (std::size_t at = 0; (at = set.names.find(type, at)) != std::string_view::npos; ++at) {
      const std::size_t end = at + type.size();
      const bool begins = at == 0 || set.names[at - 1] == ' ';
      if (begins && (end == set.names.size() || set.names[end] == ',')) return set.set;
    }
  }
  return 0;
}

void refuse_foreign(const yaml::Section& section, const OwnKey& own, std::string_view type) {
  const auto value = section.find(own.key);
  if (!value || (own.types & set_of(type)) != 0) return;
  std::string names;
  for (const SetName& set : kSetNames) {
    if ((own.types & set.set) != 0)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", set.names);
  }
  if (const std::size_t last = names.rfind(", "); last != std::string::npos) {
    names.replace(last, 2, " and ");
  }
  value->error(fmt::format("is for checks of type {} only", names));
}

}  // namespace

const CheckType* read_check_type(const yaml::Value& value) {
  std::array<std::string_view, kTypes.size()> names;
  std::ranges::transform(kTypes, names.begin(), &CheckType::name);
  const std::optional<std::string> text = value.text();
  if (!text) return nullptr;
  if (std::ranges::find(kLaterTypes, *text) != kLaterTypes.end()) {
    value.error(fmt::format("{} is not supported in this version", yaml::in_quotes(*text)));
    return nullptr;
  }
  const std::optional<std::size_t> at = value.one_of("type of check", names);
  return at ? &kTypes[*at] : nullptr;
}

void read_check_type_keys(const yaml::Section& section, const CheckType& type,
                          health::CheckSpec& check) {
  for (const OwnKey& own : kOwnKeys) refuse_foreign(section, own, type.name);
  type.read(section, check);
}

}  // namespace rollcall::config
