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

std::string unexpected(std::string_view expect, std::string_view seen) {
  return fmt::format("expected \"{}\", got \"{}\"", expect, reply_excerpt(seen));
}

}  // namespace rollcall::health
