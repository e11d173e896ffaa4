/// The way in for dynamic updates (RFC 2136): an update is received here and handed on; the reply
/// is written here when it has been made. Pure.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/edns_reply.hpp"
#include "answer/responder.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/tsig.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

/// An update for a zone that is served, from a client that may update something in it.
struct OpenedUpdate {
  std::vector<std::uint8_t> packet;
  dns::StoredName origin;
  std::shared_ptr<const zone::UpdatePolicy> policy;  // of that zone
  zone::UpdateClient client;
  std::optional<dns::TsigSession> signature;
};

struct UpdateRefusal {
  dns::Rcode rcode = dns::Rcode::refused;
  std::optional<dns::TsigSession> signature;
  std::optional<ExtendedError> extended_error;
  std::string_view reason;
  bool is_told = false;  // it concerns a zone that may be updated: the log says so
};

/// An update that waits for its reply.
struct WaitingUpdate {
  OpenedUpdate update;
  Endpoint from;
  std::function<void(Bytes reply)> reply;  // called at most once, by any thread; never waits
};

/// Takes updates from the threads that receive them.
class UpdateSink {
 public:
  virtual ~UpdateSink() = default;
  /// Any thread; never waits. @return false: too many updates wait
  virtual bool take(WaitingUpdate update) = 0;
  /// Any thread; never waits. A line for the log.
  virtual void tell_refused(const IpAddress& client, std::string line) = 0;
};

/// True for a request of opcode UPDATE.
bool is_update(Bytes packet) noexcept;

/// Checks the zone (RFC 2136 section 3.1) and the signature, and whether the client may update
/// anything in the zone at all. Strangers learn nothing: this comes before the prerequisites.
Result<OpenedUpdate, UpdateRefusal> open_update(const zone::Catalog& catalog, Bytes packet,
                                                const IpAddress& client, Transport transport,
                                                WallTime now);

/// "update of example.com by 192.0.2.1:5300 with the key k refused (REFUSED): REASON"
std::string describe_refusal(Bytes packet, const std::optional<dns::Name>& key,
                             const Endpoint& client, dns::Rcode rcode, std::string_view reason);

/// The same, of an update that was refused at the door.
std::string describe_refusal(Bytes packet, const UpdateRefusal& refusal, const Endpoint& client);

/// What a reply says.
struct UpdateReply {
  dns::Rcode rcode = dns::Rcode::noerror;
  std::optional<ExtendedError> extended_error;
  std::string_view text;  // with the extended error
};

/// @param packet the request
/// @param out at least dns::kEdnsUdpSize octets
/// @return the size of the reply; 0: none is due
std::size_t write_update_reply(Bytes packet, const UpdateReply& reply,
                               std::optional<dns::TsigSession>& signature, MutableBytes out,
                               WallTime now);

}  // namespace rollcall::answer
