// alerts: the recipients of mails and webhook calls.
#include <fmt/format.h>

#include <algorithm>

#include "config/sections.hpp"

namespace rollcall::config {
namespace {

/// Whether the text may be put between "<" and ">" of an SMTP command (RFC 5321 section 4.1.2);
/// only the mail server knows whether the address exists.
bool is_mail_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && at != 0 && at + 1 != text.size() &&
         text.find_first_of(" <>,;\"\\") == std::string_view::npos;
}

std::optional<std::string> read_mail_address(const yaml::Value& value) {
  std::optional<std::string> text = value.text();
  if (!text) return std::nullopt;
  if (is_mail_address(*text)) return text;
  value.error(fmt::format("must be a mail address such as root@mydomain.com, not {}",
                          yaml::in_quotes(*text)));
  return std::nullopt;
}

std::string read_url(const yaml::Value& value, std::string_view scheme, std::string_view example) {
  std::string text = value.text().value_or("");
  if (text.empty()) return {};
  const std::string_view rest =
      std::string_view(text).substr(std::min(text.size(), text.find(':')));
  const bool known = text.starts_with(fmt::format("{}://", scheme)) ||
                     text.starts_with(fmt::format("{}s://", scheme));
  if (known && rest.size() > 3 && text.find(' ') == std::string::npos) return text;
  value.error(fmt::format("must be a URL such as {}, not {}", example, yaml::in_quotes(text)));
  return {};
}

EmailOptions read_email(const yaml::Value& value) {
  const yaml::Section section(value, {"to", "from", "smtp"});
  EmailOptions email;
  if (const auto to = section.need("to")) {
    const std::vector<yaml::Value> items = to->list();
    for (const yaml::Value& item : items) {
      if (const auto address = read_mail_address(item)) email.to.push_back(*address);
    }
    if (items.empty() && to->is_list()) to->error("must name at least one address");
  }
  if (const auto from = section.find("from")) {
    email.from = read_mail_address(*from).value_or("");
  } else if (!email.to.empty()) {
    email.from = "rollcall" + email.to.front().substr(email.to.front().rfind('@'));
  }
  const auto smtp = section.find("smtp");
  email.smtp = smtp ? read_url(*smtp, "smtp", "smtp://127.0.0.1:25") : "smtp://127.0.0.1:25";
  return email;
}

}  // namespace

void read_alerts(const std::optional<yaml::Value>& value, Options& options) {
  const yaml::Section section(value, {"email", "webhook"});
  if (const auto email = section.find("email")) options.email = read_email(*email);
  if (const auto webhook = section.find("webhook")) {
    const yaml::Section hook(webhook, {"url"});
    if (const auto url = hook.need("url")) {
      options.webhook = WebhookOptions{read_url(*url, "http", "https://chat.mydomain.com/hook")};
    }
  }
}

}  // namespace rollcall::config
