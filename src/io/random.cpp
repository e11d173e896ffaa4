#include "io/random.hpp"

#include <sys/random.h>

#include <cerrno>

namespace rollcall::io {

ErrorCode fill_with_random(std::span<std::uint8_t> into, RandomSource source) {
  while (!into.empty()) {
    const ssize_t got = (source != nullptr ? source : ::getrandom)(into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {got < 0 ? errno : EIO, boost::system::system_category()};
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

std::string no_random(const ErrorCode& error) {
  return "the system provides no random numbers: " + error.message();
}

}  // namespace rollcall::io
