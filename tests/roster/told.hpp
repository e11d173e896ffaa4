/// What a test expects of notices: data, compared field by field, never their English.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

#include "pool/notice.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::pool {

inline void print_fact(std::ostream& out, std::string_view key, const auto& value) {
  out << ' ' << key << '=' << testing::PrintToString(value);
}
inline void print_facts(std::ostream& out, const NoticeFacts& facts) {
  for (const auto& [key, value] : fields_of({.facts = facts})) {
    std::visit([&, key = key](const auto& held) { print_fact(out, key, held); }, value);
  }
  // The facts that fields_of() leaves out.
  if (const auto* of = std::get_if<MemberFacts>(&facts)) print_fact(out, "service", of->service);
  if (const auto* of = std::get_if<PoolFacts>(&facts)) {
    print_fact(out, "some_drained", of->pool.some_drained);
  }
  if (const auto* of = std::get_if<OverrideFacts>(&facts)) {
    print_fact(out, "cause", static_cast<int>(of->cause));
    print_fact(out, "members", of->members);
  }
  if (const auto* of = std::get_if<NormalFacts>(&facts)) {
    print_fact(out, "cause", static_cast<int>(of->cause));
  }
  if (const auto* of = std::get_if<ThawFacts>(&facts)) {
    print_fact(out, "cause", static_cast<int>(of->cause));
  }
  if (const auto* of = std::get_if<WitnessFacts>(&facts)) {
    print_fact(out, "unwitnessed", of->unwitnessed);
  }
  if (const auto* of = std::get_if<RestartFacts>(&facts)) {
    print_fact(out, "refusal", static_cast<int>(of->refusal));
  }
  if (const auto* of = std::get_if<ZoneFacts>(&facts)) {
    print_fact(out, "served", static_cast<int>(of->served));
  }
}

template <class F, class Variant>
inline constexpr bool kIsOneOf = false;
template <class F, class... Each>
inline constexpr bool kIsOneOf<F, std::variant<Each...>> = (std::same_as<F, Each> || ...);
template <class F>
concept Facts = kIsOneOf<F, NoticeFacts>;

// In the namespace of what they print, where gtest looks for them.
inline void PrintTo(NoticeKind kind, std::ostream* out) {
  *out << to_string(kind);
}
template <Facts F>
void PrintTo(const F& facts, std::ostream* out) {
  print_facts(*out, NoticeFacts(facts));
}
inline void PrintTo(const Notice& notice, std::ostream* out) {
  *out << to_string(notice.kind) << (notice.alert ? " (alert)" : "");
  print_fact(*out, "name", notice.name.to_display());
  print_fact(*out, "member", notice.member ? notice.member->to_string() : "");
  print_fact(*out, "exchange", notice.exchange);
  print_fact(*out, "reason", notice.reason);
  print_fact(*out, "actor", notice.actor);
  print_facts(*out, notice.facts);
}

}  // namespace rollcall::pool

namespace rollcall::roster {

/// A notice without its facts. `name` and `member` are texts: "www.example.com", "192.0.2.11".
struct Told {
  NoticeKind kind{};
  std::string name = {};    // the pool or zone
  std::string member = {};  // or the witness
  std::string exchange = {};
  std::string reason = {};
  std::string actor = {};

  bool operator==(const Told&) const = default;
};

inline Told told_of(const Notice& notice) {
  return {.kind = notice.kind,
          .name = notice.name.is_root() ? "" : notice.name.to_display(),
          .member = notice.member ? notice.member->to_string() : "",
          .exchange = notice.exchange,
          .reason = notice.reason,
          .actor = notice.actor};
}

inline void PrintTo(const Told& told, std::ostream* out) {
  *out << to_string(told.kind);
  pool::print_fact(*out, "name", told.name);
  pool::print_fact(*out, "member", told.member);
  pool::print_fact(*out, "exchange", told.exchange);
  pool::print_fact(*out, "reason", told.reason);
  pool::print_fact(*out, "actor", told.actor);
}

using IsTold = testing::Matcher<const Notice&>;

/// Equal in all but its facts.
inline IsTold is_told(const Told& expected) {
  return testing::ResultOf("what is told", told_of, testing::Eq(expected));
}
/// @param facts  all of them, or a matcher of the facts of one kind
template <Facts F>
IsTold is_told(const Told& expected, const F& facts) {
  return testing::AllOf(
      is_told(expected),
      testing::Field("facts", &Notice::facts, testing::VariantWith<F>(testing::Eq(facts))));
}
template <Facts F>
IsTold is_told(const Told& expected, const testing::Matcher<const F&>& facts) {
  return testing::AllOf(is_told(expected),
                        testing::Field("facts", &Notice::facts, testing::VariantWith<F>(facts)));
}
/// Of a member that went down or is up again: what becomes of it in the answers.
inline testing::Matcher<const MemberFacts&> is(Fate fate) {
  return testing::Field("fate", &MemberFacts::fate, fate);
}
/// @param left  for how long it is still kept back
inline testing::Matcher<const MemberFacts&> is(Fate fate,
                                               testing::Matcher<std::optional<Duration>> left) {
  return testing::AllOf(is(fate), testing::Field("left", &MemberFacts::left, left));
}
inline testing::Matcher<const ThawFacts&> is(ThawFacts::Cause cause) {
  return testing::Field("cause", &ThawFacts::cause, cause);
}
/// Of a pool: the percentage of its members that must be up.
inline testing::Matcher<const PoolFacts&> needs(unsigned min_healthy) {
  return testing::Field("pool", &PoolFacts::pool,
                        testing::Field("min_healthy", &PoolCount::min_healthy, min_healthy));
}
/// The pool with these numbers of members.
inline PoolCount with(PoolCount pool,
                      std::initializer_list<std::pair<PoolCount::Kind, std::size_t>> members) {
  for (const auto& [kind, count] : members) pool.of[kind] = count;
  return pool;
}

inline std::ptrdiff_t count_of(const std::vector<Notice>& notices, NoticeKind kind) {
  return std::ranges::count(notices, kind, &Notice::kind);
}

}  // namespace rollcall::roster
