#include "update/update_desk.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "edit/editor.hpp"
#include "edit/journal.hpp"
#include "io/clock.hpp"
#include "transfer/update.hpp"

namespace rollcall::update {
namespace {

using answer::ExtendedError;
using dns::Rcode;

constexpr std::size_t kMaxLines = 1024;  // of refusals, that wait for the log
constexpr std::chrono::seconds kLogInterval{30};
constexpr std::chrono::seconds kAgedRetry{10};  // after records whose time is up could not go

/// What all edits of a batch have made of a zone.
edit::ZoneEdit together(std::vector<edit::ZoneEdit> made) {
  if (made.size() == 1) return std::move(made.front());
  edit::JournalChain chain;
  for (edit::ZoneEdit& edit : made) {
    chain.push_back(
        std::make_shared<const edit::JournalEntry>(edit::JournalEntry{0, 0, std::move(edit)}));
  }
  return edit::condensed(chain).changes;
}

}  // namespace

UpdateDesk::UpdateDesk(store::UpdateJournal journal, content::DeltasByZone zones,
                       DeskOutlets outlets)
    : journal_(std::move(journal)), deltas_(std::move(zones)), outlets_(std::move(outlets)) {
  find_next_end();
  thread_ = std::thread([this] { run(); });
}

UpdateDesk::~UpdateDesk() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// --- what is given to the desk ---

bool UpdateDesk::add(Item item, std::size_t octets) {
  {
    const std::lock_guard lock(mutex_);
    const bool update = std::holds_alternative<answer::WaitingUpdate>(item);
    const bool full =
        update ? updates_waiting_ >= kMaxWaiting || octets_waiting_ + octets > kMaxWaitingOctets
               : std::holds_alternative<Line>(item) && items_.size() > kMaxLines;
    if (full || (ending_ && update)) return false;
    updates_waiting_ += update ? 1U : 0U;
    octets_waiting_ += octets;
    items_.push_back(std::move(item));
  }
  changed_.notify_all();
  return true;
}

bool UpdateDesk::take(answer::WaitingUpdate update) {
  const std::size_t octets = update.update.packet.size();
  return add(std::move(update), octets);
}

void UpdateDesk::tell_refused(const IpAddress& client, std::string line) {
  add(Line{client, std::move(line)}, 0);
}

void UpdateDesk::adopt(zone::ZoneSpecPtr spec, ZonePtr zone, Adopted done) {
  then([this, spec = std::move(spec), zone = std::move(zone), done = std::move(done)] {
    adopt_now(spec, zone, done);
  });
}

void UpdateDesk::drop(const dns::Name& origin) {
  then([this, origin] { zones_.erase(origin); });
}

void UpdateDesk::then(std::function<void()> done) {
  add(std::move(done), 0);
}

void UpdateDesk::look(const dns::Name& origin, std::function<void(content::ZoneDeltas)> done) {
  then([this, origin, done = std::move(done)] {
    const auto found = deltas_.find(origin);
    done(found == deltas_.end() ? content::ZoneDeltas() : found->second);
  });
}

void UpdateDesk::flush(const dns::Name& origin, std::function<void(Result<std::size_t>)> done) {
  then([this, origin, done = std::move(done)] {
    const auto found = deltas_.find(origin);
    const std::size_t changed = found == deltas_.end() ? 0 : found->second.size();
    if (changed == 0) return done(changed);
    // Forgotten first: the journal may be written anew, from what is left.
    auto forgotten = deltas_.extract(found);
    batch_.entries += content::encode_flush(origin);
    if (auto written = write_journal(); !written) {
      deltas_.insert(std::move(forgotten));
      return done(std::unexpected(written.error()));
    }
    find_next_end();
    done(changed);
  });
}

// --- the thread ---

/// @return nothing at the end
std::optional<std::deque<UpdateDesk::Item>> UpdateDesk::wait() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return ending_ || !items_.empty(); };
  std::chrono::milliseconds limit = kLogInterval;
  if (next_end_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(*next_end_, aged_not_before_) - io::wall_now());
    limit = std::clamp(left, std::chrono::milliseconds(0), limit);
  }
  changed_.wait_for(lock, limit, ready);
  if (ending_ && items_.empty()) return std::nullopt;
  updates_waiting_ = octets_waiting_ = 0;
  return std::exchange(items_, {});
}

