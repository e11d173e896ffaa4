/// Which of those who come from outside get one of a bounded number of places, and which of them
/// make room when the places are taken. Pure: no socket, no clock.
///
/// A newcomer is nearly always let in. The place that is taken back belongs to a source that holds
/// many places and has done nothing with this one for long: quiet time x places of its source. A
/// flood from one network thus turns over its own places, one from everywhere the longest idle.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <unordered_map>

#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall {

/// What counts as one host, and the network that it is in. An IPv6 host has a /64 of addresses to
/// choose from, and a site a /48.
struct Source {
  IpAddress host;     // IPv4: the address; IPv6: its /64
  IpAddress network;  // IPv4: the /24; IPv6: the /48
};

/// @param address unmapped
Source source_of(const IpAddress& address);

struct PlaceLimits {
  std::size_t total = 0;
  std::size_t reserved = 0;  // of the total, kept free of strangers
  std::size_t per_host = 0;  // of strangers alone
  std::size_t per_network = 0;
  Duration spared{};  // a place whose holder got on less than that ago is not taken back
};

/// What the holder of a place derives from. It belongs to one Places at a time.
class Place : public boost::intrusive::list_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::safe_link>> {
 public:
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  virtual ~Place() = default;

  /// The place was taken back. The holder ends what it does, now or soon.
  virtual void make_room() noexcept = 0;

 private:
  friend class Places;
  Source source_;
  Instant got_on_{};
  bool trusted_ = false;
  const std::size_t* host_count_ = nullptr;
  const std::size_t* network_count_ = nullptr;
};

/// One thread. Outlives the places that it holds.
class Places {
 public:
  explicit Places(PlaceLimits limits) : limits_(limits) {}

  /// @param trusted the limits of hosts and networks and the reserve do not concern it, and it
  ///        makes no room for strangers
  /// @return false where no place could be given. The holder of a place that was taken back has
  ///         been told before this returns true.
  bool admit(Place& newcomer, const Source& source, bool trusted, Instant now);

  /// Nothing happens where it has no place.
  void leave(Place& place) noexcept;

  /// The holder got on: a whole request came, or a whole message was taken.
  void got_on(Place& place, Instant now) noexcept { place.got_on_ = now; }

  /// The holder has shown that it is no stranger, or is one again.
  void trust(Place& place, bool trusted = true);

  /// Takes one place back, whatever the limits say: something else than places has run out.
  void take_one_back(Instant now) noexcept;

  /// How long a holder may be idle: `most` while less than half of the places are taken, and from
  /// there on less and less, down to `least` (RFC 7766 section 6.2.3).
  Duration idle_limit(Duration most, Duration least) const noexcept;

  template <class Function>
  void for_each(Function function) {
    for (Place& place : held_) function(place);
  }

  std::size_t size() const noexcept { return held_.size(); }

 private:
  using Counts = std::unordered_map<IpAddress, std::size_t>;

  std::size_t room_of_strangers() const noexcept;
  template <class Candidate>
  bool take_back(Candidate candidate, Duration spared, Instant now) noexcept;
  void count(Place& place);
  void discount(Place& place) noexcept;

  PlaceLimits limits_;
  boost::intrusive::list<Place> held_;
  Counts hosts_, networks_;  // of strangers
  std::size_t strangers_ = 0;
};

}  // namespace rollcall
