#include "agent/agent_door.hpp"

#include <utility>

#include "io/clock.hpp"

namespace rollcall::agent {

AgentDoor::Guest::Guest(std::shared_ptr<AgentDoor> door, Endpoint peer,
                        boost::beast::tcp_stream& transport)
    : door_(std::move(door)), peer_(peer), transport_(transport) {}

bool AgentDoor::Guest::enter() {
  const Instant now = io::monotonic_now();
  const Source source = source_of(peer_.address.unmapped());
  return door_->places_.admit(*this, source, door_->known_.contains(source.host, now), now);
}

void AgentDoor::Guest::show_key() {
  door_->places_.trust(*this);
  door_->known_.add(source_of(peer_.address.unmapped()).host, io::monotonic_now());
}

void AgentDoor::Guest::turn_away(const std::string& why) {
  leave();
  const Instant now = io::monotonic_now();
  door_->log_.note(spdlog::level::warn, peer_.address.unmapped(), "no TLS handshake", now, [&] {
    return peer_.to_string() + ": no TLS handshake: " +
           (made_room_ ? "closed to make room for another connection" : why);
  });
  if (door_->detained_.size() >= kMaxAgentDetained) door_->detained_.pop_front();
  door_->detained_.push_back({transport_.release_socket(), now + kAgentDetention});
}

void AgentDoor::Guest::leave() noexcept {
  door_->places_.leave(*this);
}

void AgentDoor::Guest::make_room() noexcept {
  made_room_ = true;
  // An operation that starts later would not be cancelled, but reads the end of the stream. The
  // peer does not notice.
  ErrorCode ignored;
  transport_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_receive, ignored);
  transport_.cancel();
}

void AgentDoor::sweep(Instant now) {
  while (!detained_.empty() && detained_.front().until <= now) detained_.pop_front();
  log_.tell_due(now);
}

void AgentDoor::take_one_back(Instant now) {
  if (!detained_.empty()) {
    detained_.pop_front();
  } else {
    places_.take_one_back(now);
  }
}

}  // namespace rollcall::agent