void UpdateDesk::run() {
  while (auto items = wait()) {
    for (Item& item : *items) {
      if (auto* waiting = std::get_if<answer::WaitingUpdate>(&item)) {
        handle(std::move(*waiting));
      } else if (auto* chore = std::get_if<Chore>(&item)) {
        commit();
        (*chore)();
      } else {
        auto& line = std::get<Line>(item);
        log_.note(spdlog::level::info, line.client, "update refused", io::monotonic_now(),
                  [&] { return std::move(line.text); });
      }
    }
    end_aged();
    commit();
    log_.tell_due(io::monotonic_now());
  }
}

void UpdateDesk::handle(answer::WaitingUpdate waiting) {
  if (waiting.update.signature) {
    // A retransmission of one in this batch: its reply comes first.
    const auto is_same = [&](const Answer& answer) {
      return answer.waiting.update.packet == waiting.update.packet;
    };
    if (std::ranges::any_of(batch_.answers, is_same)) commit();
    if (reply_again(waiting)) return;
  }
  batch_.answers.push_back(decide(std::move(waiting)));
}

UpdateDesk::Answer UpdateDesk::decide(answer::WaitingUpdate waiting) {
  Answer answer{.waiting = std::move(waiting)};
  const answer::OpenedUpdate& update = answer.waiting.update;
  const auto refuse = [&](Rcode rcode, std::string reason, ExtendedError why) {
    answer.rcode = rcode;
    answer.reason = std::move(reason);
    answer.extended_error = why;
    return std::move(answer);
  };
  const auto held = zones_.find(update.origin);
  if (held == zones_.end()) {
    return refuse(Rcode::servfail, "the zone is not loaded", ExtendedError::not_ready);
  }
  const auto request = transfer::read_update(update.packet);
  if (!request) return refuse(request.error(), "malformed", ExtendedError::invalid_data);
  auto decision = content::decide_update(*request, update.client, *update.policy, held->second.head,
                                         held->second.pools);
  if (decision.rcode != Rcode::noerror) {
    const bool refused = decision.rcode == Rcode::refused;
    return refuse(decision.rcode, std::move(decision.reason),
                  refused ? ExtendedError::prohibited : ExtendedError::other);
  }
  std::string problem;
  if (accept(update.origin, held->second, decision, problem)) return answer;
  return refuse(decision.rcode, std::move(problem), ExtendedError::other);
}

/// Puts a decided edit into the batch.
/// @return false: `problem` and the decision's rcode say why not
bool UpdateDesk::accept(const dns::Name& origin, Held& held, content::UpdateDecision& decision,
                        std::string& problem) {
  const bool rebuild = decision.zone == nullptr;
  if (rebuild) {
    auto built = content::rebuilt(*held.head, decision.made, *held.spec);
    if (!built) {
      decision.rcode = Rcode::refused;
      problem = built.error().message;
      return false;
    }
    decision.zone = std::move(*built);
  }
  content::ZoneDeltas& deltas = deltas_[origin];
  content::DeltaChanges changes =
      deltas.changes_of(*held.head, *decision.zone, decision.made, decision.aged, io::wall_now());
  if (changes.empty()) return true;
  std::string entry = content::encode_changes(origin, changes);
  if (live_octets() + entry.size() > kMaxJournal) {
    decision.rcode = Rcode::servfail;
    problem = "the journal of updates is full";
    return false;
  }
  Touched& touched = batch_.zones[origin];
  if (!touched.before) touched.before = held.head;
  touched.undo.push_back(deltas.put(std::move(changes)));
  touched.rebuilt |= rebuild;
  if (!decision.made.empty()) touched.made.push_back(std::move(decision.made));
  held.head = std::move(decision.zone);
  if (rebuild) {
    held.build = ++builds_;
    held.compacting = false;
  }
  batch_.entries += entry;
  return true;
}

/// Records whose time is up go by an edit of our own.
void UpdateDesk::end_aged() {
  const WallTime now = io::wall_now();
  if (!next_end_ || now < *next_end_ || now < aged_not_before_) return;
  aged_not_before_ = now + kAgedRetry;
  for (auto& [origin, deltas] : deltas_) {
    const auto held = zones_.find(origin);
    if (held == zones_.end() || !deltas.next_end()) continue;
    content::UpdateDecision decision =
        content::decide_ended(deltas.ended(now), held->second.head, held->second.pools);
    if (decision.made.empty()) continue;
    std::string problem;
    accept(origin, held->second, decision, problem);
  }
  find_next_end();
}

