#include "answer/transfer.hpp"

#include <algorithm>
#include <cstring>

#include "answer/response_writer.hpp"
#include "dns/rdata_text.hpp"
#include "edit/placeholder.hpp"

namespace rollcall::answer {

using dns::Rcode;
using dns::Type;

namespace {

/// Octets of the header and the question.
std::ptrdiff_t opening_size(const Request& request) {
  return static_cast<std::ptrdiff_t>(dns::kHeaderSize + request.query.question_size);
}

}  // namespace

TransferStream::TransferStream(std::shared_ptr<const zone::Zone> zone, zone::WatchSnapshot snapshot,
                               const Request& request, const FindChanges& find, zone::View view)
    : zone_(std::move(zone)),
      snapshot_(std::move(snapshot)),
      opening_(request.packet.begin(), request.packet.begin() + opening_size(request)),
      walk_(*zone_),
      node_(walk_.next()),
      rrset_(node_->first()) {
  if (view == zone::View::full) {
    snapshot_.serial = snapshot_.full_serial;
    std::ranges::fill(snapshot_.masks, ~std::uint64_t{0});
  }
  std::uint8_t* header = opening_.data();
  store_u16(header + dns::header::kFlags, dns::flag::kQr | dns::flag::kAa);
  store_u16(header + dns::header::kQdcount, 1);
  store_u16(header + dns::header::kNscount, 0);
  store_u16(header + dns::header::kArcount, 0);
  if (request.query.type == Type::IXFR) choose_form(request, find, view);
  const dns::Edns& edns = request.query.edns;
  if (!edns.present) return;
  edns_ = EdnsReply{.dnssec_ok = edns.dnssec_ok};
  if (edns.expire && !is_from_primaries(request)) edns_->expire = zone_->soa().expire;
}

/// RFC 1995 section 2: IXFR from the served serial or a newer one gets only the SOA; section 4: the
/// changes, or the entire zone.
void TransferStream::choose_form(const Request& request, const FindChanges& find, zone::View view) {
  const std::optional<std::uint32_t> theirs =
      dns::read_client_serial(request.packet, request.query);
  if (!theirs) return;
  if (*theirs == snapshot_.serial || dns::serial_greater(*theirs, snapshot_.serial)) {
    behind_opening_ = Phase::done;
    return;
  }
  if (!find) return;
  changes_ = find(zone_->origin(), {*theirs, snapshot_.serial}, view);
  if (!changes_) return;
  if (changes_->changes.remove.size() + changes_->changes.add.size() < zone_->records()) {
    behind_opening_ = Phase::changes;
  } else {
    changes_.reset();
  }
}

std::size_t TransferStream::next_if_last(MutableBytes out) {
  if (behind_opening_ != Phase::changes) return 0;
  const std::size_t least = opening_.size() + (edns_ ? edns_->size() : 0);
  if (out.size() < least) return 0;
  const std::size_t records = changes_->changes.remove.size() + changes_->changes.add.size() + 4;
  const std::size_t size = next(out);
  const bool whole =
      phase_ == Phase::done && load_u16(out.data() + dns::header::kAncount) == records;
  return whole ? size : 0;
}

std::size_t TransferStream::next(MutableBytes out) {
  if (phase_ == Phase::done) return 0;
  // The question is in every message (RFC 5936 2.2.1 allows it), so that the origin is always
  // at kHeaderSize and every owner can point to it.
  std::memcpy(out.data(), opening_.data(), opening_.size());
  std::size_t position = opening_.size();
  write_records(out.first(out.size() - (edns_ ? edns_->size() : 0)), position);
  if (edns_) {  // RFC 5936 section 2.2.5: in the first message where the request has one
    position += edns_->write(out.subspan(position), Rcode::noerror);
    store_u16(out.data() + dns::header::kArcount, 1);
    edns_.reset();
  }
  return position;
}

/// Fills the answer section and counts it in the header.
void TransferStream::write_records(MutableBytes out, std::size_t& position) {
  std::uint16_t count = 0;
  if (phase_ == Phase::opening_soa && write_soa(out, position, snapshot_.serial)) {
    ++count;
    phase_ = behind_opening_;
  }
  if (phase_ == Phase::records && write_nodes(out, position, count)) phase_ = Phase::closing_soa;
  if (phase_ == Phase::changes && write_changes(out, position, count)) phase_ = Phase::closing_soa;
  if (phase_ == Phase::closing_soa && write_soa(out, position, snapshot_.serial)) {
    ++count;
    phase_ = Phase::done;
  }
  store_u16(out.data() + dns::header::kAncount, count);
}

bool TransferStream::write_soa(MutableBytes out, std::size_t& position,
                               std::uint32_t serial) const {
  std::uint8_t rdata[kMaxSoaSize];
  const std::size_t size = write_soa_rdata(rdata, *zone_, dns::kHeaderSize, serial);
  if (out.size() - position < zone::kRecordHeaderSize + size) return false;
  ByteWriter to(out, position);
  to.u16(dns::kPointerToQuestion);
  to.u16(static_cast<std::uint16_t>(Type::SOA));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));
  to.u32(zone_->soa().ttl);
  to.u16(static_cast<std::uint16_t>(size));
  to.bytes(Bytes(rdata, size));
  position = to.position();
  return true;
}

