/// Outgoing zone transfers (RFC 5936) as a resumable stream of messages.
///
/// Limitations: IXFR (RFC 1995) is answered with the whole zone, as its section 4 allows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/query.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

/// One transfer under way. Holds its zone version and the masks of one moment, so that a slow
/// secondary sees one consistent zone and stops nobody.
class TransferStream {
 public:
  TransferStream(std::shared_ptr<const zone::Zone> zone, Bytes request, const dns::Query& query);

  /// Writes the next message.
  /// @param out at most dns::kMaxMessageSize octets, and at least 4096
  /// @return its size; 0 when the transfer is complete
  std::size_t next(MutableBytes out);

  std::uint32_t serial() const noexcept { return snapshot_.serial; }

 private:
  enum class Phase : std::uint8_t { opening_soa, records, closing_soa, done };

  bool write_soa(MutableBytes out, std::size_t& position) const;
  bool write_record(MutableBytes out, std::size_t& position, Bytes record) const;
  bool write_nodes(MutableBytes out, std::size_t& position, std::uint16_t& count);
  bool live(std::size_t record) const;
  void next_rrset();

  std::shared_ptr<const zone::Zone> zone_;
  zone::WatchSnapshot snapshot_;
  std::vector<std::uint8_t> opening_;  // header and question, copied into every message
  Phase phase_ = Phase::opening_soa;
  const zone::NodeHeader* node_;
  const zone::RrsetHeader* rrset_;
  std::size_t rrset_index_ = 0;
  std::size_t record_index_ = 0;
  std::size_t record_offset_ = 0;
};

/// True where the packet asks for AXFR or IXFR: what Responder does not answer over TCP.
bool asks_for_transfer(Bytes packet);

/// @param client address of the asker, unmapped
/// @param key name of the TSIG key that verified the request, if any
/// @return the stream, or the RCODE to answer with: NOTAUTH for a zone that is not here, REFUSED
///         for who may not (RFC 5936 section 2.2.1), SERVFAIL for a zone without content, FORMERR
Result<TransferStream, dns::Rcode> open_transfer(const zone::Catalog& catalog, Bytes packet,
                                                 const IpAddress& client,
                                                 const std::optional<dns::Name>& key);

/// A response of header and question alone, with `rcode`. @return its size, 0 where none is due
std::size_t write_refusal(Bytes packet, dns::Rcode rcode, MutableBytes out);

}  // namespace rollcall::answer
