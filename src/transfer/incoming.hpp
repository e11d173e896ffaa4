/// Zone transfers that come in: the messages of an answer to AXFR (RFC 5936) or IXFR (RFC 1995),
/// one after the other, to the content that they carry. Pure: no socket is touched here.
///
/// Limitations: answers over UDP are not taken; a zone of another class than IN is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/message_reader.hpp"
#include "dns/name.hpp"
#include "dns/tsig.hpp"
#include "edit/zone_edit.hpp"

namespace rollcall::transfer {

/// Octets of all messages of one transfer: a primary that sends for ever is cut. Fifty million
/// records of the usual size.
inline constexpr std::uint64_t kMaxTransferOctets = std::uint64_t{2} << 30;
/// The same of changes, which are kept as records: beyond it the whole zone is no longer.
inline constexpr std::uint64_t kMaxChangesOctets = std::uint64_t{32} << 20;
/// Octets of a zone's text, as of a zone file. Compressed owner names take sixty times the octets
/// that they take on the wire.
inline constexpr std::uint64_t kMaxZoneText = std::uint64_t{1} << 30;
/// Octets of memory for changes: 800,000 records.
inline constexpr std::uint64_t kMaxChangesMemory = std::uint64_t{256} << 20;

struct TransferLimits {
  std::uint64_t text = kMaxZoneText;
  std::uint64_t changes = kMaxChangesMemory;
};

struct TransferRequest {
  dns::Name zone;
  std::uint16_t id = 0;
  /// The serial that we have, whose changes are asked for (IXFR); nothing: the whole zone (AXFR).
  std::optional<std::uint32_t> serial = {};
};

/// The request as one message, without TSIG and without a length before it.
std::vector<std::uint8_t> write_transfer_request(const TransferRequest& request);

/// The primary has nothing newer.
struct UpToDate {
  std::uint32_t serial = 0;
};
/// A zone as a zone file's text. Records outside of the zone are left out.
struct WholeZone {
  std::uint32_t serial = 0;
  std::string text;
};
/// From one serial to a later one; the edit has the SOA records too.
struct ChangeStep {
  std::uint32_t from = 0, to = 0;
  edit::ZoneEdit edit;
};
/// Each step begins where the one before ends; not empty.
using Changes = std::vector<ChangeStep>;

using Incoming = std::variant<UpToDate, WholeZone, Changes>;

/// Appends a record as a line of a zone file. @param same_owner as the line before
void append_line(std::string& text, const edit::EditRecord& record, bool same_owner);

class IncomingTransfer {
 public:
  /// @param verifier of the signed request; nothing: it was not signed, and the answer need not be
  IncomingTransfer(TransferRequest request, std::optional<dns::TsigVerifier> verifier,
                   TransferLimits limits = {})
      : request_(request), verifier_(std::move(verifier)), limits_(limits) {}

  /// Takes the next message.
  /// @return true where the transfer is complete; an error ends it
  Result<bool> take(Bytes message, WallTime now);
  /// Octets of memory for the content so far.
  std::uint64_t memory() const noexcept { return text_.size() + changes_memory_; }
  /// @pre take() has returned true
  Incoming content() &&;

 private:
  enum class Phase : std::uint8_t { opening_soa, second, whole, removing, adding, done };

  Result<void> check_header(Bytes message);
  Result<void> check_question(Bytes message, std::size_t& end) const;
  Result<void> read_records(Bytes message, std::size_t at);
  Result<void> verify(Bytes message, WallTime now);
  Result<void> take_record(Bytes message, const dns::WireRecord& record);
  Result<void> take_second(const edit::EditRecord& record);
  Result<void> take_whole(const edit::EditRecord& record);
  Result<void> take_change(edit::EditRecord record);
  Result<void> take_change_soa(edit::EditRecord record);
  void begin_step(edit::EditRecord soa);

  TransferRequest request_;
  std::optional<dns::TsigVerifier> verifier_;
  TransferLimits limits_;
  Phase phase_ = Phase::opening_soa;
  bool first_message_ = true;
  std::uint64_t octets_ = 0;
  std::vector<dns::WireRecord> answers_;  // of the message at hand
  std::optional<std::size_t> tsig_;       // the same
  edit::EditRecord soa_;                  // the opening one
  std::uint32_t serial_ = 0;              // its serial: of the content at the end
  bool up_to_date_ = false;
  dns::Name owner_;  // of the last line
  std::string text_;
  Changes changes_;
  std::uint64_t changes_memory_ = 0;
};

}  // namespace rollcall::transfer