/// The old SOA, what went, the new SOA, what came (RFC 1995 section 4).
/// @return true after the last one, false when the message is full
bool TransferStream::write_changes(MutableBytes out, std::size_t& position, std::uint16_t& count) {
  const std::size_t all = changes_->changes.remove.size() + changes_->changes.add.size() + 2;
  for (; change_ < all; ++change_) {
    const bool empty = position == opening_.size();
    if (count != 0xffff && write_change(out, position, change_)) {
      ++count;
    } else if (!empty) {
      return false;
    }
  }
  return true;
}

bool TransferStream::write_change(MutableBytes out, std::size_t& position,
                                  std::size_t change) const {
  const auto& [removed, added] = changes_->changes;
  if (change == 0) return write_soa(out, position, changes_->from);
  if (change == removed.size() + 1) return write_soa(out, position, changes_->to);
  const edit::EditRecord& record =
      change <= removed.size() ? removed[change - 1] : added[change - removed.size() - 2];
  const std::size_t head = record.owner.size() - zone_->origin().size();
  if (out.size() - position < head + zone::kRecordHeaderSize + record.rdata.size()) return false;
  ByteWriter to(out, position);
  to.bytes(record.owner.wire().first(head));
  to.u16(dns::kPointerToQuestion);
  to.u16(static_cast<std::uint16_t>(record.type));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));
  to.u32(record.ttl);
  to.u16(static_cast<std::uint16_t>(record.rdata.size()));
  to.bytes(record.rdata);
  position = to.position();
  return true;
}

/// @return true after the last node, false when the message is full
bool TransferStream::write_nodes(MutableBytes out, std::size_t& position, std::uint16_t& count) {
  while (node_ != nullptr) {
    if (rrset_index_ == node_->rrsets) {
      if (!write_placeholder(out, position, count)) return false;
      node_ = walk_.next();
      rrset_index_ = 0;
      if (node_ != nullptr) rrset_ = node_->first();
      continue;
    }
    if (rrset_->type == Type::SOA || record_index_ == rrset_->count) {
      next_rrset();
      continue;
    }
    const Bytes rest = rrset_->records().subspan(record_offset_);
    const Bytes record = rest.first(record_size(rest.data()));
    if (live(record_index_)) {
      const bool empty = position == opening_.size();
      if (count == 0xffff || !write_record(out, position, record)) {
        if (!empty) return false;  // goes into the next message
        // Larger than the caller's messages; every RRset of a zone fits into 65535 octets.
      } else {
        ++count;
      }
    }
    ++record_index_;
    record_offset_ += record.size();
  }
  return true;
}

/// Behind the records of a node of which none is live. @return false when the message is full
bool TransferStream::write_placeholder(MutableBytes out, std::size_t& position,
                                       std::uint16_t& count) const {
  const auto mask_of = [this](std::uint32_t watch) { return snapshot_.masks[watch]; };
  if (!edit::is_emptied(*node_, mask_of)) return true;
  const std::size_t head = node_->name_size - zone_->origin().size();
  const std::size_t size = head + zone::kRecordHeaderSize + edit::kPlaceholderRdata.size();
  if (count == 0xffff || out.size() - position < size) return false;
  zone::spell(*node_, out.data() + position, head);
  position += head;
  ByteWriter to(out, position);
  to.u16(dns::kPointerToQuestion);
  to.u16(static_cast<std::uint16_t>(Type::TXT));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));
  to.u32(edit::placeholder_ttl(*node_));
  to.u16(static_cast<std::uint16_t>(edit::kPlaceholderRdata.size()));
  to.bytes(edit::kPlaceholderRdata);
  position = to.position();
  ++count;
  return true;
}

bool TransferStream::write_record(MutableBytes out, std::size_t& position, Bytes record) const {
  const std::size_t head = node_->name_size - zone_->origin().size();
  if (out.size() - position < head + record.size()) return false;
  std::uint8_t* to = out.data() + position;
  zone::spell(*node_, to, head);
  std::memcpy(to + head, record.data(), record.size());
  store_u16(to + head, dns::kPointerToQuestion);
  if (zone::ends_in_origin_pointer(*rrset_, record)) {
    store_u16(to + head + record.size() - 2, dns::kPointerToQuestion);
  }
  position += head + record.size();
  return true;
}

