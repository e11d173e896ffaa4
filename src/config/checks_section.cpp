// checks: how to find out whether a member serves. The keys of each type are in check_types.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/check_types.hpp"
#include "config/sections.hpp"
#include "core/number.hpp"
#include "health/mail_dialogue.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLeastInterval = 1s;  // more often is an attack, not a roll call
constexpr Duration kLeastFastInterval = 100ms;
constexpr Duration kLeastTimeout = 10ms;
constexpr Duration kLongest = 24h;
constexpr unsigned kMaxInARow = 100;  // rise, fall: at 1 s already more than a minute
constexpr double kMaxJitter = 0.5;    // share of the interval

/// The nearest of the usual service names that this machine knows.
std::string near_service(const std::string& text, ServicePort service_port) {
  std::vector<std::string> known;
  for (const char* name : {"http", "https", "smtp", "submission", "pop3", "pop3s", "imap", "imaps",
                           "domain", "ftp", "ssh", "ldap", "ldaps", "mysql", "postgresql"}) {
    if (service_port(name)) known.emplace_back(name);
  }
  return yaml::did_you_mean(text, known);
}

std::uint16_t read_port(const yaml::Value& value, ServicePort service_port) {
  const std::optional<std::string> text = value.text();
  if (!text) return 0;
  if (text->find_first_not_of("0123456789") == std::string::npos) {
    return static_cast<std::uint16_t>(value.number(1, 65535).value_or(0));
  }
  if (const std::optional<std::uint16_t> port = service_port(*text)) return *port;
  value.error(fmt::format("{} is neither a number nor a known service name{}",
                          yaml::in_quotes(*text), near_service(*text, service_port)));
  return 0;
}

/// "5 %", "5%" or 0.05.
void read_jitter(const yaml::Value& value, health::CheckSpec& check) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  std::string_view digits = *text;
  const bool percent = digits.ends_with('%');
  if (percent) digits.remove_suffix(1);
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const std::optional<double> number = parse_number<double>(digits);
  const double share = number.value_or(-1) / (percent ? 100 : 1);
  if (share >= 0 && share <= kMaxJitter) {
    check.jitter = share;
    return;
  }
  value.error(
      fmt::format("must be from 0 % to 50 %, or from 0 to 0.5, not {}", yaml::in_quotes(*text)));
}

/// A default timeout is the smaller of 3 s and nine tenths of the interval, so that a probe has
/// ended before the next one begins.
void read_times(const yaml::Section& section, health::CheckSpec& check) {
  bool interval_known = true;
  if (const auto value = section.find("interval")) {
    const std::optional<Duration> interval = value->duration(kLeastInterval, kLongest);
    interval_known = interval.has_value();
    check.interval = interval.value_or(check.interval);
  }
  if (const auto value = section.find("timeout")) {
    check.timeout = value->duration(kLeastTimeout, kLongest).value_or(kLeastTimeout);
    if (interval_known && check.timeout >= check.interval) {
      value->error(fmt::format("must be less than the interval of {}, not {}",
                               format_duration(check.interval), format_duration(check.timeout)));
    }
  } else {
    check.timeout = std::min(check.timeout, check.interval / 10 * 9);
  }
  if (const auto value = section.find("fast_interval")) {
    check.fast_interval =
        value->duration(kLeastFastInterval, kLongest).value_or(check.fast_interval);
    if (interval_known && check.fast_interval > check.interval) {
      value->warning(
          fmt::format("is longer than the interval; using {}", format_duration(check.interval)));
    }
  }
  check.fast_interval = std::min(check.fast_interval, check.interval);
}

void read_verdict(const yaml::Section& section, health::CheckSpec& check) {
  if (const auto value = section.find("rise")) {
    check.rise = static_cast<std::uint16_t>(value->number(1, kMaxInARow).value_or(check.rise));
  }
  if (const auto value = section.find("fall")) {
    check.fall = static_cast<std::uint16_t>(value->number(1, kMaxInARow).value_or(check.fall));
  }
  if (const auto value = section.find("jitter")) read_jitter(*value, check);
}

/// The keys that make a check faster than its interval.
void read_tripwire(const yaml::Section& section, health::CheckSpec& check) {
  if (const auto value = section.find("tripwire")) {
    check.tripwire = read_switch(*value, false);
  }
  if (const auto value = section.find("fall_fast")) {
    check.fall_fast = read_switch(*value, false);
    if (check.fall_fast && !check.tripwire) value->error("needs \"tripwire: true\"");
  }
}

void read_check_port(const yaml::Section& section, const CheckType* type, ServicePort service_port,
                     health::CheckSpec& check) {
  const PortUse use = type == nullptr ? PortUse::optional : type->port;
  // The protocol of STARTTLS has a usual port.
  const auto* tcp = std::get_if<health::TcpCheck>(&check.how);
  const std::uint16_t usual = type == nullptr ? std::uint16_t{0} : type->default_port;
  check.port = usual;
  if (tcp != nullptr && usual == 0) check.port = health::mail_port(tcp->starttls, false);
  const bool needed = use == PortUse::needed && check.port == 0 && !section.find("starttls");
  const auto port = needed ? section.need("port") : section.find("port");
  if (!port) return;
  if (use == PortUse::none) {
    port->error(fmt::format("is not for checks of type {}", type->name));
  } else {
    check.port = read_port(*port, service_port);
  }
}

void read_check(const yaml::Entry& entry, ServicePort service_port, health::CheckSpec& check) {
  const yaml::Section section(
      entry.value,
      {"type", "port",           "interval", "fast_interval", "timeout",  "rise",
       "fall", "jitter",         "path",     "method",        "headers",  "host",
       "send", "expect",         "steps",    "expect_status", "starttls", "verify",
       "ca",   "expires_within", "query",    "query_type",    "rcode",    "command",
       "file", "missing",        "tripwire", "fall_fast",     "reject",   "expect_regex"});
  const std::optional<yaml::Value> named = section.need("type");
  const CheckType* type = named ? read_check_type(*named) : nullptr;
  if (type != nullptr) read_check_type_keys(section, *type, check);
  read_check_port(section, type, service_port, check);
  read_times(section, check);
  read_verdict(section, check);
  read_tripwire(section, check);
}

}  // namespace

CheckTable read_checks(const std::optional<yaml::Value>& value, ServicePort service_port) {
  CheckTable checks;
  if (!value) return checks;
  value->for_each_entry([&](const yaml::Entry& entry) {
    ReadCheck check{{}, entry.key_place, false};
    check.spec.name = entry.key;
    read_check(entry, service_port, check.spec);
    checks.emplace(entry.key, std::move(check));
  });
  return checks;
}

void warn_of_unused(const CheckTable& checks) {
  for (const auto& [name, check] : checks) {
    if (!check.used)
      check.place.plain_warning(fmt::format("no pool uses the check {}", yaml::in_quotes(name)));
  }
}

}  // namespace rollcall::config
