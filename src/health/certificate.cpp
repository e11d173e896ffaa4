#include "health/certificate.hpp"

#include <fmt/format.h>

namespace rollcall::health {

std::string format_day(WallTime time) {
  return format_wall_time(time).substr(0, 10);
}

std::string expired_on(WallTime not_after) {
  return "certificate expired on " + format_day(not_after);
}

std::string not_valid_before(WallTime not_before) {
  return "certificate is not valid before " + format_day(not_before);
}

std::optional<std::string> expiry_warning(WallTime not_after, WallTime now, Duration within) {
  if (within <= Duration::zero()) return std::nullopt;
  if (not_after <= now) return expired_on(not_after);
  // In milliseconds: the nanoseconds until the year 9999 do not fit into 64 bits.
  const auto left = not_after - now;
  if (left > std::chrono::duration_cast<std::chrono::milliseconds>(within)) return std::nullopt;
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  return fmt::format("certificate expires on {}, in {}", format_day(not_after),
                     days == 0   ? "less than a day"
                     : days == 1 ? "1 day"
                                 : fmt::format("{} days", days));
}

}  // namespace rollcall::health
