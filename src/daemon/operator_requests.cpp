/// Daemon: overrides and `normal`, as operators set them on the control socket.
#include "api/views.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {

void Daemon::perform(const roll::CommandDone& effect) {
  command_done_ = effect;
}

/// Without a key, no agent can be asked: the note says so.
std::string Daemon::status(const api::StatusRequest& wanted) const {
  pool::Status all = roster_->status(io::monotonic_now());
  for (pool::PoolStatus& pool : all.pools) {
    for (pool::MemberStatus& member : pool.members) {
      if (member.observed != pool::State::down || member.restart.empty()) continue;
      if (settings_.agents.key_of(member.address) != nullptr) continue;
      member.restart_note = std::string("not asked: ") + agent_link::kNoKey;
    }
  }
  if (wanted == api::StatusRequest{}) return api::status_reply(all);
  return api::status_reply(api::filtered(std::move(all), wanted), true);
}

/// The roster answers within the step. A change that could not be saved is reported as a failure.
asio::awaitable<std::string> Daemon::command(roll::Event event) {
  command_done_ = {};
  overrides_ticket_.reset();
  step(event);
  const roll::CommandDone done = command_done_;
  if (!done.ok) co_return api::failure_reply(done.text);
  if (!overrides_ticket_) co_return api::done_reply(done.text);
  const bool tried = co_await written(*overrides_ticket_);
  const auto problem = unwritten_.find("overrides");
  if (tried && problem == unwritten_.end()) co_return api::done_reply(done.text);
  co_return api::unsaved_reply(done.text, tried ? problem->second : std::string());
}

}  // namespace rollcall::daemon
