#include "health/http_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/letters.hpp"
#include "core/number.hpp"
#include "health/http_exchange.hpp"
#include "health/reply.hpp"

namespace rollcall::health {
namespace {

// The rest of a longer line is ignored; only its octets count towards the limit.
constexpr std::size_t kMaxLineKept = 1024;
constexpr std::string_view kVersion = "HTTP/";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

std::unexpected<Error> no_reply(std::string_view why) {
  return fail(fmt::format("not an HTTP reply: {}", why));
}

/// Takes at most `most` digits from the front of `text`.
std::string_view take_digits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < std::min(most, text.size()) && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

/// RFC 9112 section 6.1: the codings, in the order in which they were applied.
bool has_chunked(std::string_view codings) {
  while (!codings.empty()) {
    const std::size_t comma = std::min(codings.find(','), codings.size());
    std::string_view coding = without_blanks(codings.substr(0, comma));
    coding = coding.substr(0, coding.find_first_of(" \t;"));
    if (same_letters(coding, "chunked")) return true;
    codings.remove_prefix(std::min(comma + 1, codings.size()));
  }
  return false;
}

}  // namespace

std::optional<Result<void>> HttpReply::received(std::string_view piece) {
  any_ |= !piece.empty();
  while (!piece.empty() && place_ != Place::done) {
    const Place before = place_;
    if (place_ == Place::sized_body || place_ == Place::open_body || place_ == Place::chunk) {
      piece = take_body(piece);
    } else {
      const auto rest = take_line(piece);
      if (!rest) return std::unexpected(rest.error());
      piece = *rest;
      if (before != Place::header) continue;  // nothing new to search
    }
    // At once: errors after a decision do not count, whatever pieces the reply arrives in.
    if (auto decided = verdict(place_ == Place::done)) return decided;
  }
  return verdict(place_ == Place::done);
}

Result<void> HttpReply::ended() {
  if (!any_) return fail("reply: connection closed");
  if (place_ == Place::status || place_ == Place::header) {
    return fail("reply: connection closed within the header");
  }
  return *verdict(true);
}

std::string_view HttpReply::take_body(std::string_view piece) {
  std::size_t size = piece.size();
  if (place_ != Place::open_body) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    left_ -= size;
    if (left_ == 0) place_ = place_ == Place::chunk ? Place::chunk_end : Place::done;
  }
  body_.append(piece.substr(0, std::min(size, kMaxReplySearched - body_.size())));
  return piece.substr(size);
}

/// @return the rest of the piece after the line, or after the available part of it
Result<std::string_view> HttpReply::take_line(std::string_view piece) {
  const std::size_t end = piece.find('\n');
  const std::string_view part = piece.substr(0, end);
  framing_ += part.size() + (end == std::string_view::npos ? 0 : 1);
  if (framing_ > kMaxHttpFraming) {
    return no_reply(fmt::format("headers larger than {} KiB", kMaxHttpFraming / 1024));
  }
  if (part.contains('\0')) return no_reply("NUL in the header");
  line_.append(part.substr(0, kMaxLineKept - line_.size()));
  // A text without a line end may not be HTTP at all: do not wait for the end.
  const std::size_t seen = std::min(line_.size(), kVersion.size());
  if (place_ == Place::status && !same_letters(line_.substr(0, seen), kVersion.substr(0, seen))) {
    return no_reply(fmt::format("\"{}\"", reply_excerpt(line_)));
  }
  if (end == std::string_view::npos) return std::string_view();
  if (line_.ends_with('\r')) line_.pop_back();
  if (auto read = end_line(); !read) return std::unexpected(read.error());
  line_.clear();
  return piece.substr(end + 1);
}

Result<void> HttpReply::end_line() {
  switch (place_) {
    case Place::status:
      return read_status(line_);
    case Place::header:
      return line_.empty() ? end_header() : read_header(line_);
    case Place::chunk_size:
      return read_chunk_size(line_);
    case Place::chunk_end:
      if (!line_.empty()) return no_reply("no line end after a chunk");
      place_ = Place::chunk_size;
      return {};
    default:  // trailer
      if (line_.empty()) place_ = Place::done;
      return {};
  }
}

