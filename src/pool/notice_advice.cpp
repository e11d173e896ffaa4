#include "pool/notice_advice.hpp"

#include <fmt/format.h>

namespace rollcall::pool {
namespace {

std::string after_a_fall(const Notice& notice) {
  const auto* const facts = std::get_if<MemberFacts>(&notice.facts);
  if (facts == nullptr || facts->fate == Fate::overridden) return {};
  const bool restarted = !facts->service.empty() && facts->fate != Fate::would_answer &&
                         facts->fate != Fate::would_leave;
  return fmt::format("{}it counts as up again when its probes succeed",
                     restarted ? fmt::format("if it stays down, its agent is asked to restart {}; ",
                                             facts->service)
                               : "");
}

std::string service_of(const Notice& notice) {
  const auto* const facts = std::get_if<RestartFacts>(&notice.facts);
  return facts == nullptr ? std::string() : facts->service;
}

std::string restart_command(const Notice& notice) {
  if (!notice.member) return "rollcallctl status --state down";
  return fmt::format("rollcallctl restart {} {}", notice.member->to_string(), service_of(notice));
}

std::string look_at_pool(const Notice& notice) {
  return notice.name.is_root() ? "rollcallctl status"
                               : "rollcallctl status --pool " + notice.name.to_display();
}

bool is_transferred(const Notice& notice) {
  const auto* zone = std::get_if<ZoneFacts>(&notice.facts);
  return zone != nullptr && zone->transferred;
}

}  // namespace

std::string next_of(const Notice& notice) {
  using enum NoticeKind;
  switch (notice.kind) {
    case dropped:
      return after_a_fall(notice);
    case degraded:
      return "it stays in the answers; a certificate that expires takes it down";
    case restart_asked:
    case restart_done:
      return "the member is probed at once; it counts as up when its probes succeed";
    case restart_failed:
      return "the agent is asked again after a pause, three times at most";
    case all_down:
      return "answers follow the probes again as soon as a member is up";
    case backup_took_over:
      return "the primary tier serves again when enough of its members are up";
    case zone_refused:
      return is_transferred(notice) ? "the primaries are asked again after the retry time"
                                    : "the file is read again at the next reload";
    case zone_expired:
      return "the primaries are asked on; the zone is served again as soon as one has it";
    case state_not_kept:
      return "the write is tried again each second";
    case secondary_lags:
      return "it gets NOTIFY again until it serves our serial";
    case frozen:
    case witness_silent:
      return "the witnesses are probed on";
    default:
      return {};
  }
}

std::string command_of(const Notice& notice) {
  using enum NoticeKind;
  switch (notice.kind) {
    case dropped:
    case degraded:
    case all_down:
    case backup_took_over:
    case restart_asked:
    case restart_done:
    case restart_waits:
      return look_at_pool(notice);
    case restart_failed:
    case restart_given_up:
      return restart_command(notice);
    case restarts_stopped:
    case take_overs_stopped:
    case forwards_stopped:
      return "rollcallctl thaw --restarts";
    case zone_refused:
      return is_transferred(notice) ? "rollcallctl status" : "rollcallctl check";
    case normal_on:
      return "rollcallctl normal off";
    case frozen:
      return "rollcallctl thaw";
    case zone_expired:
    case state_not_kept:
    case state_damaged:
    case witness_silent:
    case secondary_ahead:
      return "rollcallctl status";
    case secondary_lags:
      return "rollcallctl secondaries --behind";
    default:
      return {};
  }
}

}  // namespace rollcall::pool
