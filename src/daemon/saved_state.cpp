/// Daemon: what survives a restart. The writer's thread writes it; here it is asked for, and told
/// of.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {
namespace {

/// How long an operator, or the end of a reload, waits for a disk that does not answer.
constexpr std::chrono::seconds kWrittenLimit{5};

}  // namespace

Result<pool::SavedState> Daemon::load_state() {
  auto folder = store::StateFolder::open(settings_.state_dir);
  if (!folder) return std::unexpected(folder.error());
  store::StateStore store(std::move(*folder));
  store::LoadedState loaded = store.load(io::wall_now());
  state_problems_ = std::move(loaded.problems);
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

/// One alert when the disk refuses, and one when it takes everything again; a log line each time
/// that it gives another reason.
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

/// Waits until the writer has tried all up to that ticket; unwritten_ says how it went.
/// @return false where the disk does not answer
asio::awaitable<bool> Daemon::written(std::uint64_t ticket) {
  if (ticket <= written_ticket_) co_return true;
  const auto timer = std::make_shared<asio::steady_timer>(strand_, kWrittenLimit);
  const auto place = waiters_.emplace(ticket, timer);
  co_await timer->async_wait(as_value);
  waiters_.erase(place);
  co_return ticket <= written_ticket_;
}

}  // namespace rollcall::daemon
