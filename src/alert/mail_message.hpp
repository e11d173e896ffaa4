/// The header of a mail (RFC 5322). libcurl writes the body as MIME has it.
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

/// The fields without their line ends; a long one is folded with CRLF and a blank. All of it is
/// made printable (core/printable.hpp), so that no text begins another field. A subject that is not
/// ASCII is written as RFC 2047 has it.
std::vector<std::string> mail_header(const Mail& mail);

/// The body, printable, with CRLF at its line ends.
std::string mail_body(std::string_view body);
/// Whether the body may go as it is: lines of ASCII that SMTP allows; else it needs an encoding.
bool is_plain_mail(std::string_view body_lines);

/// "Sun, 22 Nov 2026 18:23:36 +0000" (RFC 5322 section 3.3)
std::string mail_date(std::chrono::sys_seconds date);

/// What stands behind the '@' of an address, "localhost" where nothing does.
std::string_view mail_domain(std::string_view address);

}  // namespace rollcall::alert
