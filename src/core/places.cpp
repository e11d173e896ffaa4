#include "core/places.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rollcall {
namespace {

/// The address with only its first octets left.
IpAddress cut(const IpAddress& address, std::size_t octets) {
  std::array<std::uint8_t, 16> kept{};
  const Bytes whole = address.octets();
  std::ranges::copy(whole.first(octets), kept.begin());
  return *IpAddress::from_octets(Bytes(kept).first(whole.size()));
}

std::size_t count_in(const std::unordered_map<IpAddress, std::size_t>& counts,
                     const IpAddress& address) {
  const auto found = counts.find(address);
  return found == counts.end() ? 0 : found->second;
}

void take_off(std::unordered_map<IpAddress, std::size_t>& counts, const IpAddress& address) {
  const auto found = counts.find(address);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

Source source_of(const IpAddress& address) {
  if (address.is_v4()) return {address, cut(address, 3)};
  return {cut(address, 8), cut(address, 6)};
}

/// The trusted may have more than the reserve: then strangers have what is left.
std::size_t Places::room_of_strangers() const noexcept {
  const std::size_t trusted = held_.size() - strangers_;
  return limits_.total - std::min(limits_.total, std::max(limits_.reserved, trusted));
}

bool Places::admit(Place& newcomer, const Source& source, bool trusted, Instant now) {
  const auto stranger = [](const Place& place) { return !place.trusted_; };
  const auto of_host = [&](const Place& place) {
    return !place.trusted_ && place.source_.host == source.host;
  };
  const auto of_network = [&](const Place& place) {
    return !place.trusted_ && place.source_.network == source.network;
  };
  bool room = true;
  if (trusted) {
    if (held_.size() >= limits_.total) {
      room = take_back(stranger, limits_.spared, now) ||
             take_back([](const Place&) { return true; }, limits_.spared, now);
    }
  } else if (count_in(hosts_, source.host) >= limits_.per_host) {
    room = take_back(of_host, limits_.spared, now);
  } else if (count_in(networks_, source.network) >= limits_.per_network) {
    room = take_back(of_network, limits_.spared, now);
  } else if (strangers_ >= room_of_strangers()) {
    room = take_back(stranger, limits_.spared, now);
  }
  if (!room) return false;
  newcomer.source_ = source;
  newcomer.got_on_ = now;
  newcomer.trusted_ = trusted;
  held_.push_back(newcomer);
  if (!trusted) count(newcomer);
  return true;
}

void Places::leave(Place& place) noexcept {
  if (!place.is_linked()) return;
  if (!place.trusted_) discount(place);
  held_.erase(held_.iterator_to(place));
}

void Places::trust(Place& place, bool trusted) {
  if (!place.is_linked() || place.trusted_ == trusted) return;
  place.trusted_ = trusted;
  if (trusted) {
    discount(place);
  } else {
    count(place);
  }
}

void Places::take_one_back(Instant now) noexcept {
  take_back([](const Place& place) { return !place.trusted_; }, Duration::zero(), now) ||
      take_back([](const Place&) { return true; }, Duration::zero(), now);
}

Duration Places::idle_limit(Duration most, Duration least) const noexcept {
  const std::size_t half = limits_.total / 2;
  if (held_.size() <= half) return most;
  const std::size_t left = limits_.total - std::min(limits_.total, held_.size());
  return least + (most - least) * static_cast<std::int64_t>(left) /
                     static_cast<std::int64_t>(std::max<std::size_t>(1, limits_.total - half));
}

/// Looks at each place: that is some microseconds where a thousand are held.
/// @return true where a place was taken back
template <class Candidate>
bool Places::take_back(Candidate candidate, Duration spared, Instant now) noexcept {
  Place* quietest = nullptr;
  std::int64_t most = -1;
  for (Place& place : held_) {
    const Duration quiet = now - place.got_on_;
    if (quiet < spared || !candidate(place)) continue;
    // A millisecond more, so that the number of places decides among those who have just come.
    const auto weight =
        static_cast<std::int64_t>(place.trusted_ ? 1 : *place.host_count_ + *place.network_count_);
    const std::int64_t score =
        std::chrono::duration_cast<std::chrono::microseconds>(quiet + std::chrono::milliseconds(1))
            .count() *
        weight;
    if (score <= most) continue;
    most = score;
    quietest = &place;
  }
  if (quietest == nullptr) return false;
  leave(*quietest);
  quietest->make_room();
  return true;
}

void Places::count(Place& place) {
  ++strangers_;
  std::size_t& host = hosts_[place.source_.host];
  std::size_t& network = networks_[place.source_.network];
  ++host;
  ++network;
  place.host_count_ = &host;  // a map's values stay where they are
  place.network_count_ = &network;
}

void Places::discount(Place& place) noexcept {
  --strangers_;
  take_off(hosts_, place.source_.host);
  take_off(networks_, place.source_.network);
}

}  // namespace rollcall
