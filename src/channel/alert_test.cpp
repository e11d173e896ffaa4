#include "channel/alert_test.hpp"

#include <fmt/format.h>

namespace rollcall::channel {
namespace {

/// No kind of the roster: it opens no problem anywhere.
alert::Told test_message(WallTime now) {
  return {.kind = "test",
          .problem = "test",
          .severity = "info",
          .many = "test alerts",
          .reason = "an operator asked for it",
          .line = "a test: this channel works",
          .detail = "an operator asked for it with \"rollcallctl alert test\"",
          .next = "nothing follows",
          .object = "{}",
          .first = now,
          .at = now};
}

struct Channel {
  std::string name;
  std::string target;
  AlertTry (*send)(const AlertTargets&, AlertTransport&, const alert::Batch&);
};

/// The scheme and host of a webhook's URL: its path, and what is before an "@", is often a secret.
std::string without_secrets(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const std::size_t begin = scheme + 3;
  const std::string host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  return url.substr(0, begin) + host.substr(host.rfind('@') + 1);
}

std::vector<Channel> channels_of(const AlertTargets& targets) {
  std::vector<Channel> channels;
  if (targets.mail) channels.push_back({"mail", targets.mail->smtp, send_mail});
  if (targets.hook) channels.push_back({"webhook", without_secrets(targets.hook->url), send_hook});
  if (targets.exec) channels.push_back({"exec", targets.exec->command.at(0), send_exec});
  return channels;
}

}  // namespace

/// A channel that is no longer configured counts as done.
AlertTry send_mail(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch) {
  return targets.mail ? transport.mail(*targets.mail, batch, targets.nameserver) : AlertTry{};
}
AlertTry send_hook(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch) {
  return targets.hook ? transport.post(*targets.hook, batch, targets.nameserver) : AlertTry{};
}
AlertTry send_exec(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch) {
  return targets.exec ? transport.run(*targets.exec, batch, targets.nameserver) : AlertTry{};
}

AlertTest::AlertTest(const AlertTargets& targets, const std::string& id, WallTime now, Done done)
    : done_(std::move(done)) {
  const std::vector<Channel> channels = channels_of(targets);
  left_ = channels.size();
  alert::Batch batch{.id = id, .at = now};
  batch.told.push_back(test_message(now));
  // All of them before the first thread: each of them may be the one that tells.
  for (const Channel& channel : channels) {
    answers_.push_back({.channel = channel.name, .target = channel.target});
  }
  for (std::size_t place = 0; place < channels.size(); ++place) {
    transports_.push_back(std::make_unique<AlertTransport>());
    threads_.emplace_back([this, place, targets, batch, transport = transports_.back().get(),
                           send = channels[place].send] {
      AlertTry tried{AlertTry::End::failed, "out of memory", {}};
      try {
        tried = send(targets, *transport, batch);
      } catch (const std::exception& error) {
        tried.why = error.what();
      }
      answer(place, tried);
    });
  }
  if (channels.empty()) done_({});
}

AlertTest::~AlertTest() {
  for (const auto& transport : transports_) transport->end();
}

void AlertTest::answer(std::size_t place, const AlertTry& tried) {
  std::vector<ChannelAnswer> all;
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    ChannelAnswer& its = answers_[place];
    its.ok = tried.end == AlertTry::End::sent;
    const bool both = !tried.why.empty() && !tried.answer.empty();
    its.answer = fmt::format("{}{}{}", tried.why, both ? ": " : "", tried.answer);
    if (tried.end == AlertTry::End::ended) its.answer = "aborted: the server ends";
    last = --left_ == 0;
    if (last) all = answers_;
  }
  if (last) done_(std::move(all));
}

}  // namespace rollcall::channel
