#include "pool/notice.hpp"

namespace rollcall::pool {

namespace {

std::int64_t ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}
std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

/// The pool's counts and its policy.
void add(Fields& fields, const PoolCount& pool) {
  constexpr std::array<std::string_view, PoolCount::kKinds> kKeys{"drained", "forced_down", "down",
                                                                  "kept_back", "usable"};
  for (std::size_t kind = 0; kind < kKeys.size(); ++kind) {
    fields.emplace_back(kKeys[kind], number(pool.of[kind]));
  }
  fields.emplace_back("min_healthy", std::int64_t{pool.min_healthy});
  fields.emplace_back("when_all_down", std::string(to_string(pool.when_all_down)));
  fields.emplace_back("observe_only", pool.observe_only);
}

/// What is known of a unit.
void add(Fields& fields, const UnitFacts& unit) {
  if (!unit.result_before.empty()) fields.emplace_back("result_before", unit.result_before);
  if (!unit.result.empty()) {
    fields.emplace_back("state", unit.state);
    fields.emplace_back("result", unit.result);
    fields.emplace_back("restarts_before", std::int64_t{unit.restarts_before});
    fields.emplace_back("restarts", std::int64_t{unit.restarts});
    fields.emplace_back("was_reset", unit.was_reset);
  }
  if (!unit.journal.empty()) fields.emplace_back("journal", unit.journal);
}

const char* word_of(Fate fate) {
  switch (fate) {
    case Fate::answered:
      return "answered";
    case Fate::left_out:
      return "left_out";
    case Fate::overridden:
      return "overridden";
    case Fate::normal:
      return "normal";
    case Fate::frozen:
      return "frozen";
    case Fate::would_answer:
      return "would_answer";
    case Fate::would_leave:
      return "would_leave";
    case Fate::pool_all_down:
      return "pool_all_down";
    case Fate::exchange_stays:
      return "exchange_stays";
    case Fate::too_few:
      return "too_few";
    case Fate::damped:
      return "flapping";
    case Fate::waits:
      return "failback";
    case Fate::not_needed:
      return "not_needed";
    case Fate::released:
      return "released";
  }
  return "";
}

struct Reader {
  Fields& fields;

  void operator()(std::monostate) const {}
  void operator()(const MemberFacts& facts) const {
    fields.emplace_back("fate", std::string(word_of(facts.fate)));
    fields.emplace_back("override", std::string(to_string(facts.override_kind)));
    fields.emplace_back("tier", std::string(to_string(facts.tier)));
    if (facts.left) fields.emplace_back("left_ms", ms(*facts.left));
  }
  void operator()(const PoolFacts& facts) const {
    add(fields, facts.pool);
    fields.emplace_back("primaries", number(facts.pool.primaries));
    fields.emplace_back("primaries_up", number(facts.pool.primaries_up));
    fields.emplace_back("normal", facts.normal);
  }
  void operator()(const RestartFacts& facts) const {
    fields.emplace_back("service", facts.service);
    if (!facts.needs.is_root()) fields.emplace_back("needs", facts.needs.to_display());
    if (facts.tries != 0) fields.emplace_back("tries", number(facts.tries));
    add(fields, facts.unit);
  }
  void operator()(const ZoneFacts& facts) const {
    fields.emplace_back("serial", std::int64_t{facts.serial});
    fields.emplace_back("records", number(facts.records));
  }
  void operator()(const OverrideFacts& facts) const {
    fields.emplace_back("override", std::string(to_string(facts.kind)));
    if (facts.lasts) fields.emplace_back("lasts_ms", ms(*facts.lasts));
  }
  void operator()(const NormalFacts& facts) const {
    if (facts.lasts) fields.emplace_back("lasts_ms", ms(*facts.lasts));
  }
  void operator()(const FreezeFacts& facts) const {
    const bool silent = facts.why == Isolation::witnesses_silent;
    fields.emplace_back("why", std::string(silent ? "witnesses_silent" : "mass_drop"));
    fields.emplace_back("fallen", number(facts.fallen));
    fields.emplace_back("members", number(facts.members));
    fields.emplace_back("window_ms", ms(facts.window));
    fields.emplace_back("witnesses", number(facts.witnesses));
  }
  void operator()(const ThawFacts& facts) const {
    fields.emplace_back("held", number(facts.held));
    fields.emplace_back("afresh", facts.afresh);
  }
  void operator()(const WitnessFacts& facts) const {
    fields.emplace_back("check", facts.check);
    fields.emplace_back("has_vote", facts.has_vote);
  }
  void operator()(const SecondaryFacts& facts) const {
    fields.emplace_back("secondary", facts.secondary.to_string());
    if (!facts.unknown) fields.emplace_back("serial", std::int64_t{facts.serial});
    fields.emplace_back("ours", std::int64_t{facts.ours});
    if (facts.lag) fields.emplace_back("lag_ms", ms(*facts.lag));
    if (facts.past) fields.emplace_back("past", std::int64_t{*facts.past});
  }
  void operator()(const TakeOverFacts& facts) const {
    if (!facts.owner.is_unspecified()) fields.emplace_back("owner", facts.owner.to_string());
    if (facts.node) fields.emplace_back("node", facts.node->to_string());
    if (facts.wait != TakeOverFacts::Wait::none)
      fields.emplace_back("why", std::string(to_string(facts.wait)));
    if (facts.left) fields.emplace_back("left_ms", ms(*facts.left));
  }
  void operator()(const ForwardFacts& facts) const {
    fields.emplace_back("service", facts.service);
    if (facts.to) fields.emplace_back("to", facts.to->to_string());
  }
};

}  // namespace

const char* to_string(TakeOverFacts::Wait wait) {
  switch (wait) {
    case TakeOverFacts::Wait::owner_answers:
      return "owner_answers";
    case TakeOverFacts::Wait::just_moved:
      return "just_moved";
    case TakeOverFacts::Wait::frozen:
      return "frozen";
    case TakeOverFacts::Wait::nobody:
      return "nobody";
    case TakeOverFacts::Wait::none:
      break;
  }
  return "none";
}

Fields fields_of(const Notice& notice) {
  Fields fields;
  std::visit(Reader{fields}, notice.facts);
  return fields;
}

}  // namespace rollcall::pool
