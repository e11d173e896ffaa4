#include "pool/standin_text.hpp"

#include <fmt/format.h>

#include "pool/restart_policy.hpp"
#include "pool/restart_text.hpp"

namespace rollcall::pool {
namespace {

std::string text_of(const std::optional<IpAddress>& address) {
  return address ? address->to_string() : std::string();
}

}  // namespace

std::string subject_of(const Notice& notice, const TakeOverFacts& facts) {
  const std::string owner = facts.owner.to_string();
  const std::string node = text_of(facts.node);
  const std::string who = text_of(notice.member) + ": ";
  switch (notice.kind) {
    case NoticeKind::take_over_asked:
      return fmt::format(
          "{}asking the agent of {} to take the address over: its owner {} is dead as seen from "
          "here and from there",
          who, node, owner);
    case NoticeKind::taken_over:
      return fmt::format("{}{} has taken the address over from {}", who, node, owner);
    case NoticeKind::take_over_failed:
      return fmt::format("{}{} could not take the address over", who, node);
    case NoticeKind::take_over_waits:
      return fmt::format("{}no node takes the address over, although its owner {} is silent", who,
                         owner);
    case NoticeKind::not_given_back:
      return fmt::format("{}its owner {} is back, but has not got the address", who, owner);
    case NoticeKind::take_overs_stopped:
      return fmt::format("no address is taken over for {}: the last {} attempts have failed",
                         format_duration(kBreakerTime), kBreakerLimit);
    case NoticeKind::take_overs_go_on:
      return "addresses are taken over again: " + why_stop_ended(notice.actor);
    default:
      return fmt::format("{}the owner {} has the address{}", who, owner,
                         facts.node ? " again, given back by " + node : "");
  }
}

std::string why_waiting(const TakeOverFacts& facts, const std::string& reason) {
  switch (facts.wait) {
    case TakeOverFacts::Wait::owner_answers:
      return fmt::format("{} still sees it: the path from here to it may be broken",
                         text_of(facts.node));
    case TakeOverFacts::Wait::just_moved:
      return fmt::format("it has just moved: it is not taken over again for {}",
                         format_duration(std::chrono::ceil<std::chrono::seconds>(
                             facts.left.value_or(Duration::zero()))));
    case TakeOverFacts::Wait::frozen:
      return "answers are frozen, or no witness has ever answered: the fault may be here";
    case TakeOverFacts::Wait::nobody:
      return fmt::format("no taker's agent can be asked: {}", reason);
    case TakeOverFacts::Wait::none:
      break;
  }
  return {};
}

std::string detail_of(const Notice& notice, const TakeOverFacts& facts) {
  const std::string owner = facts.owner.to_string();
  if (notice.kind == NoticeKind::taken_over) {
    return fmt::format("it is given back when {} is seen again", owner);
  }
  if (notice.kind == NoticeKind::take_overs_stopped) {
    return std::string(kHowStopEnds);
  }
  return facts.wait == TakeOverFacts::Wait::none ? notice.reason
                                                 : why_waiting(facts, notice.reason);
}

std::string subject_of(const Notice& notice, const ForwardFacts& facts) {
  const std::string who = fmt::format("{}: ", notice.name.to_display());
  const std::string what =
      fmt::format("the port of {} on {}", facts.service, text_of(notice.member));
  const std::string to = text_of(facts.to);
  switch (notice.kind) {
    case NoticeKind::forward_asked:
      return fmt::format("{}asking the agent of {} to lead the port of {} to {}", who,
                         text_of(notice.member), facts.service, to);
    case NoticeKind::forwarded:
      return fmt::format("{}{} leads to {}", who, what, to);
    case NoticeKind::forwards_stopped:
      return fmt::format("no port is forwarded for {}: the last {} attempts have failed",
                         format_duration(kBreakerTime), kBreakerLimit);
    case NoticeKind::forwards_go_on:
      return "ports are forwarded again: " + why_stop_ended(notice.actor);
    case NoticeKind::forward_failed:
      return facts.to ? fmt::format("{}{} could not be led to {}", who, what, to)
                      : fmt::format("{}{} still leads to another node", who, what);
    default:
      return fmt::format("{}{} leads to no other node any more", who, what);
  }
}

std::string detail_of(const Notice& notice, const ForwardFacts&) {
  return notice.kind == NoticeKind::forwards_stopped ? std::string(kHowStopEnds) : notice.reason;
}

}  // namespace rollcall::pool
