/// The text of a mail: RFC 5322 with MIME (RFC 2045), ready for SMTP's DATA.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::alert {

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string subject;  // UTF-8
  std::string body;     // UTF-8, lines end in LF
  std::chrono::sys_seconds date;
  std::string message_id;  // without angle brackets
};

/// Lines end in CRLF; dots are not doubled yet. All of it is made printable
/// (core/printable.hpp), so that no text begins another field. A subject that is not ASCII is
/// written as RFC 2047 has it, a body that is not short lines of ASCII in base64.
std::string mail_message(const Mail& mail);

/// "Sun, 22 Nov 2026 18:23:36 +0000" (RFC 5322 section 3.3)
std::string mail_date(std::chrono::sys_seconds date);

/// What stands behind the '@' of an address, "localhost" where nothing does.
std::string_view mail_domain(std::string_view address);

}  // namespace rollcall::alert
