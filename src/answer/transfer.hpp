/// Outgoing zone transfers (RFC 5936) as a resumable stream of messages.
///
/// IXFR (RFC 1995) is answered with what changed where that is known and shorter than the zone,
/// else with the whole zone, as section 4 allows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/edns_reply.hpp"
#include "answer/request.hpp"
#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/query.hpp"
#include "dns/tsig.hpp"
#include "edit/journal.hpp"
#include "zone/catalog.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::answer {

/// Finds what changed in a view of a zone between two serials; nothing where that is not known.
using FindChanges = std::function<std::optional<edit::JournalEntry>(
    const dns::Name& origin, const edit::Serials& serials, zone::View view)>;

/// One transfer under way. Holds its zone version and the masks of one moment, so that a slow
/// secondary sees one consistent zone and delays nothing else.
class TransferStream {
 public:
  /// @param snapshot of the zone's watch table
  /// @param find may be empty
  TransferStream(std::shared_ptr<const zone::Zone> zone, zone::WatchSnapshot snapshot,
                 const Request& request, const FindChanges& find,
                 zone::View view = zone::View::live);

  /// Writes the next message.
  /// @param out at most dns::kMaxMessageSize octets, and at least 4096
  /// @return the size of the message; 0 when the transfer is complete
  std::size_t next(MutableBytes out);

  /// Writes the whole transfer as one message, for UDP: changes that fit into `out`.
  /// @return 0: it is none of changes, or does not fit; the stream is of no use any more
  std::size_t next_if_last(MutableBytes out);

  /// The OPT record of the first message, in place of the stream's own.
  void set_edns(const EdnsReply& edns) { edns_ = edns; }

  const dns::StoredName& origin() const noexcept { return zone_->origin(); }
  std::uint32_t serial() const noexcept { return snapshot_.serial; }
  /// The serial from which the changes lead; nothing: the whole zone, or its SOA alone.
  std::optional<std::uint32_t> changes_from() const noexcept {
    return changes_ ? std::optional(changes_->from) : std::nullopt;
  }
  /// The client's serial is the served one or newer.
  bool is_soa_alone() const noexcept { return behind_opening_ == Phase::done; }

 private:
  enum class Phase : std::uint8_t { opening_soa, records, changes, closing_soa, done };

  void write_records(MutableBytes out, std::size_t& position);
  bool write_soa(MutableBytes out, std::size_t& position, std::uint32_t serial) const;
  bool write_changes(MutableBytes out, std::size_t& position, std::uint16_t& count);
  bool write_change(MutableBytes out, std::size_t& position, std::size_t change) const;
  void choose_form(const Request& request, const FindChanges& find, zone::View view);
  bool write_record(MutableBytes out, std::size_t& position, Bytes record) const;
  bool write_placeholder(MutableBytes out, std::size_t& position, std::uint16_t& count) const;
  bool write_nodes(MutableBytes out, std::size_t& position, std::uint16_t& count);
  bool live(std::size_t record) const;
  void next_rrset();

  std::shared_ptr<const zone::Zone> zone_;
  zone::WatchSnapshot snapshot_;
  std::vector<std::uint8_t> opening_;  // header and question, copied into every message
  std::optional<EdnsReply> edns_;      // of the first message, until it is written
  Phase phase_ = Phase::opening_soa;
  Phase behind_opening_ = Phase::records;
  std::optional<edit::JournalEntry> changes_;
  std::size_t change_ = 0;  // of write_change()
  zone::ZoneWalk walk_;
  const zone::NodeHeader* node_;
  const zone::RrsetHeader* rrset_;
  std::size_t rrset_index_ = 0;
  std::size_t record_index_ = 0;
  std::size_t record_offset_ = 0;
};

/// True where the packet asks for AXFR or IXFR, which Responder does not answer over TCP.
bool asks_for_transfer(const Request& request);

/// A granted transfer, and the session that signs its messages.
struct OpenedTransfer {
  TransferStream stream;
  std::optional<dns::TsigSession> signature;
};

/// A refused transfer: NOTAUTH for a zone that is not served or a bad signature, REFUSED for a
/// client that is not allowed (RFC 5936 section 2.2.1), SERVFAIL for a zone without content or
/// whose serial is not on disk yet, FORMERR.
struct TransferRefusal {
  dns::Rcode rcode = dns::Rcode::refused;
  std::optional<dns::TsigSession> signature;
  std::string_view reason;  // for the log: "not in allow_transfer"
};

/// The log line of a refusal: the zone and key of the request, the code, and the reason.
/// @param client its address and port
std::string describe_refusal(const Request& request, const TransferRefusal& refusal,
                             const std::string& client);

/// @param client the client's address, unmapped
Result<OpenedTransfer, TransferRefusal> open_transfer(const zone::Catalog& catalog,
                                                      const Request& request,
                                                      const IpAddress& client, WallTime now,
                                                      const FindChanges& find = {});

/// Writes the next message, signed where the request was. @return its size; 0 at the end
std::size_t next_message(OpenedTransfer& transfer, MutableBytes out, WallTime now);

/// Writes a response with only header and question. @return its size; 0 where none is due
std::size_t write_refusal(const Request& request, TransferRefusal& refusal, MutableBytes out,
                          WallTime now);

}  // namespace rollcall::answer
