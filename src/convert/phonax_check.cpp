#include "convert/phonax_check.hpp"

#include <fmt/format.h>

#include <array>

#include "core/letters.hpp"
#include "core/number.hpp"
#include "core/service_name.hpp"
#include "core/trimmed.hpp"

namespace rollcall::convert {
namespace {

/// The path of "GET /robots.txt HTTP/1.0"; nothing for other requests.
std::optional<std::string> path_of_request(std::string_view send) {
  constexpr std::string_view kGet = "GET ";
  if (!send.starts_with(kGet)) return std::nullopt;
  std::string_view path = trimmed(send.substr(kGet.size()));
  path = path.substr(0, path.find(' '));
  return is_check_path(path) ? std::optional(std::string(path)) : std::nullopt;
}

/// The status of "HTTP/1.1 200 OK" or "200 OK": what is expected of the first line, not the body.
std::optional<std::string> status_of(std::string_view expect) {
  if (expect.starts_with("HTTP/") && expect.contains(' ')) {
    expect.remove_prefix(expect.find(' ') + 1);
  }
  const std::string_view digits = expect.substr(0, 3);
  const auto status = parse_number<unsigned>(digits);
  const std::string_view rest = expect.substr(digits.size());
  const bool ends = rest.empty() || rest == " " || rest == " OK";
  if (!status || !ends || *status < 200 || *status > 599) return std::nullopt;
  return std::string(digits);
}

CheckSettings http_settings(const PhonaxCheck& check, std::string path) {
  CheckSettings made{.name = "http", .settings = {{"type", "http"}}};
  if (check.service != "http") made.settings.push_back({"port", check.service});
  if (path != "/") made.settings.push_back({"path", std::move(path)});
  if (const auto status = status_of(check.expect)) {
    made.settings.push_back({"expect_status", *status});
  } else if (!check.expect.empty()) {
    made.settings.push_back({"expect", literal_expect(check.expect)});
  }
  return made;
}

/// Mail services whose greeting and farewell are what such a line asks for.
struct MailService {
  std::string_view service, send, expect;
};
constexpr std::array<MailService, 4> kMail{
    {{"smtp", "QUIT", "220"}, {"pop3", "QUIT", "OK"}, {"pop3", "QUIT", "+OK"}, {"imap", "", "OK"}}};

bool is_mail(const PhonaxCheck& check) {
  for (const MailService& mail : kMail) {
    if (check.service == mail.service && same_letters(check.send, mail.send) &&
        check.expect == mail.expect) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string literal_expect(std::string text) {
  if (text.starts_with('^') || text.starts_with("\\^")) text.insert(0, "\\");
  if (text.ends_with('$')) text.insert(text.size() - 1, "\\");
  return text;
}

Result<PhonaxCheck> read_phonax_check(std::string_view value, const SourcePosition& where) {
  constexpr std::size_t kFields = 6;
  std::array<std::string_view, kFields> fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t bar = i + 1 < kFields ? value.find('|') : std::string_view::npos;
    fields[i] = trimmed(value.substr(0, bar));
    if (bar == std::string_view::npos && i + 1 < kFields) {
      return fail("expected address|hostname|service|script|send|expect");
    }
    value.remove_prefix(bar == std::string_view::npos ? value.size() : bar + 1);
  }
  PhonaxCheck check;
  check.where = where;
  for (const std::string_view field : fields) {
    if (!field.empty() && !is_check_text(field)) {
      return fail("the fields are texts without control characters");
    }
  }
  const auto address = IpAddress::parse(fields[0]);
  if (!address) return fail(fmt::format("\"{}\" is not an IP address", fields[0]));
  const auto host = dns::Name::parse(fields[1]);
  if (!host || fields[1].empty()) return fail(fmt::format("\"{}\" is not a name", fields[1]));
  check.address = *address;
  check.host = *host;
  check.service = lowered(fields[2]);
  check.script = fields[3];
  check.send = fields[4];
  check.expect = fields[5];
  return check;
}

Result<CheckSettings> check_settings(const PhonaxCheck& check, const Surroundings& surroundings) {
  const auto port = parse_number<std::uint16_t>(check.service);
  const bool known = port ? *port != 0 : surroundings.service_port(check.service).has_value();
  if (!known) {
    return fail(fmt::format("services(5) has no service \"{}\": write the number of its port",
                            check.service));
  }
  if (auto path = path_of_request(check.send)) return http_settings(check, std::move(*path));
  if (is_mail(check)) {
    return CheckSettings{.name = check.service, .settings = {{"type", check.service}}};
  }
  CheckSettings made{.name = check.service, .settings = {{"type", "tcp"}, {"port", check.service}}};
  if (!check.send.empty()) made.settings.push_back({"send", check.send});
  if (!check.expect.empty()) made.settings.push_back({"expect", literal_expect(check.expect)});
  return made;
}

}  // namespace rollcall::convert
