/// The one place that makes English of notices.
#include <fmt/format.h>

#include "core/counted.hpp"
#include "pool/notice.hpp"
#include "pool/restart_text.hpp"
#include "pool/secondary_text.hpp"
#include "pool/standin_text.hpp"
#include "pool/zone_notice_text.hpp"

namespace rollcall::pool {
namespace {

// A log line has room for so many; the reply to the operator lists them all.
constexpr std::size_t kNamesInALine = 8;

constexpr std::array<std::string_view, PoolCount::kKinds> kWords{"drained", "forced down", "down",
                                                                 "kept back", "without a share"};

/// "192.0.2.1", "mx1.example.com (192.0.2.1)", "mx1.example.com".
std::string member_of(const Notice& notice) {
  if (!notice.member) return notice.exchange;
  if (notice.exchange.empty()) return notice.member->to_string();
  return fmt::format("{} ({})", notice.exchange, notice.member->to_string());
}

std::string_view by(const Notice& notice) {
  return notice.actor.empty() ? std::string_view("an operator") : notice.actor;
}

std::string seconds_of(std::optional<Duration> left) {
  return format_duration(std::chrono::ceil<std::chrono::seconds>(left.value_or(Duration{})));
}

/// "no primary member is usable", "1 of 3 primary members is usable".
std::string primaries_left(const PoolCount& pool) {
  if (pool.primaries_up == 0) return "no primary member is usable";
  return fmt::format("{} of {} {} usable", pool.primaries_up,
                     counted(pool.primaries, "primary member", "primary members"),
                     pool.primaries_up == 1 ? "is" : "are");
}

struct Subject {
  const Notice& notice;

