// alerts: who is told, by which channel.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/sections.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> kTemplates{"slack", "teams", "pagerduty", "alertmanager"};
constexpr unsigned kMostAnHour = 3600;
constexpr Duration kLongestBatchWait = 5min;
constexpr Duration kShortestReminder = 10min;  // a reminder a minute is no reminder
constexpr Duration kLongestReminder = 24h * 30;
constexpr Duration kLongestProgram = 1min;  // rollcallctl waits twice as long

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

void read_limit(const yaml::Section& section, unsigned& limit) {
  if (const auto value = section.find("max_per_hour")) {
    limit = value->number(0, kMostAnHour).value_or(limit);
  }
}

/// A password in a URL would be in every message about it, and would be sent without TLS.
void refuse_password(const yaml::Value& value, std::string_view url, std::string_view instead) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return;
  const std::string_view authority = url.substr(host + 3, url.find('/', host + 3) - host - 3);
  if (authority.find('@') == std::string_view::npos) return;
  value.error(fmt::format("must not contain a user or a password: {}", instead));
}

void read_login(const yaml::Section& section, EmailOptions& email) {
  const auto user = section.find("user");
  const auto password = section.find("password_file");
  if (user) email.user = user->text().value_or("");
  email.password_file = read_file_option(section.find("password_file"));
  if (user && !password) user->error("needs the key \"password_file\" beside it");
  if (password && !user) password->error("needs the key \"user\" beside it");
}

EmailOptions read_email(const yaml::Value& value) {
  const yaml::Section section(
      value, {"to", "from", "smtp", "user", "password_file", "ca", "max_per_hour"});
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
  if (smtp) refuse_password(*smtp, email.smtp, "use the keys \"user\" and \"password_file\"");
  read_login(section, email);
  email.ca = read_file_option(section.find("ca"));
  read_limit(section, email.max_per_hour);
  return email;
}

/// One's own text, instead of a template.
void read_own_text(const yaml::Section& section, WebhookOptions& webhook) {
  if (const auto text = section.find("text")) {
    webhook.text = TextOption{text->raw_text().value_or(""), text->where()};
  }
  webhook.text_file = read_file_option(section.find("text_file"));
  const bool own = webhook.text || !webhook.text_file.path.empty();
  if (const auto type = section.find("content_type")) {
    webhook.content_type = type->text().value_or("");
    if (!own) type->error("needs the key \"text\" or \"text_file\" beside it");
  }
  const auto conflict = [&](std::string_view key, std::string_view other) {
    const auto value = section.find(key);
    if (value && section.find(other)) {
      value->error(fmt::format("cannot be used with \"{}\": use one of them", other));
    }
  };
  conflict("text_file", "text");
  conflict("text", "template");
  conflict("text_file", "template");
}

WebhookOptions read_webhook(const yaml::Value& value) {
  const yaml::Section section(value, {"url", "template", "text", "text_file", "content_type",
                                      "routing_key_file", "ca", "max_per_hour"});
  WebhookOptions webhook;
  if (const auto url = section.need("url")) {
    webhook.url = read_url(*url, "http", "https://chat.mydomain.com/hook");
  }
  const auto form = section.find("template");
  if (form) {
    const auto place = form->one_of("template", kTemplates);
    if (place) webhook.form = kTemplates[*place];
  }
  // A machine reads all; people read so much.
  if (webhook.form == "slack" || webhook.form == "teams") webhook.max_per_hour = 60;
  read_own_text(section, webhook);
  webhook.routing_key_file = read_file_option(section.find("routing_key_file"));
  const auto routing_key = section.find("routing_key_file");
  if (routing_key && webhook.form != "pagerduty") {
    routing_key->error("is only for \"template: pagerduty\"");
  }
  if (!routing_key && webhook.form == "pagerduty") {
    form->error("pagerduty needs the key \"routing_key_file\" beside it");
  }
  if (webhook.form == "alertmanager" && !webhook.url.empty() &&
      !webhook.url.ends_with("/api/v2/alerts")) {
    section.find("url")->warning("does not end in /api/v2/alerts, where Alertmanager takes alerts");
  }
  webhook.ca = read_file_option(section.find("ca"));
  read_limit(section, webhook.max_per_hour);
  return webhook;
}

ExecOptions read_exec_alert(const yaml::Value& value) {
  const yaml::Section section(value, {"command", "timeout", "max_per_hour"});
  ExecOptions exec;
  if (const auto command = section.need("command")) {
    const std::vector<yaml::Value> words = command->list();
    for (const yaml::Value& word : words) {
      exec.command.push_back({word.raw_text().value_or(""), word.where()});
    }
    if (words.empty() && command->is_list()) command->error("must name a program");
    if (!words.empty() && !exec.command[0].text.starts_with('/')) {
      words[0].error(fmt::format("must be the full path of a program, not {}",
                                 yaml::in_quotes(exec.command[0].text)));
    }
  }
  if (const auto timeout = section.find("timeout")) {
    exec.timeout = timeout->duration(1s, kLongestProgram).value_or(exec.timeout);
  }
  read_limit(section, exec.max_per_hour);
  return exec;
}

}  // namespace

void read_alerts(const std::optional<yaml::Value>& value, AlertsOptions& options) {
  const yaml::Section section(value, {"email", "webhook", "exec", "batch", "remind"});
  if (const auto email = section.find("email")) options.email = read_email(*email);
  if (const auto webhook = section.find("webhook")) options.webhook = read_webhook(*webhook);
  if (const auto exec = section.find("exec")) options.exec = read_exec_alert(*exec);
  if (const auto batch = section.find("batch")) {
    options.batch = batch->duration(0s, kLongestBatchWait).value_or(options.batch);
  }
  if (const auto remind = section.find("remind")) {
    options.remind = remind->duration(kShortestReminder, kLongestReminder).value_or(0s);
  }
}

}  // namespace rollcall::config
