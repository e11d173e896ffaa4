#include "store/state_store.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "dns/rdata_text.hpp"
#include "state/sealed_text.hpp"

namespace rollcall::store {
namespace {

const std::string kHealth = "health";

/// The lines of a damaged file that are not its seal.
std::string without_seal(std::string_view name, std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    bool whole = false;
    const std::string_view line = state::take_line(text, whole);
    const bool seal = line.starts_with(fmt::format("{} 2", name)) || line.starts_with("end ");
    if (seal || !whole) continue;
    lines.append(line).push_back('\n');
  }
  return lines;
}

void tell_unread(const std::string& path, const std::vector<std::string>& lines,
                 std::vector<std::string>& problems) {
  if (lines.empty()) return;
  problems.push_back(fmt::format("{}: {} unrecognised {} ignored; the first is \"{}\"", path,
                                 lines.size(), lines.size() == 1 ? "line" : "lines",
                                 lines.front()));
}

/// Reports where a damaged file could not be written again.
void mend(Result<void> saved, std::vector<std::string>& problems) {
  if (!saved) problems.push_back(saved.error().message);
}

bool is_same(const pool::SavedOverride& one, const pool::SavedOverride& other) {
  return one.pool == other.pool && one.address == other.address && one.exchange == other.exchange;
}

/// Merges two damaged copies: the first one counts for members that both name.
void add(pool::SavedOverrides&& more, pool::SavedOverrides& to) {
  for (pool::SavedOverride& one : more.members) {
    if (std::ranges::none_of(to.members, [&](const auto& its) { return is_same(its, one); })) {
      to.members.push_back(std::move(one));
    }
  }
  if (!to.normal && more.normal) {
    to.normal = true;
    to.normal_left = more.normal_left;
  }
}

/// Merges two damaged copies: the later serial counts.
void add(pool::SavedSerials&& more, pool::SavedSerials& to) {
  for (auto& [origin, serial] : more) {
    const auto [found, fresh] = to.emplace(origin, serial);
    if (!fresh && dns::serial_greater(serial.ceiling, found->second.ceiling)) {
      found->second = serial;
    }
  }
}

}  // namespace

LoadedState StateStore::load(WallTime now) {
  LoadedState loaded;
  load_serials(loaded);
  load_overrides(now, loaded);
  load_restarts(now, loaded);
  load_transfers(loaded);
  load_health(now, loaded);
  return loaded;
}

void StateStore::load_serials(LoadedState& into) {
  KeptTwice::Loaded file = serials_file_.load(folder_);
  auto read = state::parse_serials(file.body);
  serials_ = std::move(read.value);
  if (!file.good) {
    for (const std::string& text : file.damaged) {
      add(state::parse_serials(without_seal("serials", text)).value, serials_);
    }
    // A damaged file no longer tells with which content its serials were published.
    for (auto& [origin, serial] : serials_) serial.content.clear();
  }
  tell_unread(folder_.path() + "/serials", read.unread, file.problems);
  if (!file.problems.empty()) {
    mend(serials_file_.save(folder_, state::format_serials(serials_)), file.problems);
  }
  into.state.serials = serials_;
  std::ranges::move(file.problems, std::back_inserter(into.problems));
}

void StateStore::load_overrides(WallTime now, LoadedState& into) {
  KeptTwice::Loaded file = overrides_file_.load(folder_);
  auto read = state::parse_overrides(file.body, now);
  if (!file.good) {
    for (const std::string& text : file.damaged) {
      add(state::parse_overrides(without_seal("overrides", text), now).value, read.value);
    }
    if (!file.damaged.empty()) {
      file.problems.push_back(fmt::format(
          "{}/overrides: using the readable lines of the damaged files ({} {})", folder_.path(),
          read.value.members.size(), read.value.members.size() == 1 ? "member" : "members"));
    }
  }
  tell_unread(folder_.path() + "/overrides", read.unread, file.problems);
  // Expired overrides are dropped for good: a clock that is set back must not revive them. The time
  // left is counted from the present clock on.
  if (!file.first &&
      (!file.problems.empty() || state::format_overrides(read.value, now) != file.body)) {
    mend(save_overrides(read.value, now), file.problems);
  }
  into.state.overrides = std::move(read.value);
  std::ranges::move(file.problems, std::back_inserter(into.problems));
}

void StateStore::load_restarts(WallTime now, LoadedState& into) {
  KeptTwice::Loaded file = restarts_file_.load(folder_);
  auto read = state::parse_restarts(file.body, now);
  tell_unread(folder_.path() + "/restarts", read.unread, file.problems);
  if (!file.problems.empty()) mend(save_restarts(read.value, now), file.problems);
  into.state.restarts = std::move(read.value);
  std::ranges::move(file.problems, std::back_inserter(into.problems));
}

/// What is lost counts as confirmed when the zone's copy was made.
void StateStore::load_transfers(LoadedState& into) {
  KeptTwice::Loaded file = transfers_file_.load(folder_);
  auto read = state::parse_transfers(file.body);
  tell_unread(folder_.path() + "/transfers", read.unread, file.problems);
  if (!file.problems.empty()) mend(save_transfers(read.value), file.problems);
  into.state.transfers = std::move(read.value);
  std::ranges::move(file.problems, std::back_inserter(into.problems));
}

/// Saved health only makes a start faster, so a log line is enough when it is lost.
void StateStore::load_health(WallTime now, LoadedState& into) {
  const auto text = folder_.read(kHealth);
  if (text && !*text) return;  // a first start
  const auto parsed = [&]() -> Result<pool::SavedHealth> {
    if (!text) return std::unexpected(text.error());
    if (!state::has_sealed_head(kHealth, **text))
      return state::parse_health(**text, now);  // an older server's
    const auto unsealed = state::unseal(kHealth, **text);
    if (!unsealed) return std::unexpected(unsealed.error());
    health_number_ = unsealed->number;
    return state::parse_health(unsealed->body, now);
  }();
  if (parsed) {
    into.state.health = *parsed;
    return;
  }
  spdlog::warn("{}/{}: {}: saved health is not used, members are unknown until they are probed",
               folder_.path(), kHealth, parsed.error().message);
  const auto aside = folder_.set_aside(kHealth);
  if (!aside) spdlog::warn("{}", aside.error().message);
}

Result<void> StateStore::keep_serials(const pool::SavedSerials& changed) {
  for (const auto& [origin, serial] : changed) serials_[origin] = serial;
  return serials_file_.save(folder_, state::format_serials(serials_));
}

Result<void> StateStore::save_health(const pool::SavedHealth& health, WallTime now) {
  return folder_.replace(kHealth,
                         state::seal(kHealth, ++health_number_, state::format_health(health, now)));
}

Result<void> StateStore::save_overrides(const pool::SavedOverrides& overrides, WallTime now) {
  return overrides_file_.save(folder_, state::format_overrides(overrides, now));
}

Result<void> StateStore::save_restarts(const std::vector<pool::SavedRestart>& restarts,
                                       WallTime now) {
  return restarts_file_.save(folder_, state::format_restarts(restarts, now));
}

Result<void> StateStore::save_transfers(const pool::SavedTransfers& transfers) {
  return transfers_file_.save(folder_, state::format_transfers(transfers));
}

}  // namespace rollcall::store
