#include "transfer/incoming.hpp"

#include <fmt/format.h>

#include "dns/rdata_text.hpp"

namespace rollcall::transfer {
namespace {

using dns::Type;

constexpr std::uint32_t kMaxTtl = 0x7fffffff;
constexpr std::uint16_t kRcodeMask = 0x000f;

void append_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16));
  append_u16(out, static_cast<std::uint16_t>(value));
}

/// @param soa with valid RDATA: five numbers stand at its end
std::uint32_t serial_in_soa(const edit::EditRecord& soa) {
  return load_u32(soa.rdata.data() + soa.rdata.size() - 20);
}

/// The record with all of its names written out.
Result<edit::EditRecord> read_whole_record(Bytes message, const dns::WireRecord& record) {
  const auto owner = dns::decode_name(message, record.at);
  if (!owner) return fail("a record has a broken owner name");
  const auto named = [&] {
    return fmt::format("{} {}", owner->name.to_display(), dns::type_name(record.type));
  };
  if (record.rclass != dns::Class::IN) {
    return fail(fmt::format("{} is of class {}, not IN", named(), dns::class_name(record.rclass)));
  }
  if (dns::is_meta(record.type)) {
    return fail(fmt::format("{} cannot be in a zone", named()));
  }
  auto rdata = dns::plain_rdata(message, record);
  if (!rdata) return fail(fmt::format("{} has broken RDATA", named()));
  // RFC 2181 section 8: a TTL with the highest bit set counts as zero.
  const std::uint32_t ttl = record.ttl > kMaxTtl ? 0 : record.ttl;
  return edit::EditRecord{owner->name, record.type, ttl, std::move(*rdata)};
}

}  // namespace

std::vector<std::uint8_t> write_transfer_request(const TransferRequest& request) {
  const bool changes = request.serial.has_value();
  std::vector<std::uint8_t> packet;
  for (const int word : {int{request.id}, 0, 1, 0, changes ? 1 : 0, 0}) {
    append_u16(packet, static_cast<std::uint16_t>(word));
  }
  const Bytes origin = request.zone.wire();
  packet.insert(packet.end(), origin.begin(), origin.end());
  append_u16(packet, static_cast<std::uint16_t>(changes ? Type::IXFR : Type::AXFR));
  append_u16(packet, static_cast<std::uint16_t>(dns::Class::IN));
  if (!changes) return packet;
  // RFC 1995 section 3: the SOA of our version; of its fields only the serial is read.
  append_u16(packet, dns::kPointerToQuestion);
  append_u16(packet, static_cast<std::uint16_t>(Type::SOA));
  append_u16(packet, static_cast<std::uint16_t>(dns::Class::IN));
  append_u32(packet, 0);
  append_u16(packet, 22);
  append_u16(packet, 0);  // the root as MNAME and RNAME
  append_u32(packet, *request.serial);
  for (int i = 0; i < 4; ++i) append_u32(packet, 0);
  return packet;
}

void append_line(std::string& text, const edit::EditRecord& record, bool same_owner) {
  if (!same_owner) text += record.owner.to_text();
  fmt::format_to(std::back_inserter(text), " {} IN {} ", record.ttl, dns::type_name(record.type));
  text += dns::rdata_to_text(record.type, record.rdata);
  text += '\n';
}

