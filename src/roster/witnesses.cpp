/// The witnesses of the roster's isolation guard: when they are asked, and which of them count.
///
/// A witness has a vote once it has answered, in this run of the server or in an earlier one: one
/// that is behind a firewall, or whose address is mistyped, would else freeze the answers at the
/// first death of a member.
#include <fmt/format.h>

#include <algorithm>

#include "health/schedule.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

// A doubt is to be settled soon, whatever the fast_interval of a witness.
constexpr Duration kLongestPause = std::chrono::milliseconds(100);

Duration witness_pause(const health::CheckSpec& check) {
  return std::min(check.fast_interval, kLongestPause);
}

}  // namespace

/// A witness' probe may be under way when a member falls: the word of the next one counts.
Duration Roster::longest_word(const WitnessSpec& witness) {
  return 2 * witness.check.timeout + witness_pause(witness.check);
}

/// Those that stay, and are asked as before, keep what is known of them.
void Roster::set_witnesses(const std::vector<WitnessSpec>& wanted) {
  for (Witness& witness : witnesses_) witness.told = false;  // told of at each reload
  if (wanted == guard_.witnesses) return;
  std::vector<Witness> kept;
  for (const WitnessSpec& spec : wanted) {
    const auto place = static_cast<std::uint32_t>(kept.size());
    Witness& witness = kept.emplace_back();
    witness.run = new_run(kNoPool, place, std::make_shared<const health::CheckSpec>(spec.check));
    witness.has_vote = has_answered(spec);
    schedule(witness.run, now_);
  }
  for (const Witness& witness : witnesses_) free_run(witness.run);
  witnesses_ = std::move(kept);
}

/// Of a witness as the last configuration had it, or as it was saved.
bool Roster::has_answered(const WitnessSpec& spec) const {
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    const WitnessSpec& known = guard_.witnesses[i];
    if (known.address != spec.address || !asks_the_same(known.check, spec.check)) continue;
    return witnesses_[i].has_vote;
  }
  return std::ranges::find(saved_.health.witnesses, SavedWitness{spec.address, spec.check.name}) !=
         saved_.health.witnesses.end();
}

std::size_t Roster::voters() const {
  return static_cast<std::size_t>(std::ranges::count_if(witnesses_, &Witness::has_vote));
}

std::size_t Roster::silent_voters() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      witnesses_, [](const Witness& w) { return w.has_vote && w.answers == false; }));
}

/// Then nothing says whether it is us who have lost the network: no service is restarted for that.
bool Roster::is_unwitnessed() const {
  return !witnesses_.empty() && voters() == 0;
}

/// A member's probe was bad: before it is said to be down, the witnesses shall have been heard.
void Roster::ask_witnesses() {
  for (std::uint32_t place = 0; place < witnesses_.size(); ++place) ask_witness(place);
}

/// By a probe that begins from now on. It does not wait for those of members that are under way.
void Roster::ask_witness(std::uint32_t place) {
  Witness& witness = witnesses_[place];
  if (std::exchange(witness.asked, true)) return;
  const Run& run = runs_[witness.run];
  if (run.open) return;  // it is asked again at the end of that
  chores_.add(std::max(now_, run.started + witness_pause(*run.check)), {Chore::ask_witness, place});
}

/// @param place perhaps of a witness that is none any more
void Roster::start_witness(std::uint32_t place) {
  if (place >= witnesses_.size() || !witnesses_[place].asked) return;
  Run& run = runs_[witnesses_[place].run];
  if (run.open) return;
  ++run.timer;  // its routine probe is this one
  start_probe(witnesses_[place].run);
}

void Roster::witness_probed(std::uint32_t place, bool heard, Instant asked) {
  Witness& witness = witnesses_[place];
  witness.answers = heard;
  if (!heard) {
    tell_of_silence(place);
    if (!freeze_) return look_for_isolation();
    freeze_->unheard |= voters() != 0 && silent_voters() == voters();
    return;
  }
  witness.told = true;  // of its silence later on the frozen answers tell
  if (!witness.has_vote) give_vote(place);
  witnesses_muted_ = false;
  if (!freeze_ || asked < freeze_->since) return;
  thaw(fmt::format("the witness {} responds", guard_.witnesses[place].address.to_string()),
       freeze_->unheard);
}

/// At the start and after a reload, once.
void Roster::tell_of_silence(std::uint32_t place) {
  Witness& witness = witnesses_[place];
  const Run& run = runs_[witness.run];
  // One lost packet is no news of a witness that has been heard before.
  if (witness.told || run.verdict.state() != health::State::down) return;
  witness.told = true;
  const WitnessSpec& spec = guard_.witnesses[place];
  emit(Happening{
      .kind = HappeningKind::witness_silent,
      .alert = true,
      .subject =
          fmt::format("the witness {} (check {}) {}: {}", spec.address.to_string(), spec.check.name,
                      witness.has_vote ? "does not answer" : "has never answered", run.reason),
      .detail = witness.has_vote ? "It has answered before, so its silence counts"
                : is_unwitnessed()
                    ? "No witness has answered yet: until one does, max_drop alone guards the "
                      "answers, and no restart is asked for"
                    : "Until it answers, its silence does not count",
      .name = {},
      .member = spec.address});
}

void Roster::give_vote(std::uint32_t place) {
  const bool first = is_unwitnessed();
  witnesses_[place].has_vote = true;
  save_soon();
  const WitnessSpec& spec = guard_.witnesses[place];
  emit(Happening{.kind = HappeningKind::witness_heard,
                 .alert = false,
                 .subject = fmt::format("the witness {} (check {}) answers: from now on its "
                                        "silence counts",
                                        spec.address.to_string(), spec.check.name),
                 .detail = {},
                 .name = {},
                 .member = spec.address});
  if (!first) return;
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (pools_[i]) try_restarts(i);
  }
}

}  // namespace rollcall::roster
