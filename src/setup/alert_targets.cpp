#include "setup/alert_targets.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "agent_link/secret_file.hpp"
#include "alert/named_fields.hpp"
#include "core/trimmed.hpp"
#include "setup/access_as.hpp"
#include "setup/as_user.hpp"

namespace rollcall::setup {
namespace {

constexpr std::size_t kMaxTemplate = 64UL * 1024;   // octets
constexpr std::size_t kMaxIssuers = 1024UL * 1024;  // octets; the system's have 220 KB

class TargetReader {
 public:
  TargetReader(const config::Options& options, const files::ReadText& read)
      : options_(options), read_(read) {}

  Diagnostics take() { return std::move(found_); }

  channel::MailTarget mail(const config::EmailOptions& email) {
    return {.to = email.to,
            .from = email.from,
            .smtp = email.smtp,
            .user = email.user,
            .password = secret("alerts.email.password_file", email.password_file),
            .ca = issuers("alerts.email.ca", email.ca),
            .max_per_hour = email.max_per_hour};
  }

  channel::HookTarget hook(const config::WebhookOptions& webhook) {
    channel::HookTarget target{.url = webhook.url, .max_per_hour = webhook.max_per_hour};
    target.ca = issuers("alerts.webhook.ca", webhook.ca);
    target.form.kind = kind_of(webhook);
    target.form.content_type = webhook.content_type;
    target.form.routing_key = secret("alerts.webhook.routing_key_file", webhook.routing_key_file);
    if (webhook.text) {
      target.form.text = webhook.text->text;
      if (const auto fault = fault_of(target.form)) {
        error(webhook.text->where, "alerts.webhook.text: " + fault->message);
      }
    } else if (!webhook.text_file.path.empty()) {
      target.form.text = file("alerts.webhook.text_file", webhook.text_file, kMaxTemplate);
      if (const auto fault = fault_of(target.form); fault && !target.form.text.empty()) {
        error(place_in(webhook.text_file.path, target.form.text, fault->offset), fault->message);
      }
    }
    return target;
  }

  channel::ExecTarget exec(const config::ExecOptions& exec) {
    channel::ExecTarget target{.timeout = exec.timeout, .max_per_hour = exec.max_per_hour};
    for (const config::TextOption& word : exec.command) target.command.push_back(word.text);
    for (std::size_t i = 0; i < target.command.size(); ++i) {
      const auto fault = alert::argument_fault(target.command, i);
      if (fault) error(exec.command[i].where, "alerts.exec.command: " + *fault);
    }
    if (!target.command.empty()) look_for_program(exec.command[0]);
    return target;
  }

 private:
  void error(const SourcePosition& where, std::string message) {
    found_.push_back({Severity::error, where, std::move(message)});
  }

  static alert::HookTemplate kind_of(const config::WebhookOptions& webhook) {
    using enum alert::HookTemplate;
    if (webhook.text || !webhook.text_file.path.empty()) return text;
    constexpr std::array<std::pair<std::string_view, alert::HookTemplate>, 4> kKinds{
        {{"slack", slack},
         {"teams", teams},
         {"pagerduty", pagerduty},
         {"alertmanager", alertmanager}}};
    for (const auto& [word, kind] : kKinds) {
      if (webhook.form == word) return kind;
    }
    return json;
  }

  static std::optional<alert::TextFault> fault_of(const alert::HookForm& form) {
    if (auto unknown = alert::find_unknown_field(form.text)) return unknown;
    if (form.content_type.find("json") == std::string::npos) return std::nullopt;
    return alert::find_json_fault(form.text);
  }

  static SourcePosition place_in(const std::string& path, std::string_view text,
                                 std::size_t offset) {
    SourcePosition where{path, 1, 1};
    for (const char c : text.substr(0, offset)) {
      if (c == '\n') {
        ++where.line;
        where.column = 0;
      }
      ++where.column;
    }
    return where;
  }

  std::string file(std::string_view key, const config::FileOption& option, std::size_t limit) {
    if (option.path.empty()) return {};
    auto text = read_(option.path, {.limit = limit});
    if (!text) {
      error(option.where, fmt::format("{}: {}", key, text.error().message));
      return {};
    }
    mode_ = text->mode;
    if (trimmed(text->text).empty()) {
      error(option.where, fmt::format("{}: {}: the file is empty", key, option.path));
    }
    return std::move(text->text);
  }

  std::string secret(std::string_view key, const config::FileOption& option) {
    const std::string text = file(key, option, files::kMaxSecretFile);
    if (text.empty()) return {};
    std::string warning = agent_link::warn_of_mode(option.path, mode_);
    if (!warning.empty()) {
      found_.push_back({Severity::warning, option.where, fmt::format("{}: {}", key, warning)});
    }
    return std::string(trimmed(text));
  }

  std::string issuers(std::string_view key, const config::FileOption& option) {
    std::string text = file(key, option, kMaxIssuers);
    if (!text.empty() && text.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
      error(option.where, fmt::format("{}: {}: no certificate in PEM format", key, option.path));
    }
    return text;
  }

  /// A warning only: the program may come later, and an alert waits for it.
  void look_for_program(const config::TextOption& program) {
    if (!program.text.starts_with('/')) return;  // reported already
    const std::vector<int> problems =
        as_user(options_.server.user, [this, &program, self = ::getpid()]() -> std::vector<int> {
          const files::ReadText look = ::getpid() == self ? read_ : files::read_directly();
          const auto looked = look(program.text, {.look_for = X_OK});
          return {looked ? looked->problem : ETIMEDOUT};
        });
    if (problems.empty() || problems[0] == 0) return;
    found_.push_back(
        {Severity::warning, program.where,
         fmt::format("alerts.exec.command: {}: {}{}", program.text,
                     std::system_category().message(problems[0]),
                     problems[0] == EACCES && !options_.server.user.empty()
                         ? fmt::format(" for {}: {}", options_.server.user,
                                       mending_command(options_.server.user, program.text, true))
                         : "")});
  }

  const config::Options& options_;
  const files::ReadText& read_;
  Diagnostics found_;
  mode_t mode_ = 0;  // of the file that was read last
};

}  // namespace

ReadTargets read_alert_targets(const config::Options& options, const files::ReadText& read) {
  TargetReader reader(options, read);
  const config::AlertsOptions& alerts = options.alerts;
  ReadTargets result;
  result.targets.batch = alerts.batch;
  result.targets.remind = alerts.remind;
  if (alerts.email) result.targets.mail = reader.mail(*alerts.email);
  if (alerts.webhook) result.targets.hook = reader.hook(*alerts.webhook);
  if (alerts.exec) result.targets.exec = reader.exec(*alerts.exec);
  result.diagnostics = reader.take();
  return result;
}

}  // namespace rollcall::setup