void UpdateDesk::commit() {
  if (!batch_.entries.empty()) {
    if (auto written = write_journal(); written) {
      aged_not_before_ = {};
      publish();
    } else {
      undo();
      for (Answer& answer : batch_.answers) {
        if (answer.extended_error == ExtendedError::prohibited) continue;
        answer.rcode = Rcode::servfail;
        answer.reason = "the journal of updates cannot be written";
        answer.extended_error = ExtendedError::other;
      }
    }
    find_next_end();
  }
  for (Answer& answer : batch_.answers) reply(answer);
  batch_ = {};
  std::erase_if(deltas_, [](const auto& zone) { return zone.second.empty(); });
}

/// All entries of the batch by one write; they are on disk when it returns.
Result<void> UpdateDesk::write_journal() {
  const std::string entries = std::exchange(batch_.entries, {});
  auto written = journal_.size() == 0
                     ? journal_.replace(std::string(content::kJournalHead) + entries)
                     : journal_.append(entries);
  if (!written || failing_) {
    outlets_.journal_told(written ? std::string() : written.error().message);
  }
  failing_ = !written;
  if (written) shorten_journal();
  return written;
}

void UpdateDesk::undo() {
  for (auto& [origin, touched] : batch_.zones) {
    content::ZoneDeltas& deltas = deltas_[origin];
    while (!touched.undo.empty()) {
      deltas.put(std::move(touched.undo.back()));
      touched.undo.pop_back();
    }
    const auto held = zones_.find(origin);
    if (held != zones_.end()) held->second.head = touched.before;
  }
}

/// Waits until the versions are answered, so that whoever gets a reply sees what it says.
void UpdateDesk::publish() {
  std::vector<Publication> publications;
  for (auto& [origin, touched] : batch_.zones) {
    const Held& held = zones_.find(origin)->second;
    if (held.head == touched.before) continue;
    Publication publication{.zone = held.head, .made = {}, .rebuilt = touched.rebuilt};
    if (!touched.rebuilt) publication.made = together(std::move(touched.made));
    publications.push_back(std::move(publication));
  }
  if (publications.empty()) return;
  struct Done {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  const auto done = std::make_shared<Done>();
  outlets_.publish(std::move(publications), [done] {
    const std::lock_guard lock(done->mutex);
    done->done = true;
    done->changed.notify_all();
  });
  std::unique_lock lock(done->mutex);
  // At the end nobody publishes any more, and nobody is answered any more either.
  const auto ends = [this] {
    const std::lock_guard guard(mutex_);
    return ending_;
  };
  const auto until = std::chrono::steady_clock::now() + kPublishLimit;
  while (!done->done && !ends() && std::chrono::steady_clock::now() < until) {
    done->changed.wait_for(lock, std::chrono::milliseconds(50));
  }
  lock.unlock();
  for (auto& [origin, touched] : batch_.zones) compact(origin, zones_.find(origin)->second);
}

// --- the journal ---

std::size_t UpdateDesk::live_octets() const {
  std::size_t octets = 0;
  for (const auto& [origin, deltas] : deltas_) octets += deltas.octets();
  return octets;
}

/// Writes the journal anew where most of it says what is so no longer.
void UpdateDesk::shorten_journal() {
  constexpr std::size_t kSmall = std::size_t{1} << 20;
  if (journal_.size() < kSmall || journal_.size() < 3 * live_octets()) return;
  std::string text(content::kJournalHead);
  for (const auto& [origin, deltas] : deltas_) text += content::encode_all(origin, deltas);
  if (const auto replaced = journal_.replace(text); !replaced) {
    spdlog::warn("the journal of updates stays long: {}", replaced.error().message);
  }
}

void UpdateDesk::find_next_end() {
  next_end_.reset();
  for (const auto& [origin, deltas] : deltas_) {
    const auto end = deltas.next_end();
    if (!end || !zones_.contains(origin)) continue;
    const WallTime at{std::chrono::seconds(*end)};
    if (!next_end_ || at < *next_end_) next_end_ = at;
  }
}

}  // namespace rollcall::update
