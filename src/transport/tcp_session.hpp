/// One DNS session over TCP or TLS, and what all sessions of a server share.
///
/// A waiting session holds no buffer: requests are read, answered and written on the one bench of
/// the thread. What is left when it must wait (half a request, or output that the peer has not
/// taken) is kept in pages of its own meanwhile.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "answer/responder.hpp"
#include "answer/transfer.hpp"
#include "answer/transfer_peers.hpp"
#include "answer/update_door.hpp"
#include "core/known_sources.hpp"
#include "core/places.hpp"
#include "core/published.hpp"
#include "io/async.hpp"
#include "log/stranger_log.hpp"
#include "transfer/secondary_record.hpp"
#include "transport/tcp_stream.hpp"
#include "zone/catalog.hpp"

namespace rollcall::transport {

inline constexpr std::size_t kMaxTcpSessions = 1000;

/// RFC 7766 section 6.2.3: some seconds, and less with many sessions.
inline constexpr Duration kTcpIdleLimit = std::chrono::seconds(10);
inline constexpr Duration kTcpLeastIdleLimit = std::chrono::seconds(1);
/// The time that a peer has to take one message of at most 64 KiB: over 4 KiB a second.
inline constexpr Duration kTcpWriteLimit = std::chrono::seconds(15);

/// The longest wait for the reply to an update: longer than a disk takes, shorter than a client.
inline constexpr Duration kTcpUpdateLimit = std::chrono::seconds(10);

inline constexpr PlaceLimits kTcpPlaces{
    .total = kMaxTcpSessions,
    .reserved = 100,     // more than most operators' secondaries need, with a session for each zone
    .per_host = 250,     // a resolver for many clients, or many clients behind one address
    .per_network = 500,  // half is left for all other networks
};
/// A place holds a zone's version and up to 64 KiB that are not written yet.
inline constexpr PlaceLimits kTransferPlaces{
    .total = 64,
    .reserved = 24,
    .per_host = 16,  // BIND asks one primary for 2 at once, Knot and NSD for some more
    .per_network = 24,
    .spared = std::chrono::seconds(2),  // a transfer that sent a message since then makes progress
};

inline constexpr std::size_t kFramedSize = dns::kLengthSize + dns::kMaxMessageSize;
/// How much is read at a time, and how much output is collected before it is written: the most that
/// a peer that does not read can make us keep. A single larger message is taken whole.
inline constexpr std::size_t kTcpReadSize = 16UL * 1024;
inline constexpr std::size_t kTcpFlushSize = 16UL * 1024;

/// The buffers of the session that is running. Nothing stays in them when another one runs.
struct TcpBench {
  std::uint8_t received[kFramedSize];
  std::uint8_t responses[kTcpFlushSize + kFramedSize];
  answer::Request request;  // the request that is being answered
};

/// Gets each transfer that is done: the zone, and what the client has taken. May be empty.
using TransferTaken =
    std::function<void(const dns::StoredName& origin, const transfer::TakenTransfer& taken)>;

/// What all sessions use, on the server's own thread.
struct TcpShared {
  const Published<zone::Catalog>& catalog;
  const answer::Responder& responder;
  answer::FindChanges find_changes;
  TransferTaken taken;
  answer::UpdateSink* updates = nullptr;  // null: dynamic updates are NOTIMP
  Random random;
  std::unique_ptr<TcpBench> bench = std::make_unique<TcpBench>();
  Places sessions{kTcpPlaces};
  Places transfers{kTransferPlaces};
  answer::TransferPeers peers;
  KnownSources known;  // hosts that have shown a TSIG key
  log::StrangerLog log;
  TlsContextPtr tls = {};  // of new sessions; null: plain TCP

  bool trusts(const IpAddress& address, Instant now) const {
    return peers.contains(address) || known.contains(source_of(address).host, now);
  }
};

/// Serves one connection to its end. It is closed at once if it gets no place.
asio::awaitable<void> serve_tcp(asio::ip::tcp::socket socket, asio::ip::tcp::endpoint peer,
                                TcpShared& shared);

/// Ends the sessions that have been idle for too long, or whose peers have not taken the output in
/// time.
void end_overdue(TcpShared& shared, Instant now);

}  // namespace rollcall::transport
