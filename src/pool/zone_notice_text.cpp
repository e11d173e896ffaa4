#include "pool/zone_notice_text.hpp"

#include <fmt/format.h>

#include "core/counted.hpp"

namespace rollcall::pool {

std::string zone_subject(const Notice& notice, const ZoneFacts& facts) {
  const std::string zone = "zone " + notice.name.to_display() + ": ";
  switch (facts.served) {
    case ZoneFacts::Served::first:
    case ZoneFacts::Served::again:
      return fmt::format("{}{} serial {}, {}", zone,
                         facts.served == ZoneFacts::Served::first ? "served," : "reloaded,",
                         facts.serial, counted(facts.records, "record", "records"));
    case ZoneFacts::Served::older:
      return zone + "refused, the old version stays";
    case ZoneFacts::Served::copy:
      return zone + "its file has errors, the last good copy is served";
    case ZoneFacts::Served::expired:
      return zone + "expired: no primary has confirmed it in time, answered with SERVFAIL";
    case ZoneFacts::Served::confirmed:
      return zone + "confirmed by a primary, served again";
    case ZoneFacts::Served::none:
      break;
  }
  return zone + "refused, answered with SERVFAIL";
}

}  // namespace rollcall::pool