  std::string operator()(std::monostate) const {
    switch (notice.kind) {
      case NoticeKind::state_not_kept:
        return "state_dir: " + notice.reason;
      case NoticeKind::state_kept:
        return "state_dir is writable again; everything is saved";
      default:
        return notice.reason;
    }
  }
  std::string operator()(const MemberFacts& facts) const {
    const std::string who = fmt::format("{}: {} is ", notice.name.to_display(), member_of(notice));
    switch (notice.kind) {
      case NoticeKind::dropped:
        return who + "down: " + notice.reason;
      case NoticeKind::degraded:
        return who + "degraded: " + notice.reason;
      case NoticeKind::not_degraded:
        return who + "no longer degraded";
      default:
        return who + (facts.fate == Fate::released ? "kept back no longer" : "up again");
    }
  }
  std::string operator()(const PoolFacts& facts) const {
    const std::string name = notice.name.to_display();
    switch (notice.kind) {
      case NoticeKind::all_down:
        return fmt::format(
            "{}: {}; {}", name, why_all_down(facts.pool),
            facts.normal ? "returning all (normal is on)" : answer_when_all_down(facts.pool));
      case NoticeKind::not_all_down:
        return fmt::format(
            "{}: {} up again", name,
            facts.pool.min_healthy == 0 ? "at least one member is" : "enough members are");
      case NoticeKind::backup_took_over:
        return fmt::format("{}: the backup tier takes over: {}", name, primaries_left(facts.pool));
      default:
        return name + ": the primary tier serves again instead of the backup tier";
    }
  }
  std::string operator()(const RestartFacts& facts) const { return subject_of(notice, facts); }
  std::string operator()(const ZoneFacts& facts) const { return zone_subject(notice, facts); }
  std::string operator()(const OverrideFacts& facts) const {
    const std::string who = fmt::format("{}: {} ", notice.name.to_display(), joined(facts.members));
    switch (facts.cause) {
      case OverrideFacts::Cause::time_is_up:
        return fmt::format("{}is auto again: its override ({}) has expired", who,
                           to_string(facts.kind));
      case OverrideFacts::Cause::gone:
        return fmt::format("{}was {}, and is no longer a member", who, to_string(facts.kind));
      case OverrideFacts::Cause::an_operator:
        break;
    }
    const bool automatic = facts.kind == OverrideKind::automatic;
    return fmt::format("{}{} {} by {}{}{}{}", who, facts.members.size() > 1 ? "are" : "is",
                       automatic ? "set to auto again" : to_string(facts.kind), by(notice),
                       lasting_text(facts.lasts), notice.reason.empty() ? "" : ": ", notice.reason);
  }
  std::string operator()(const NormalFacts& facts) const {
    switch (facts.cause) {
      case NormalFacts::Cause::time_is_up:
        return "normal has ended: its time is up";
      case NormalFacts::Cause::last_run:
        return "normal is still on from the last run";
      case NormalFacts::Cause::an_operator:
        break;
    }
    const bool on = notice.kind == NoticeKind::normal_on;
    return fmt::format("normal is {}{}, by {}", on ? "on" : "off", lasting_text(facts.lasts),
                       by(notice));
  }
  std::string operator()(const FreezeFacts& facts) const {
    return "answers are frozen: " + why_frozen(facts);
  }
  std::string operator()(const ThawFacts& facts) const {
    const std::string what = "answers follow the probes again: ";
    switch (facts.cause) {
      case ThawFacts::Cause::all_up:
        return what + "all members that had gone down are up again";
      case ThawFacts::Cause::none_left:
        return what + "none of the members that had gone down is left";
      case ThawFacts::Cause::witness:
        return fmt::format("{}the witness {} responds", what, member_of(notice));
      case ThawFacts::Cause::an_operator:
        break;
    }
    return fmt::format("{}thawed by {}", what, by(notice));
  }
  std::string operator()(const WitnessFacts& facts) const {
    const std::string who =
        fmt::format("the witness {} (check {}) ", member_of(notice), facts.check);
    if (notice.kind == NoticeKind::witness_heard) {
      return who + "answers: from now on its silence counts";
    }
    return fmt::format("{}{}: {}", who, facts.has_vote ? "does not answer" : "has never answered",
                       notice.reason);
  }
  std::string operator()(const SecondaryFacts& facts) const { return subject_of(notice, facts); }
  std::string operator()(const TakeOverFacts& facts) const { return subject_of(notice, facts); }
  std::string operator()(const ForwardFacts& facts) const { return subject_of(notice, facts); }
};

/// Of a member that went down.
std::string after_fall(const MemberFacts& facts) {
  switch (facts.fate) {
    case Fate::overridden:
      return fmt::format("override: {}", to_string(facts.override_kind));
    case Fate::normal:
      return "normal is on: it is still answered";
    case Fate::would_answer:
    case Fate::would_leave:
      return fmt::format(
          "observe_only: it would {}{}",
          facts.fate == Fate::would_answer ? "still be answered" : "be left out",
          facts.service.empty() ? "" : ", and its agent asked to restart " + facts.service);
    case Fate::frozen:
      return "answers are frozen: they stay as they were";
    case Fate::pool_all_down:
      return why_all_down(facts.pool);
    case Fate::exchange_stays:
      return "its exchange is still answered: another of its addresses is up";
    case Fate::too_few:
      return fmt::format("it is still answered: too few members of its type are up ({})",
                         to_string(facts.pool.when_all_down));
    default:
      return "it is left out of the answers";
  }
}

/// Of a member that is up again.
std::string after_return(const MemberFacts& facts) {
  switch (facts.fate) {
    case Fate::overridden:
      return fmt::format("override: {}", to_string(facts.override_kind));
    case Fate::frozen:
      return "answers are frozen: they stay as they were";
    case Fate::would_answer:
      return "observe_only: it would be answered again";
    case Fate::would_leave:
      return "observe_only: it would still be left out";
    case Fate::damped:
      return fmt::format("it is kept back for {}: it went down too often", seconds_of(facts.left));
    case Fate::waits:
      return facts.left ? fmt::format("it is kept back for {} (failback)", seconds_of(facts.left))
                        : "it is kept back until an operator sets it to auto (failback: manual)";
    case Fate::too_few:
      return "it is not answered: too few members are up";
    case Fate::not_needed:
      return fmt::format("it is a {}, and not needed now", to_string(facts.tier));
    case Fate::released:
      return {};
    default:
      return "it is answered again";
  }
}

struct Detail {
  const Notice& notice;