Result<bool> IncomingTransfer::take(Bytes message, WallTime now) {
  if (phase_ == Phase::done) return fail("a message follows the end of the transfer");
  octets_ += message.size();
  if (octets_ > kMaxTransferOctets) return fail("the transfer is larger than 2 GiB");
  std::size_t at = dns::kHeaderSize;
  if (auto good = check_header(message); !good) return std::unexpected(good.error());
  if (auto good = check_question(message, at); !good) return std::unexpected(good.error());
  if (auto good = read_records(message, at); !good) return std::unexpected(good.error());
  if (auto good = verify(message, now); !good) return std::unexpected(good.error());
  const std::uint16_t rcode = load_u16(message.data() + dns::header::kFlags) & kRcodeMask;
  if (rcode != 0) {
    return fail(fmt::format("answered with {}", dns::rcode_name(static_cast<dns::Rcode>(rcode))));
  }
  if (answers_.empty()) {  // later ones would only keep the transfer open
    return fail(first_message_ ? "the answer has no record" : "a message has no record");
  }
  for (const dns::WireRecord& record : answers_) {
    if (auto good = take_record(message, record); !good) return std::unexpected(good.error());
  }
  // RFC 1995 section 2: one SOA alone says that there is nothing newer.
  const bool alone = first_message_ && phase_ == Phase::second && request_.serial;
  if (alone && !dns::serial_greater(serial_, *request_.serial)) {
    up_to_date_ = true;
    phase_ = Phase::done;
  }
  first_message_ = false;
  if (phase_ != Phase::done) return false;
  if (verifier_ && !verifier_->settled()) return fail("the last message is not signed");
  return true;
}

Incoming IncomingTransfer::content() && {
  if (up_to_date_) return UpToDate{serial_};
  if (!changes_.empty()) return std::move(changes_);
  return WholeZone{serial_, std::move(text_)};
}

/// RFC 5936 section 2.2.1.
Result<void> IncomingTransfer::check_header(Bytes message) {
  if (message.size() < dns::kHeaderSize) return fail("a message is shorter than its header");
  const std::uint16_t flags = load_u16(message.data() + dns::header::kFlags);
  if (load_u16(message.data()) != request_.id) return fail("a message has another ID");
  if ((flags & dns::flag::kQr) == 0) return fail("a message is no response");
  if ((flags & dns::flag::kOpcodeMask) != 0) return fail("a message has another opcode");
  if ((flags & dns::flag::kTc) != 0) return fail("a message is truncated");
  return {};
}

/// RFC 5936 section 2.2.2: the first message repeats the question, others may.
Result<void> IncomingTransfer::check_question(Bytes message, std::size_t& end) const {
  const std::uint16_t questions = load_u16(message.data() + dns::header::kQdcount);
  if (questions > 1) return fail("a message has more than one question");
  const bool refused = (load_u16(message.data() + dns::header::kFlags) & kRcodeMask) != 0;
  if (questions == 0) {
    if (first_message_ && !refused) return fail("the first message has no question");
    return {};
  }
  const auto question = dns::decode_question(message);
  const Type type = request_.serial ? Type::IXFR : Type::AXFR;
  if (!question || question->name != request_.zone || question->type != type ||
      question->qclass != dns::Class::IN) {
    return fail("a message has another question");
  }
  end = question->end;
  return {};
}

/// Finds the answers and the TSIG. Other sections are passed over.
Result<void> IncomingTransfer::read_records(Bytes message, std::size_t at) {
  answers_.clear();
  tsig_.reset();
  dns::RecordReader records(message, at);
  for (dns::WireRecord record; records.next(record);) {
    if (record.section == dns::Section::answer) answers_.push_back(record);
    if (record.type != Type::TSIG) continue;
    // RFC 8945 section 5.1: the last record of the additional section.
    if (record.section != dns::Section::additional || !record.last) {
      return fail("a message has a TSIG record that is not its last record");
    }
    tsig_ = record.at;
  }
  if (!records.ok()) return fail("a message ends within a record");
  if (records.left() > 0) return fail("octets follow the last record of a message");
  return {};
}

Result<void> IncomingTransfer::verify(Bytes message, WallTime now) {
  if (verifier_) return verifier_->take(message, tsig_, now);
  if (tsig_) return fail("a message is signed, and the request was not");
  return {};
}

