#include "pool/secondary_text.hpp"

#include <fmt/format.h>

namespace rollcall::pool {

std::string subject_of(const Notice& notice, const SecondaryFacts& facts) {
  const std::string who =
      fmt::format("zone {}: {} ", notice.name.to_display(), facts.secondary.to_string());
  switch (notice.kind) {
    case NoticeKind::secondary_caught_up:
      return facts.unknown
                 ? who + "is no longer behind"
                 : fmt::format("{}serves serial {} and is no longer behind", who, facts.serial);
    case NoticeKind::secondary_lags:
      return fmt::format(
          "{}is behind by {}: it {}, ours is {}", who,
          format_duration(std::chrono::floor<std::chrono::seconds>(facts.lag.value_or(Duration()))),
          facts.unknown ? std::string("does not say its serial")
                        : fmt::format("serves serial {}", facts.serial),
          facts.ours);
    default:
      return fmt::format("{}holds serial {}, which is ahead of ours, {}{}", who, facts.serial,
                         facts.ours,
                         facts.past ? fmt::format(": our next serial is {}", *facts.past) : "");
  }
}

std::string detail_of(const Notice& notice, const SecondaryFacts& facts) {
  if (notice.kind != NoticeKind::secondary_ahead) return notice.reason;
  if (facts.past) return {};
  return "this secondary takes no changes. No serial is past all secondaries and near enough to "
         "ours: remove the zone there, so that it is transferred anew";
}

}  // namespace rollcall::pool
