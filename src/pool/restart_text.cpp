#include "pool/restart_text.hpp"

#include <fmt/format.h>

#include "core/counted.hpp"
#include "pool/restart_policy.hpp"

namespace rollcall::pool {
namespace {

std::string up_to_seconds(const std::optional<Duration>& left) {
  return format_duration(std::chrono::ceil<std::chrono::seconds>(left.value_or(Duration{})));
}

}  // namespace

std::string why_stop_ended(const std::string& actor) {
  return actor.empty() ? "the time of the stop is up" : actor + " has ended the stop";
}

std::string subject_of(const Notice& notice, const RestartFacts& facts) {
  const std::string address = notice.member ? notice.member->to_string() : std::string();
  switch (notice.kind) {
    case NoticeKind::restart_asked:
      return fmt::format("{}: asking the agent of {} to restart {}{}{}", notice.name.to_display(),
                         address, facts.service, notice.actor.empty() ? "" : ", requested by ",
                         notice.actor);
    case NoticeKind::restarts_stopped:
      return fmt::format("no service is restarted for {}: the last {} restarts have not helped",
                         format_duration(kBreakerTime), facts.tries);
    case NoticeKind::restarts_go_on:
      return "services are restarted again: " + why_stop_ended(notice.actor);
    case NoticeKind::restart_waits:
      return fmt::format("{}: {} on {} is not restarted: the pool needs {}, which is down",
                         notice.name.to_display(), facts.service, address,
                         facts.needs.to_display());
    case NoticeKind::restart_given_up:
      return fmt::format("{}: {} on {} is restarted no more: {} have not helped",
                         notice.name.to_display(), facts.service, address,
                         counted(facts.tries, "restart", "restarts"));
    default:
      break;
  }
  const std::string what = fmt::format("restart of {} on {}", facts.service, address);
  switch (facts.refusal) {
    case RestartFacts::Refusal::pool_is_busy:
      return fmt::format("{} refused: pool {} has a restart under way", what,
                         facts.busy.to_display());
    case RestartFacts::Refusal::no_member:
      return what + " refused: the address is not a member of any pool";
    case RestartFacts::Refusal::none:
      break;
  }
  return what + (notice.kind == NoticeKind::restart_done ? " done" : " failed");
}

std::string detail_of(const Notice& notice, const RestartFacts& facts) {
  switch (notice.kind) {
    case NoticeKind::restarts_stopped:
      return std::string(kHowStopEnds);
    case NoticeKind::restart_waits:
      return fmt::format("if it is still down when {} is up again, it is restarted then",
                         facts.needs.to_display());
    case NoticeKind::restart_given_up:
      return fmt::format("a person has to look; \"rollcallctl restart {} {}\" asks the agent again",
                         notice.member ? notice.member->to_string() : "", facts.service);
    default:
      return with_unit_lines(notice.reason, facts.unit);
  }
}

std::string note_of(const RestartOutlook& outlook) {
  using enum RestartOutlook::Course;
  switch (outlook.course) {
    case none:
      return {};
    case under_way:
      return "under way";
    case other_first:
      return "waits for the restart on " + outlook.member.value_or(IpAddress()).to_string();
    case overridden:
      return fmt::format("not asked: {}", to_string(outlook.override_kind));
    case frozen:
      return "not asked: answers are frozen";
    case unwitnessed:
      return "not asked: no witness has answered yet";
    case observes:
      return "not asked: observe_only";
    case in_doubt:
      return "not asked: too few bad probes yet";
    case asked_out:
      return "not asked: the member itself asks to be left out";
    case needs:
      return fmt::format("not asked: {}, which it needs, is down", outlook.needed.to_display());
    case given_up:
      return "given up: the last restarts have not helped";
    case all_stopped:
      return fmt::format("not asked for {}: all restarts are stopped", up_to_seconds(outlook.left));
    case delayed:
      return fmt::format("asked in {}, if it is still down", up_to_seconds(outlook.left));
    case paused:
      return fmt::format("asked again in {}: at most once in {}", up_to_seconds(outlook.left),
                         format_duration(outlook.pause.value_or(Duration{})));
    case spent:
      return fmt::format("asked again in {}: at most {} times an hour", up_to_seconds(outlook.left),
                         kRestartsPerWindow);
    case no_key:
      return "not asked: no key for this node in agents.keys_dir";
  }
  return {};
}

const char* to_string(RestartOutlook::Course course) {
  using enum RestartOutlook::Course;
  switch (course) {
    case none:
      return "none";
    case under_way:
      return "under_way";
    case other_first:
      return "other_first";
    case overridden:
      return "overridden";
    case frozen:
      return "frozen";
    case unwitnessed:
      return "unwitnessed";
    case observes:
      return "observe_only";
    case in_doubt:
      return "in_doubt";
    case asked_out:
      return "asked_out";
    case needs:
      return "needs";
    case given_up:
      return "given_up";
    case all_stopped:
      return "all_stopped";
    case delayed:
      return "delayed";
    case paused:
      return "paused";
    case spent:
      return "spent";
    case no_key:
      return "no_key";
  }
  return "";
}

}  // namespace rollcall::pool
