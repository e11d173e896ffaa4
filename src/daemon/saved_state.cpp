/// Daemon: state that survives a restart. The writer's thread writes it; requests and reports are
/// here.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/daemon.hpp"
#include "io/clock.hpp"
#include "io/random.hpp"

namespace rollcall::daemon {
namespace {

/// How long an operator, or the end of a reload, waits for a disk that does not answer.
constexpr std::chrono::seconds kWrittenLimit{5};

channel::AlertFile alert_file(store::StateFolder folder) {
  static const std::string kAlerts = "alerts";
  const auto state = std::make_shared<const store::StateFolder>(std::move(folder));
  return {.path = state->path() + "/" + kAlerts,
          .read = [state] { return state->read(kAlerts); },
          .replace = [state](std::string_view text) { return state->replace(kAlerts, text); },
          .remove = [state] { return state->remove(kAlerts); }};
}

}  // namespace

Result<void> Daemon::open_state() {
  auto folder = store::StateFolder::open(settings_.state_dir);
  if (!folder) return std::unexpected(folder.error());
  auto for_alerts = folder->beside();
  if (!for_alerts) return std::unexpected(for_alerts.error());
  auto for_copies = folder->beside();
  if (!for_copies) return std::unexpected(for_copies.error());
  auto for_updates = folder->beside();
  if (!for_updates) return std::unexpected(for_updates.error());
  roster_ = std::make_unique<roster::Roster>(load_state(std::move(*folder)),
                                             io::need_random<std::uint64_t>());
  alerts_ = std::make_unique<channel::AlertSender>(alert_targets(), channel::AlertRetries{},
                                                   alert_file(std::move(*for_alerts)));
  copies_ = std::make_unique<store::ZoneCopies>(std::move(*for_copies), readers_.as_function(),
                                                readers_.as_bulk_function());
  open_updates(std::move(*for_updates));
  return {};
}

pool::SavedState Daemon::load_state(store::StateFolder folder) {
  store::StateStore store(std::move(folder));
  store::LoadedState loaded = store.load(io::wall_now());
  state_problems_ = std::move(loaded.problems);
  saved_transfers_ = std::exchange(loaded.state.transfers, {});
  writer_ = std::make_unique<store::StateWriter>(
      std::move(store), strand_.get_executor(),
      [this](const store::WrittenState& written) { state_written(written); });
  return std::move(loaded.state);
}

void Daemon::tell_state_problems() {
  for (const std::string& problem : std::exchange(state_problems_, {})) {
    perform(
        pool::Notice{.kind = pool::NoticeKind::state_damaged, .alert = true, .reason = problem});
  }
}

void Daemon::perform(const roll::KeepSerial& effect) {
  writer_->keep_serial(effect.origin, effect.serial);
}

void Daemon::perform(const roll::SaveHealth& effect) {
  writer_->save_health(effect.health, io::wall_now());
}

void Daemon::perform(const roll::SaveRestarts& effect) {
  writer_->save_restarts(effect.restarts, io::wall_now());
}

void Daemon::perform(const roll::SaveOverrides& effect) {
  overrides_ticket_ = writer_->save_overrides(effect.overrides, io::wall_now());
}

void Daemon::state_written(const store::WrittenState& written) {
  if (stopping_) return;
  tell_unwritten(written.problems);
  const auto serials = written.problems.find("serials");
  if (serials != written.problems.end()) {
    step(roll::SerialsKept{written.serials, serials->second});
  }
  written_ticket_ = written.ticket;
  for (const auto& [ticket, timer] : waiters_) {
    if (ticket <= written.ticket) timer->cancel();
  }
}

/// One alert when a write fails, and one when everything can be written again; a log line for each
/// new reason.
void Daemon::tell_unwritten(const std::map<std::string, std::string>& problems) {
  const bool could = unwritten_.empty();
  for (const auto& [file, problem] : problems) {
    if (problem.empty()) {
      unwritten_.erase(file);
    } else if (std::exchange(unwritten_[file], problem) != problem && !could) {
      spdlog::critical("state_dir: {}", problem);
    }
  }
  if (could == unwritten_.empty()) return;
  const auto kind = could ? pool::NoticeKind::state_not_kept : pool::NoticeKind::state_kept;
  perform(pool::Notice{
      .kind = kind, .alert = true, .reason = could ? unwritten_.begin()->second : std::string()});
}

/// Waits until the writer has tried all requests up to that ticket; unwritten_ has the failures.
/// @return false if the disk does not respond
asio::awaitable<bool> Daemon::written(std::uint64_t ticket) {
  if (ticket <= written_ticket_) co_return true;
  writer_->hurry();
  const auto timer = std::make_shared<asio::steady_timer>(strand_, kWrittenLimit);
  const auto place = waiters_.emplace(ticket, timer);
  co_await timer->async_wait(as_value);
  waiters_.erase(place);
  co_return ticket <= written_ticket_;
}

}  // namespace rollcall::daemon
