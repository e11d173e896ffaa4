/// Guard: its witnesses, and which of them count.
///
/// A witness has a vote once it has answered, in this run of the server or in an earlier one.
/// Otherwise one that is behind a firewall, or whose address is mistyped, would freeze the answers
/// when the first member dies.
#include <algorithm>

#include "roster/guard.hpp"

namespace rollcall::roster {

/// Witnesses that stay, with the same check, keep what is known of them.
bool Guard::set_witnesses(const std::vector<WitnessSpec>& wanted) {
  for (Witness& witness : witnesses_) witness.told = false;  // told of at each reload
  if (wanted == spec_.witnesses) return false;
  IdVector<WitnessIndex, Witness> kept;
  for (const WitnessSpec& spec : wanted) kept.emplace_back().has_vote = has_answered(spec);
  witnesses_ = std::move(kept);
  return true;
}

/// By the last configuration, or as it was saved.
bool Guard::has_answered(const WitnessSpec& spec) const {
  for (const WitnessIndex i : witnesses_.ids()) {
    const WitnessSpec& known = spec_.witnesses[i.value];
    if (known.address != spec.address || !asks_the_same(known.check, spec.check)) continue;
    return witnesses_[i].has_vote;
  }
  return std::ranges::find(saved_, SavedWitness{spec.address, spec.check.name}) != saved_.end();
}

std::size_t Guard::voters() const {
  return static_cast<std::size_t>(std::ranges::count_if(witnesses_, &Witness::has_vote));
}

std::size_t Guard::silent_voters() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      witnesses_, [](const Witness& w) { return w.has_vote && w.answers == false; }));
}

Guard::Heard Guard::take(const WitnessWord& word) {
  Witness& witness = witnesses_[word.witness];
  witness.answers = word.heard;
  if (!word.heard) {
    tell_of_silence(word);
    if (!freeze_) return {.isolated = is_isolated()};
    freeze_->unheard |= voters() != 0 && silent_voters() == voters();
    return {};
  }
  witness.told = true;  // a later silence is told by the freeze
  Heard heard{.new_vote = !witness.has_vote};
  if (heard.new_vote) {
    heard.first_vote = is_unwitnessed();
    give_vote(word.witness);
  }
  witnesses_muted_ = false;
  heard.thaws = freeze_ && word.asked >= freeze_->since;
  heard.afresh = heard.thaws && freeze_->unheard;
  return heard;
}

/// Once after the start, and once after each reload.
void Guard::tell_of_silence(const WitnessWord& word) {
  Witness& witness = witnesses_[word.witness];
  // One lost packet is no news of a witness that has been heard before.
  if (witness.told || !word.is_down) return;
  witness.told = true;
  const WitnessSpec& spec = spec_.witnesses[word.witness.value];
  step_.emit(Notice{.kind = NoticeKind::witness_silent,
                    .alert = true,
                    .member = spec.address,
                    .reason = word.reason,
                    .facts = WitnessFacts{spec.check.name, witness.has_vote, is_unwitnessed()}});
}

void Guard::give_vote(WitnessIndex witness) {
  witnesses_[witness].has_vote = true;
  const WitnessSpec& spec = spec_.witnesses[witness.value];
  step_.emit(Notice{.kind = NoticeKind::witness_heard,
                    .member = spec.address,
                    .facts = WitnessFacts{spec.check.name, true, false}});
}

void Guard::add_saved(std::vector<SavedWitness>& saved) const {
  for (const WitnessIndex i : witnesses_.ids()) {
    const WitnessSpec& spec = spec_.witnesses[i.value];
    if (witnesses_[i].has_vote) saved.push_back({spec.address, spec.check.name});
  }
}

}  // namespace rollcall::roster