  std::string operator()(std::monostate) const {
    if (notice.kind != NoticeKind::state_not_kept) return {};
    return "answers still follow the probes. Until state_dir can be written, secondaries get no "
           "changes, and a restart loses new overrides.";
  }
  std::string operator()(const MemberFacts& facts) const {
    switch (notice.kind) {
      case NoticeKind::dropped:
        return after_fall(facts);
      case NoticeKind::degraded:
        return facts.fate == Fate::answered ? "it is still answered" : "";
      case NoticeKind::not_degraded:
        return {};
      default:
        return after_return(facts);
    }
  }
  std::string operator()(const PoolFacts&) const { return {}; }
  std::string operator()(const RestartFacts& facts) const { return detail_of(notice, facts); }
  std::string operator()(const ZoneFacts&) const { return notice.reason; }
  std::string operator()(const OverrideFacts&) const { return {}; }
  std::string operator()(const NormalFacts&) const {
    return notice.kind == NoticeKind::normal_on
               ? "everything in the zone files is answered, whatever the probes say"
               : "answers follow the probes and the overrides again";
  }
  std::string operator()(const FreezeFacts& facts) const {
    return fmt::format("answers stay unchanged until {}an operator runs \"rollcallctl thaw\"",
                       facts.witnesses == 0 ? "" : "a witness responds or ");
  }
  std::string operator()(const ThawFacts& facts) const {
    if (facts.held == 0) return {};
    return facts.afresh
               ? counted(facts.held, "member counts", "members count") + " as up until probed"
               : counted(facts.held, "member is down", "members are down");
  }
  std::string operator()(const WitnessFacts& facts) const {
    if (notice.kind == NoticeKind::witness_heard) return {};
    if (facts.has_vote) return "It has answered before, so its silence counts";
    return facts.unwitnessed ? "No witness has answered yet: until one does, max_drop alone guards "
                               "the answers, and no restart is asked for"
                             : "Until it answers, its silence does not count";
  }
  std::string operator()(const SecondaryFacts& facts) const { return detail_of(notice, facts); }
  std::string operator()(const TakeOverFacts& facts) const { return detail_of(notice, facts); }
  std::string operator()(const ForwardFacts& facts) const { return detail_of(notice, facts); }
};

}  // namespace

std::string subject_of(const Notice& notice) {
  return std::visit(Subject{notice}, notice.facts);
}

std::string detail_of(const Notice& notice) {
  return std::visit(Detail{notice}, notice.facts);
}

std::string why_all_down(const PoolCount& pool) {
  std::size_t total = 0;
  for (const std::size_t count : pool.of) total += count;
  const std::size_t usable = pool.of[PoolCount::usable];
  if (pool.min_healthy != 0 && usable != 0) {
    return fmt::format("too few usable members: {} of {} {} up, {} % are needed", usable,
                       total - pool.of[PoolCount::drained], usable == 1 ? "is" : "are",
                       pool.min_healthy);
  }
  if (total == 0) return "no usable member";
  for (std::size_t kind = 0; kind < PoolCount::kKinds; ++kind) {
    if (pool.of[kind] != total) continue;
    return total == 1 ? fmt::format("no usable member: the only one is {}", kWords[kind])
                      : fmt::format("no usable member: all {} are {}", total, kWords[kind]);
  }
  std::string parts;
  for (std::size_t kind = 0; kind < PoolCount::kKinds; ++kind) {
    if (pool.of[kind] == 0) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", pool.of[kind], kWords[kind]);
  }
  return "no usable member: " + parts;
}

std::string answer_when_all_down(const PoolCount& pool) {
  const std::string_view all =
      pool.some_drained ? "returning all but the drained" : "returning all";
  if (pool.observe_only) {
    return fmt::format("{} (observe_only, without it {})", all, to_string(pool.when_all_down));
  }
  switch (pool.when_all_down) {
    case WhenAllDown::fail_closed:
      return "returning none (fail_closed)";
    case WhenAllDown::fallback:
      return "returning the fallback";
    case WhenAllDown::fail_open:
      break;
  }
  return fmt::format("{} (fail_open)", all);
}

std::string why_frozen(const FreezeFacts& freeze) {
  if (freeze.why == Isolation::witnesses_silent) {
    return fmt::format("members go down, and {}", freeze.witnesses == 1
                                                      ? "the witness does not respond"
                                                      : "no witness responds");
  }
  return fmt::format("{} of {} members went down within {}", freeze.fallen, freeze.members,
                     format_duration(freeze.window));
}

std::string joined(const std::vector<std::string>& members) {
  std::string names;
  const std::size_t shown = members.size() > kNamesInALine ? kNamesInALine - 1 : members.size();
  for (std::size_t i = 0; i < shown; ++i) names += (i == 0 ? "" : ", ") + members[i];
  if (shown < members.size()) names += fmt::format(" and {} more", members.size() - shown);
  return names;
}

}  // namespace rollcall::pool
