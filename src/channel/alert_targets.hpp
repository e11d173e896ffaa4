/// Where alerts go, and how: the checked configuration with its secrets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/webhook_body.hpp"
#include "core/instant.hpp"

namespace rollcall::channel {

struct MailTarget {
  std::vector<std::string> to;
  std::string from;
  std::string smtp;           // URL: "smtp://127.0.0.1:25", "smtps://mail.example.com"
  std::string user = {};      // empty: no AUTH
  std::string password = {};  // sent over TLS alone, to a server whose certificate is good
  std::string ca = {};        // PEM of the issuers to trust; empty: the system's
  unsigned max_per_hour = 20;

  bool operator==(const MailTarget&) const = default;
};

struct HookTarget {
  std::string url;
  alert::HookForm form = {};
  std::string ca = {};  // as above
  unsigned max_per_hour = 0;

  bool operator==(const HookTarget&) const = default;
};

struct ExecTarget {
  std::vector<std::string> command;  // alert/named_fields.hpp; the first is an absolute path
  Duration timeout = std::chrono::seconds(30);
  unsigned max_per_hour = 20;

  bool operator==(const ExecTarget&) const = default;
};

struct AlertTargets {
  std::string nameserver = {};  // how this server calls itself
  std::optional<MailTarget> mail = {};
  std::optional<HookTarget> hook = {};
  std::optional<ExecTarget> exec = {};
  Duration batch = std::chrono::seconds(10);
  Duration remind = {};  // 0: never

  bool operator==(const AlertTargets&) const = default;
};

}  // namespace rollcall::channel
