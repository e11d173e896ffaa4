/// An owner of the pipeline: the isolation guard.
///
/// Owns witnesses, falls, the freeze, and judged health. While answers are frozen, members are
/// judged as before. That includes those that fell within the interval before the freeze: the first
/// to fall are no deader than the last.
///
/// Limitation: a restart of the server forgets that answers were frozen.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "pool/isolation.hpp"
#include "pool/status.hpp"
#include "roll/agreement.hpp"
#include "roll/event.hpp"
#include "roster/falls.hpp"
#include "roster/overrides.hpp"
#include "roster/returns.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

/// How long alerts of falls wait, so that a mass drop causes one alert.
struct AlertWait {
  bool wanted = false;  // a member fell just now, and the guard can still freeze the answers
  Duration longest{};   // for which the guard can take a fall back
  Duration quiet{};     // this long without a fall ends the wait
  Instant last_fall{};  // the last fall that counts
};

class Guard {
 public:
  /// @param agreement, overrides only read
  Guard(Step& step, const Roll& roll, const Agreement& agreement, const Overrides& overrides,
        Returns& returns)
      : step_(step), roll_(roll), agreement_(agreement), overrides_(overrides), returns_(returns) {}

  void load(std::vector<SavedWitness> saved) { saved_ = std::move(saved); }
  /// @return true where the witnesses have changed
  bool configure(const Configured& event);
  const std::vector<WitnessSpec>& witness_specs() const noexcept { return spec_.witnesses; }

  // Judgement.
  State judged(MemberRef ref) const { return rows_[ref].judged; }
  /// The percentage of its weight that its checks ask for; held while frozen.
  std::uint8_t percent(MemberRef ref) const { return rows_[ref].percent; }
  bool is_frozen() const noexcept { return freeze_.has_value(); }
  /// It turned down, and policy goes by its earlier health.
  bool is_held(MemberRef ref) const {
    return agreement_.health(ref) == State::down && judged(ref) != State::down;
  }
  /// Its agreed health becomes its judged health.
  /// @return how it was judged before
  State follow(MemberRef ref);
  /// @return true where it asks for another share than before
  bool take_percent(MemberRef ref, std::uint8_t percent);

  // Falls.
  /// A member has turned down; its judged health is still as before. isolates: the caller must
  /// freeze(). counts: its probes decide what is answered.
  enum class Fall : std::uint8_t { isolates, counts, ignored };
  Fall fell(const Turn& turn);
  void returned(const Turn& turn);
  /// An operator sets an override of a member, or ends it.
  void discount_fall(MemberRef ref, bool automatic);
  /// The member is gone, or a reload has changed its health.
  /// @param since when its health before that began
  void forget_fall(MemberRef ref, Instant since);
  bool is_isolated();
  /// Takes back recent falls, and tells. @pre is_isolated()
  void freeze();

  // The end of a freeze: first this,
  void begin_thaw();
  /// then of each member that was held: its fall counts from now on,
  void note_late_fall(MemberRef ref);
  /// then what is told of it.
  void tell_thaw(ThawFacts::Cause cause, bool afresh, std::optional<IpAddress> witness,
                 std::string actor);
  /// An operator knows of the witnesses' silence: until one is heard again it is no news.
  void mute_witnesses() noexcept { witnesses_muted_ = true; }
  std::size_t held() const noexcept { return held_; }

  // Witnesses.
  struct Heard {
    bool isolated = false;    // freeze() follows
    bool thaws = false;       // the freeze is over
    bool afresh = false;      // at some time of the freeze no witness was heard
    bool first_vote = false;  // restarts may be asked for from now on
    bool new_vote = false;    // to be saved
  };
  Heard take(const WitnessWord& word);
  /// There are witnesses, but none has a vote: none can tell whether this host itself has lost the
  /// network. Meanwhile no service is restarted.
  bool is_unwitnessed() const { return !witnesses_.empty() && voters() == 0; }

  // Numbers.
  AlertWait alert_wait();
  /// After an operator has spoken, and before answers are frozen.
  /// @return true where nothing is held any more: the freeze is over
  bool recount();
  /// After zones were built: members are counted once, when needed.
  bool recount_later();

  // Members, as they are bound.
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  void add(MemberRef ref);
  /// A member that stays, in a pool whose policy was `former`.
  void renew(MemberRef ref, const PoolSpec& former);
  /// A member left its pool at the last rebind(); its last health began at `since`.
  void leave(MemberIndex was, Instant since);
  void forget(PoolIndex pool);

  void show(Status& status, Instant now) const;
  void add_saved(std::vector<SavedWitness>& saved) const;
  void check_invariants();

 private:
  struct Judgement {
    State judged = State::unknown;
    std::uint8_t percent = 100;
    Falls::FallId fall;  // its last one; 0: none
  };
  struct Witness {
    std::optional<bool> answers;  // its last probe, if there was one
    bool has_vote = false;        // it has answered once: its silence counts
    bool told = false;            // its silence was told, since the start or the last reload
  };
  struct Freeze {
    Instant since;
    bool unheard = false;  // at some time of it no witness was heard
    FreezeFacts facts;
  };

  bool is_guarded(MemberRef ref) const;
  void note_fall(MemberRef ref, State before);
  bool undo_fall(MemberRef ref);
  void count();
  std::size_t member_count();
  Signs signs();

  // witnesses.cpp
  bool set_witnesses(const std::vector<WitnessSpec>& wanted);
  bool has_answered(const WitnessSpec& spec) const;
  std::size_t voters() const;
  std::size_t silent_voters() const;
  void tell_of_silence(const WitnessWord& word);
  void give_vote(WitnessIndex witness);

  Step& step_;
  const Roll& roll_;
  const Agreement& agreement_;
  const Overrides& overrides_;
  Returns& returns_;
  PerMember<Judgement> rows_;
  GuardSpec spec_;
  std::vector<SavedWitness> saved_;  // of the last run
  IdVector<WitnessIndex, Witness> witnesses_;
  bool witnesses_muted_ = false;
  std::optional<Freeze> freeze_;
  std::size_t held_ = 0;          // members that turned down and are answered as before
  std::size_t member_count_ = 0;  // members whose probes decide what is answered
  bool members_counted_ = true;   // false: the count is out of date
  Falls falls_;
  Duration fall_window_{};  // the longest interval of a check
  Duration doubt_{};        // how long after a fall it can be taken back
  Duration quiet_{};        // this long without a fall ends the wait of alerts
};

}  // namespace rollcall::roster