bool TransferStream::live(std::size_t record) const {
  return !rrset_->watched() || (snapshot_.masks[rrset_->watch] >> record & 1) != 0;
}

void TransferStream::next_rrset() {
  ++rrset_index_;
  record_index_ = 0;
  record_offset_ = 0;
  if (rrset_index_ < node_->rrsets) rrset_ = zone::next_rrset(rrset_);
}

bool asks_for_transfer(const Request& request) {
  const bool transfer = request.query.type == Type::AXFR || request.query.type == Type::IXFR;
  return !request.error && request.query.question_size != 0 && transfer;
}

Result<OpenedTransfer, TransferRefusal> open_transfer(const zone::Catalog& catalog,
                                                      const Request& request,
                                                      const IpAddress& client, WallTime now,
                                                      const FindChanges& find) {
  const dns::Query& query = request.query;
  TransferRefusal refusal;
  const auto refuse = [&](Rcode rcode, std::string_view reason) {
    refusal.rcode = rcode;
    refusal.reason = reason;
    return std::unexpected(std::move(refusal));
  };
  if (!asks_for_transfer(request)) return refuse(Rcode::formerr, "malformed");
  std::optional<dns::Name> key;
  if (query.tsig) {
    refusal.signature = dns::TsigSession::verify(request.packet, *query.tsig, catalog.keys(), now);
    if (!refusal.signature) return refuse(Rcode::formerr, "malformed TSIG");
    key = refusal.signature->verified_key();
    if (!key) {  // RFC 8945 section 5.2
      return refuse(Rcode::notauth, dns::tsig_error_name(refusal.signature->error()));
    }
  }
  const zone::CatalogEntry* entry = request.entry;
  // RFC 5936 section 2.2.1: NOTAUTH where this server is not authoritative for exactly this zone.
  const bool ours = entry != nullptr && entry->origin.size() == query.name.size();
  if (!ours || query.qclass != dns::Class::IN) {
    return refuse(Rcode::notauth, "not authoritative for this zone");
  }
  if (!entry->transfer || !entry->transfer->allows(client, key)) {
    return refuse(Rcode::refused, "neither in allow_transfer nor a secondary");
  }
  if (!entry->zone) return refuse(Rcode::servfail, "the zone is not loaded");
  auto snapshot = entry->zone->watch_table().snapshot();
  if (!snapshot) return refuse(Rcode::servfail, "the zone's serial is not on disk yet");
  // The catalog may have an older version, or one whose serial is not on disk yet.
  std::shared_ptr<const zone::Zone> zone = snapshot->zone ? snapshot->zone : entry->zone;
  return OpenedTransfer{TransferStream(std::move(zone), std::move(*snapshot), request, find,
                                       entry->transfer->view_of(key)),
                        std::move(refusal.signature)};
}

std::string describe_refusal(const Request& request, const TransferRefusal& refusal,
                             const std::string& client) {
  std::string text = "transfer";
  if (asks_for_transfer(request)) {
    if (const auto zone = dns::decode_name(request.packet, dns::kHeaderSize)) {
      text += " of " + zone->name.to_display();
    }
  }
  text += " to " + client;
  if (refusal.signature) text += " with the key " + refusal.signature->key_name().to_display();
  return text + " refused (" + dns::rcode_name(refusal.rcode) + "): " + std::string(refusal.reason);
}

std::size_t next_message(OpenedTransfer& transfer, MutableBytes out, WallTime now) {
  std::optional<dns::TsigSession>& signature = transfer.signature;
  const std::size_t room = out.size() - (signature ? signature->record_size() : 0);
  const std::size_t size = transfer.stream.next(out.first(room));
  return size != 0 && signature ? signature->sign(out, size, now) : size;
}

std::size_t write_refusal(const Request& request, TransferRefusal& refusal, MutableBytes out,
                          WallTime now) {
  const dns::Query& query = request.query;
  if (request.error == dns::QueryError::silence) return 0;
  Random unused(0);
  ResponseWriter writer(out, out.size(), unused);
  writer.begin(request.packet, query);
  EdnsReply edns{.dnssec_ok = query.edns.dnssec_ok};
  if (refusal.rcode == Rcode::refused) edns.extended_error = ExtendedError::prohibited;
  if (query.edns.present) writer.append_opt(edns, refusal.rcode);
  const std::size_t size = writer.finish(query, 0, refusal.rcode);
  return refusal.signature ? refusal.signature->sign(out, size, now) : size;
}

}  // namespace rollcall::answer
