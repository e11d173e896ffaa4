/// Daemon: overrides and `normal`, as operators set them on the control socket; tests of alerts.
#include <boost/asio/post.hpp>

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
  show_transfers(all);
  for (pool::PoolStatus& pool : all.pools) {
    for (pool::MemberStatus& member : pool.members) {
      if (member.observed != pool::State::down || member.restart.empty()) continue;
      if (settings_.agents.key_of(member.address) != nullptr) continue;
      member.restart_outlook = {.course = pool::RestartOutlook::Course::no_key};
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

channel::AlertTargets Daemon::alert_targets() const {
  channel::AlertTargets targets = settings_.alerts;
  targets.nameserver = nameserver();
  return targets;
}

/// Each attempt has a limit of its own, so that the answers always come.
asio::awaitable<std::string> Daemon::test_alerts() {
  using Answers = std::vector<channel::ChannelAnswer>;
  const channel::AlertTargets& to = settings_.alerts;
  if (!to.mail && !to.hook && !to.exec) {
    co_return api::failure_reply("no channel is configured: alerts has no email, webhook or exec");
  }
  bool started = true;
  const Answers answers =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(Answers)>(
          [this, &started](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            const auto done = [this, shared](Answers all) {
              asio::post(strand_,
                         [shared, all = std::move(all)]() mutable { (*shared)(std::move(all)); });
            };
            started = alerts_->test(done);
            if (!started) done({});
          },
          asio::use_awaitable);
  if (!started) co_return api::failure_reply("a test of the alerts is under way");
  std::vector<api::ChannelView> views;
  for (const channel::ChannelAnswer& answer : answers) {
    views.push_back({answer.channel, answer.target, answer.ok, answer.answer});
  }
  co_return api::channels_reply(views);
}

}  // namespace rollcall::daemon
