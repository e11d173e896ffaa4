/// Daemon: what operators say of members and of everything, on the control socket.
#include <spdlog/spdlog.h>

#include "control/views.hpp"
#include "server/clock.hpp"
#include "server/daemon.hpp"

namespace rollcall::server {

void Daemon::perform(const roster::CommandDone& effect) {
  command_done_ = effect;
}

void Daemon::perform(const roster::SaveOverrides& effect) {
  const auto saved = store_->save_overrides(effect.overrides, wall_now());
  unsaved_ = saved ? std::string() : saved.error().message;
  if (!saved) spdlog::error("{}: overrides are lost at a restart", unsaved_);
}

/// Where no agent can be asked at all, that is why none was.
std::string Daemon::status(const control::StatusRequest& wanted) const {
  roster::Status all = roster_->status(monotonic_now());
  for (roster::PoolStatus& pool : all.pools) {
    if (settings_.agents.key) break;
    for (roster::MemberStatus& member : pool.members) {
      if (member.health != roster::Health::down || member.restart.empty()) continue;
      member.restart_note = "not asked: agents.key_file is not configured";
    }
  }
  if (wanted == control::StatusRequest{}) return control::status_reply(all);
  return control::status_reply(control::filtered(std::move(all), wanted), true);
}

/// The roster answers within the step. What it has done but could not be kept is no success.
std::string Daemon::command(const roster::Event& event) {
  command_done_ = {};
  unsaved_.clear();
  step(event);
  if (!command_done_.ok) return control::failure_reply(command_done_.text);
  if (unsaved_.empty()) return control::done_reply(command_done_.text);
  return control::failure_reply(command_done_.text + ", but only until a restart: " + unsaved_);
}

}  // namespace rollcall::server
