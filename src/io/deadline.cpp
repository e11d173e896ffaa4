#include "io/deadline.hpp"

#include <fmt/format.h>

namespace rollcall::io {

asio::awaitable<std::string> Deadline::passed() {
  const auto [error] = co_await timer_.async_wait(as_value);
  if (error) co_return std::string();  // the work ended before the deadline
  std::string words = fmt::format("{}{}timed out after {}", step_, step_.empty() ? "" : ": ",
                                  format_duration(limit_));
  const std::string pending = pending_ ? pending_() : std::string();
  if (!pending.empty()) words += "; " + pending;
  if (close_) close_();
  co_return words;
}

}  // namespace rollcall::io