/// RFC 9112 section 4: "HTTP/1.1 200 OK". The beginning was checked before.
Result<void> HttpReply::read_status(std::string_view line) {
  const auto refused = [line] { return no_reply(fmt::format("\"{}\"", reply_excerpt(line))); };
  if (line.size() < kVersion.size()) return refused();
  std::string_view rest = line.substr(kVersion.size());
  const std::size_t version_size = rest.find(' ');
  const std::string_view version = rest.substr(0, version_size);
  const bool known = version == "1.1" || version == "1.0" || version == "2" || version == "2.0";
  if (!known || version_size == std::string_view::npos) return refused();
  rest.remove_prefix(std::min(rest.find_first_not_of(' ', version_size), rest.size()));
  const std::string_view code = take_digits(rest, 3);
  if (code.size() != 3 || code[0] == '0' || (!rest.empty() && is_digit(rest[0]))) return refused();
  status_ = parse_number<unsigned>(code).value_or(0);
  place_ = Place::header;
  return {};
}

Result<void> HttpReply::read_header(std::string_view line) {
  // RFC 9112 section 5.2: the previous line continues. None of the headers used here is folded.
  if (line[0] == ' ' || line[0] == '\t') return {};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    if (line.size() == kMaxLineKept) return {};  // the colon may be in the part that was cut
    return no_reply(fmt::format("header line without a colon: \"{}\"", reply_excerpt(line)));
  }
  const std::string_view name = line.substr(0, colon);
  std::string_view value = without_blanks(line.substr(colon + 1));
  if (same_letters(name, "Transfer-Encoding")) {
    chunked_ |= has_chunked(value);
  } else if (same_letters(name, "Content-Length")) {
    if (value.starts_with('+')) value.remove_prefix(1);
    const std::string_view digits = take_digits(value, value.size());
    if (digits.empty()) {
      return no_reply(fmt::format("invalid header line \"{}\"", reply_excerpt(line)));
    }
    length_ = parse_number<std::uint64_t>(digits);  // nothing where it is too large
  }
  return {};
}

/// RFC 9112 section 6.3: what ends the body.
Result<void> HttpReply::end_header() {
  // RFC 9110 section 15.2: replies before the reply itself. 101 counts as the reply itself.
  if (status_ / 100 == 1 && status_ != 101) {
    if (++informational_ > kMaxInformational) {
      return fail(fmt::format("more than {} informational replies", kMaxInformational));
    }
    place_ = Place::status;
    chunked_ = false;
    length_.reset();
    return {};
  }
  if (check_.method == "HEAD" || status_ == 204 || status_ == 304) {
    place_ = Place::done;
  } else if (chunked_) {
    place_ = Place::chunk_size;
  } else if (length_) {
    left_ = *length_;
    place_ = left_ == 0 ? Place::done : Place::sized_body;
  } else {
    place_ = Place::open_body;
  }
  return {};
}

/// RFC 9112 section 7.1: hexadecimal digits, perhaps followed by an extension.
Result<void> HttpReply::read_chunk_size(std::string_view line) {
  constexpr std::size_t kMostDigits = 16;  // of 64 bits
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && std::isxdigit(static_cast<unsigned char>(line[digits])) != 0;
       ++digits) {
    const char c = line[digits];
    size = size << 4 | static_cast<std::uint64_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  if (digits == 0 || digits > kMostDigits) {
    return no_reply(fmt::format("invalid chunk size \"{}\"", reply_excerpt(line)));
  }
  left_ = size;
  place_ = size == 0 ? Place::trailer : Place::chunk;
  return {};
}

std::optional<Result<void>> HttpReply::verdict(bool complete) const {
  if (place_ == Place::status || place_ == Place::header) return std::nullopt;
  if (!is_expected(check_, status_)) return fail(fmt::format("status {}", status_));
  const bool searched = complete || body_.size() >= kMaxReplySearched;
  const auto found = [&](const TextPattern& wanted) {
    return wanted.find_end(body_, 0, complete).has_value();
  };
  if (!check_.reject.empty()) {
    if (found(check_.reject)) return fail(rejected(check_.reject, body_));
    if (!searched) return std::nullopt;
  }
  if (check_.expect.empty() || found(check_.expect)) return Result<void>{};
  if (!searched) return std::nullopt;
  return fail(unexpected(check_.expect, body_));
}

}  // namespace rollcall::health
