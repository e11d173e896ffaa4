/// The agent's door: which connections may try to prove the key, and how those without it are held.
///
/// Some places are reserved for hosts that proved the key lately. A connection that did not prove
/// the key, or had to make room, is held open for a while, without buffers, before it is closed: so
/// each new attempt costs the peer time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <deque>
#include <memory>
#include <string>

#include "core/ip_address.hpp"
#include "core/known_sources.hpp"
#include "core/places.hpp"
#include "io/async.hpp"
#include "log/stranger_log.hpp"

namespace rollcall::agent {

/// Connections without a watch. Each costs some 50 KiB for TLS.
inline constexpr PlaceLimits kAgentPlaces{
    .total = 64,
    .reserved = 16,  // for nameservers: each asks for one restart at a time
    .per_host = 16,
    .per_network = 32,
};
inline constexpr Duration kAgentDetention = std::chrono::seconds(1);
inline constexpr std::size_t kMaxAgentDetained = 256;  // a socket each

/// One thread.
class AgentDoor {
 public:
  /// One connection, from accept() on. It refers to its stream, which must outlive it.
  class Guest final : public Place {
   public:
    Guest(std::shared_ptr<AgentDoor> door, Endpoint peer, boost::beast::tcp_stream& transport);
    ~Guest() override { leave(); }

    /// @return false if it gets no place
    bool enter();
    /// The key was proved: the connection keeps its place, and its host is known from now on.
    void show_key();
    /// The key was not proved. Closes the socket after holding it for a while.
    void turn_away(const std::string& why);
    void leave() noexcept;
    void make_room() noexcept override;

   private:
    std::shared_ptr<AgentDoor> door_;
    Endpoint peer_;
    boost::beast::tcp_stream& transport_;
    bool made_room_ = false;
  };

  /// Call it several times a second.
  void sweep(Instant now);
  /// Call it when descriptors have run out.
  void take_one_back(Instant now);
  /// Call it when the key has changed.
  void forget_known() { known_.clear(); }

 private:
  struct Detained {
    boost::asio::ip::tcp::socket socket;
    Instant until;
  };

  Places places_{kAgentPlaces};
  KnownSources known_;
  log::StrangerLog log_;
  std::deque<Detained> detained_;
};

}  // namespace rollcall::agent