Result<void> IncomingTransfer::take_record(Bytes message, const dns::WireRecord& wire) {
  if (phase_ == Phase::done) return fail("records follow the closing SOA");
  Result<edit::EditRecord> record = read_whole_record(message, wire);
  if (!record) return std::unexpected(record.error());
  const bool soa = record->type == Type::SOA;
  if (soa && record->owner != request_.zone) {
    return fail(fmt::format("the SOA of {} is in the zone", record->owner.to_display()));
  }
  switch (phase_) {
    case Phase::opening_soa:
      if (!soa) return fail("the answer does not begin with the SOA");
      serial_ = serial_in_soa(*record);
      soa_ = std::move(*record);
      phase_ = Phase::second;
      return {};
    case Phase::second:
      return take_second(*record);
    case Phase::whole:
      return take_whole(*record);
    case Phase::removing:
    case Phase::adding:
      return soa ? take_change_soa(std::move(*record)) : take_change(std::move(*record));
    case Phase::done:
      break;
  }
  return {};
}

/// RFC 1995 section 4: a second SOA begins the changes; anything else is the zone as AXFR has it.
Result<void> IncomingTransfer::take_second(const edit::EditRecord& record) {
  const bool changes = request_.serial && record.type == Type::SOA;
  if (changes && serial_in_soa(record) == *request_.serial) {
    begin_step(record);
    return {};
  }
  if (changes && serial_in_soa(record) != serial_) {
    return fail(fmt::format("the changes begin at serial {}, not at {}", serial_in_soa(record),
                            *request_.serial));
  }
  phase_ = Phase::whole;
  owner_ = soa_.owner;
  append_line(text_, soa_, false);
  return take_whole(record);
}

/// RFC 5936 section 2.2: the SOA closes the zone, as it has opened it.
Result<void> IncomingTransfer::take_whole(const edit::EditRecord& record) {
  if (record.type == Type::SOA) {
    if (record.rdata != soa_.rdata) return fail("the closing SOA differs from the opening one");
    phase_ = Phase::done;
    return {};
  }
  if (!record.owner.is_at_or_below(request_.zone)) return {};
  const bool same_owner = record.owner == owner_;
  append_line(text_, record, same_owner);
  if (!same_owner) owner_ = record.owner;
  if (text_.size() <= limits_.text) return {};
  return fail(fmt::format("the zone is larger than {} octets of text", limits_.text));
}

void IncomingTransfer::begin_step(edit::EditRecord soa) {
  ChangeStep& step = changes_.emplace_back();
  step.from = serial_in_soa(soa);
  step.edit.remove.push_back(std::move(soa));
  phase_ = Phase::removing;
}

Result<void> IncomingTransfer::take_change(edit::EditRecord record) {
  if (octets_ > kMaxChangesOctets) return fail("the changes are larger than 32 MiB");
  if (!record.owner.is_at_or_below(request_.zone)) return {};
  changes_memory_ += sizeof(record) + record.rdata.size();
  if (changes_memory_ > limits_.changes) {
    return fail(fmt::format("the changes take more than {} octets of memory", limits_.changes));
  }
  edit::ZoneEdit& edit = changes_.back().edit;
  (phase_ == Phase::removing ? edit.remove : edit.add).push_back(std::move(record));
  return {};
}

Result<void> IncomingTransfer::take_change_soa(edit::EditRecord record) {
  const std::uint32_t serial = serial_in_soa(record);
  ChangeStep& step = changes_.back();
  if (phase_ == Phase::removing) {
    if (!dns::serial_greater(serial, step.from)) {
      return fail(fmt::format("the changes lead from serial {} back to {}", step.from, serial));
    }
    step.to = serial;
    step.edit.add.push_back(std::move(record));
    phase_ = Phase::adding;
    return {};
  }
  if (serial != step.to) {
    return fail(fmt::format("after changes to serial {}, others begin at {}", step.to, serial));
  }
  if (step.to != serial_) {
    begin_step(std::move(record));
    return {};
  }
  if (record.rdata != soa_.rdata) return fail("the closing SOA differs from the opening one");
  phase_ = Phase::done;
  return {};
}

}  // namespace rollcall::transfer
