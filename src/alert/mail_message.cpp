#include "alert/mail_message.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/printable.hpp"

namespace rollcall::alert {

namespace {

// RFC 5322 section 2.1.1: a line has at most 998 octets without its CRLF.
constexpr std::size_t kMailLineLimit = 998;
// RFC 2047 section 2: an encoded word has at most 75 characters; "=?UTF-8?B?" and "?=" leave 60 for
// base64, which are 45 octets.
constexpr std::size_t kEncodedWordOctets = 45;

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F;
}

std::string base64(std::string_view octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(octets.data()),
                                   static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string subject_field(std::string_view subject) {
  std::string line = printable(subject);
  if (line.size() <= kMailLineLimit - 9 && std::ranges::all_of(line, is_plain)) return line;
  std::string words;
  for (std::string_view left = line; !left.empty();) {
    std::size_t size = std::min(left.size(), kEncodedWordOctets);
    // RFC 2047 section 5: a character is not split between words.
    while (size > 1 && size < left.size() && (left[size] & 0xC0) == 0x80) --size;
    words +=
        fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ", base64(left.substr(0, size)));
    left.remove_prefix(size);
  }
  return words;
}

}  // namespace

std::string mail_date(std::chrono::sys_seconds date) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(date);
  const std::chrono::year_month_day calendar(day);
  const std::chrono::hh_mm_ss time(date - day);
  return fmt::format(
      "{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(calendar.day()), kMonths[static_cast<unsigned>(calendar.month()) - 1],
      static_cast<int>(calendar.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

std::string_view mail_domain(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at + 1 == address.size()) return "localhost";
  return address.substr(at + 1);
}

std::vector<std::string> mail_header(const Mail& mail) {
  std::string to;
  for (const std::string& address : mail.to) {
    to += (to.empty() ? "" : ",\r\n ") + printable(address);
  }
  return {"Date: " + mail_date(mail.date),
          "From: " + printable(mail.from),
          "To: " + to,
          "Subject: " + subject_field(mail.subject),
          fmt::format("Message-ID: <{}>", printable(mail.message_id)),
          "Auto-Submitted: auto-generated"};
}

std::string mail_body(std::string_view body) {
  const std::string text = printable_block(body);
  std::string lines;
  for (std::string_view left = text; !left.empty();) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    lines.append(left.substr(0, end)).append("\r\n");
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return lines;
}

bool is_plain_mail(std::string_view body_lines) {
  while (!body_lines.empty()) {
    const std::size_t end = std::min(body_lines.find("\r\n"), body_lines.size());
    const std::string_view line = body_lines.substr(0, end);
    if (line.size() > kMailLineLimit ||
        !std::ranges::all_of(line, [](char c) { return is_plain(c) || c == '\t'; })) {
      return false;
    }
    body_lines.remove_prefix(std::min(end + 2, body_lines.size()));
  }
  return true;
}

}  // namespace rollcall::alert
