#include "pool/notice_kinds.hpp"

namespace rollcall::pool {

const char* to_string(NoticeLevel level) {
  switch (level) {
    case NoticeLevel::info:
      return "info";
    case NoticeLevel::warning:
      return "warning";
    case NoticeLevel::error:
      return "error";
    case NoticeLevel::critical:
      return "critical";
  }
  return "";
}

NoticeTraits traits_of(NoticeKind kind) {
  using enum NoticeKind;
  using enum NoticeLevel;
  using enum Course;
  switch (kind) {  // clang-format off
    case dropped:          return {"dropped", warning, begins, dropped, "down"};
    case returned:         return {"returned", info, ends, dropped, "up again"};
    case degraded:         return {"degraded", warning, begins, degraded, "degraded"};
    case not_degraded:     return {"not_degraded", info, ends, degraded, "no longer degraded"};
    case restart_asked:    return {"restart_asked", info, happens, dropped, "being restarted"};
    case restart_done:     return {"restart_done", info, happens, dropped, "restarted"};
    case restart_failed:   return {"restart_failed", warning, happens, dropped, "not restarted: the restart failed"};
    case restart_waits:    return {"restart_waits", info, happens, dropped, "not restarted yet"};
    case restart_given_up: return {"restart_given_up", error, happens, dropped, "restarted no more"};
    case restarts_stopped: return {"restarts_stopped", error, begins, restarts_stopped, "without restarts"};
    case restarts_go_on:   return {"restarts_go_on", info, ends, restarts_stopped, "restarted again"};
    case take_over_asked:    return {"take_over_asked", info, happens, taken_over, "being taken over"};
    case taken_over:         return {"taken_over", warning, begins, taken_over, "taken over"};
    case take_over_failed:   return {"take_over_failed", warning, happens, taken_over, "not taken over: the attempt failed"};
    case take_over_waits:    return {"take_over_waits", warning, happens, taken_over, "not taken over"};
    case given_back:         return {"given_back", info, ends, taken_over, "given back"};
    case not_given_back:     return {"not_given_back", warning, happens, taken_over, "not given back"};
    case take_overs_stopped: return {"take_overs_stopped", error, begins, take_overs_stopped, "without take-overs"};
    case take_overs_go_on:   return {"take_overs_go_on", info, ends, take_overs_stopped, "taken over again"};
    case forward_asked:      return {"forward_asked", info, happens, forwarded, "being forwarded"};
    case forwarded:          return {"forwarded", warning, begins, forwarded, "forwarded"};
    case forward_failed:     return {"forward_failed", warning, happens, forwarded, "not forwarded: the request failed"};
    case forward_ended:      return {"forward_ended", info, ends, forwarded, "no longer forwarded"};
    case forwards_stopped:   return {"forwards_stopped", error, begins, forwards_stopped, "without forwards"};
    case forwards_go_on:     return {"forwards_go_on", info, ends, forwards_stopped, "forwarded again"};
    case all_down:         return {"all_down", warning, begins, all_down, "without a usable member"};
    case not_all_down:     return {"not_all_down", info, ends, all_down, "usable again"};
    case backup_took_over: return {"backup_took_over", warning, begins, backup_took_over, "on their backup tier"};
    case backup_gave_back: return {"backup_gave_back", info, ends, backup_took_over, "back on their primary tier"};
    case zone_served:      return {"zone_served", info, ends, zone_refused, "served"};
    case zone_refused:     return {"zone_refused", error, begins, zone_refused, "refused"};
    case zone_expired:     return {"zone_expired", critical, begins, zone_expired, "expired"};
    case zone_confirmed:   return {"zone_confirmed", info, ends, zone_expired, "confirmed again"};
    case override_set:     return {"override_set", info, happens, override_set, "overridden"};
    case override_ended:   return {"override_ended", info, happens, override_set, "no longer overridden"};
    case normal_on:        return {"normal_on", warning, begins, normal_on, "normal"};
    case normal_off:       return {"normal_off", info, ends, normal_on, "no longer normal"};
    case frozen:           return {"frozen", warning, begins, frozen, "frozen"};
    case thawed:           return {"thawed", info, ends, frozen, "thawed"};
    case witness_silent:   return {"witness_silent", info, begins, witness_silent, "silent"};
    case witness_heard:    return {"witness_heard", info, ends, witness_silent, "heard"};
    case state_damaged:    return {"state_damaged", critical, happens, state_damaged, "damaged"};
    case state_not_kept:   return {"state_not_kept", critical, begins, state_not_kept, "not saved"};
    case state_kept:       return {"state_kept", info, ends, state_not_kept, "saved again"};
    case secondary_ahead:  return {"secondary_ahead", warning, happens, secondary_ahead, "behind a secondary"};
    case secondary_lags:      return {"secondary_lags", warning, begins, secondary_lags, "behind"};
    case secondary_caught_up: return {"secondary_caught_up", info, ends, secondary_lags, "no longer behind"};
  }  // clang-format on
  return {"", info, happens, kind, ""};
}

const char* to_string(NoticeKind kind) {
  return traits_of(kind).word;
}

}  // namespace rollcall::pool
