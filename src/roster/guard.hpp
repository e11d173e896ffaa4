/// An owner of the pipeline: "is it me or them?"
///
/// Owns witnesses, falls, the freeze, and the health of members as it is judged. While answers are
/// frozen a member is judged as it was: also one that fell within the interval before, because the
/// first of a thousand that seem to fail are no deader than the last.
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

/// For how long alerts of falls wait: of a mass drop one alert shall be sent.
struct AlertWait {
  bool wanted = false;  // somebody has fallen just now, and the guard can still freeze the answers
  Duration longest{};   // that the guard takes a fall back
  Duration quiet{};     // without a fall ends the wait
  Instant last_fall{};  // that counts
};

class Guard {
 public:
  /// @param agreement, overrides only read
  Guard(Step& step, const Roll& roll, const Agreement& agreement, const Overrides& overrides,
        Returns& returns)
      : step_(step), roll_(roll), agreement_(agreement), overrides_(overrides), returns_(returns) {}

  void load(std::vector<SavedWitness> saved) { saved_ = std::move(saved); }
  /// @return true where the witnesses are others than before
  bool configure(const Configured& event);
  const std::vector<WitnessSpec>& witness_specs() const noexcept { return spec_.witnesses; }

  // Judgement.
  State judged(MemberRef ref) const { return rows_[ref].judged; }
  /// Of its weight, as its checks ask for; held while frozen.
  std::uint8_t percent(MemberRef ref) const { return rows_[ref].percent; }
  bool is_frozen() const noexcept { return freeze_.has_value(); }
  /// It turned down, and policy goes by what it was.
  bool is_held(MemberRef ref) const {
    return agreement_.health(ref) == State::down && judged(ref) != State::down;
  }
  /// It is judged as it is agreed.
  /// @return how it was judged before
  State follow(MemberRef ref);
  /// @return true where it asks for another share than before
  bool take_percent(MemberRef ref, std::uint8_t percent);

  // Falls.
  /// A member has turned down; it is judged as before still.
  /// isolates: answers are to be frozen, freeze() follows. counts: its probes decide of an answer.
  enum class Fall : std::uint8_t { isolates, counts, ignored };
  Fall fell(const Turn& turn);
  void returned(const Turn& turn);
  /// An operator speaks of a member.
  void discount_fall(MemberRef ref, bool automatic);
  /// It is no longer a member, or a reload itself says how it is.
  /// @param since it was observed as it was until then
  void forget_fall(MemberRef ref, Instant since);
  bool is_isolated();
  /// Takes back the falls of a moment before, and tells. @pre is_isolated()
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
    bool afresh = false;      // no witness had been heard at some time of it
    bool first_vote = false;  // restarts may be asked for from now on
    bool new_vote = false;    // to be saved
  };
  Heard take(const WitnessWord& word);
  /// No witness can tell whether this host itself has lost the network: no service is restarted
  /// while that is so.
  bool is_unwitnessed() const { return !witnesses_.empty() && voters() == 0; }

  // Numbers.
  AlertWait alert_wait();
  /// After an operator has spoken, and before answers are frozen.
  /// @return true where nothing is held any more: the freeze is over
  bool recount();
  /// After zones were built: counted once, when somebody asks.
  bool recount_later();

  // Members, as they are bound.
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  void add(MemberRef ref);
  /// One that stays, in a pool whose policy was `former`.
  void renew(MemberRef ref, const PoolSpec& former);
  /// Of one that left its pool at the last rebind(), and was observed so since then.
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
    bool told = false;            // of its silence, since the start or the last reload
  };
  struct Freeze {
    Instant since;
    bool unheard = false;  // no witness answered at some time of it
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
  std::size_t member_count_ = 0;  // whose probes decide of an answer
  bool members_counted_ = true;   // else the count is of an earlier moment
  Falls falls_;
  Duration fall_window_{};  // the longest interval of a check
  Duration doubt_{};        // for so long after its fall a member is taken back
  Duration quiet_{};        // without a fall ends the wait of alerts
};

}  // namespace rollcall::roster
