#include "health/reply.hpp"

#include <fmt/format.h>

namespace rollcall::health {

std::string reply_excerpt(std::string_view reply) {
  constexpr std::size_t kLongest = 60;
  std::string_view line = reply.substr(0, reply.find_first_of("\r\n"));
  const bool cut = line.size() > kLongest;
  std::string text(line.substr(0, kLongest));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '.';
  }
  return cut ? text + "..." : text;
}

std::string unexpected(const TextPattern& expect, std::string_view seen) {
  return fmt::format("expected {}, got \"{}\"", expect.quoted(), reply_excerpt(seen));
}

std::string rejected(const TextPattern& reject, std::string_view seen) {
  const std::size_t end = reject.find_end(seen, 0, true).value_or(0);
  const std::size_t before = end == 0 ? std::string_view::npos : seen.rfind('\n', end - 1);
  const std::string_view line = seen.substr(before + 1);  // npos + 1 is 0
  return fmt::format("must not say {}, got \"{}\"", reject.quoted(), reply_excerpt(line));
}

}  // namespace rollcall::health
