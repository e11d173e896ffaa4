/// The records of a message as they stand in it: one reader for requests, responses, transfers and
/// updates (RFC 1035 section 4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {

/// A question that is read from a response.
struct Question {
  Name name;
  Type type{};
  Class qclass{};
  std::size_t end = 0;  // offset behind it
};

/// @param at offset of the question
/// @return nothing where it is broken
std::optional<Question> decode_question(Bytes message, std::size_t at = kHeaderSize);

struct WireRecord {
  std::size_t at = 0;        // offset of its owner
  std::size_t rdata_at = 0;  // offset of its RDATA
  Type type{};
  Class rclass{};
  std::uint32_t ttl = 0;
  Bytes rdata;  // its names may be compressed
  Section section{};
  bool last = false;  // of the message

  std::size_t end() const noexcept { return rdata_at + rdata.size(); }
};

/// @param at offset of a record
/// @return its section is the first one, and `last` false: those are known only to a RecordReader.
///         Nothing where it is broken
std::optional<WireRecord> read_record(Bytes message, std::size_t at) noexcept;

/// Walks over the records of a message by the counts in its header.
class RecordReader {
 public:
  /// @param message with a whole header
  /// @param at offset of the first record, behind the questions
  RecordReader(Bytes message, std::size_t at) noexcept;

  /// Reads the next record.
  /// @return false behind the last one, and where the record is broken
  bool next(WireRecord& record) noexcept;
  /// False once a record was broken.
  bool ok() const noexcept { return ok_; }
  /// Octets that have not been read. Behind the last record: octets that no count covers.
  std::size_t left() const noexcept { return message_.size() - at_; }

 private:
  Bytes message_;
  std::size_t at_;
  unsigned read_ = 0;
  unsigned authority_;   // index of the first record of this section
  unsigned additional_;  // the same
  unsigned all_;
  bool ok_ = true;
};

/// The RDATA of a record with its names uncompressed.
/// @return nothing where it has not the form that its type requires
std::optional<std::vector<std::uint8_t>> plain_rdata(Bytes message, const WireRecord& record);

/// The serial of a SOA record.
/// @param record of type SOA @return nothing where its RDATA is too short
std::optional<std::uint32_t> serial_of(const WireRecord& record) noexcept;

}  // namespace rollcall::dns
