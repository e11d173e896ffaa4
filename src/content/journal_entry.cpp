#include "content/journal_entry.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>

#include "core/bytes.hpp"

namespace rollcall::content {
namespace {

enum class EntryKind : std::uint8_t { changes = 1, flush = 2 };

constexpr std::size_t kEntryHead = 8;           // size, CRC-32
constexpr std::size_t kChangesAtOnce = 10'000;  // of encode_all(), in one entry

void append_u32(std::string& to, std::size_t value) {
  std::uint8_t octets[4];
  store_u32(octets, static_cast<std::uint32_t>(value));
  to += as_text(octets);
}

void append_sized(std::string& to, std::string_view text) {
  append_u32(to, text.size());
  to += text;
}

std::string head_of(EntryKind kind, const dns::Name& origin) {
  std::string body(1, static_cast<char>(kind));
  append_sized(body, as_text(origin.lowered().wire()));
  return body;
}

std::uint32_t crc_of(std::string_view body) {
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  return crc.checksum();
}

std::string framed(std::string_view body) {
  std::string entry;
  entry.reserve(kEntryHead + body.size());
  append_u32(entry, body.size());
  append_u32(entry, crc_of(body));
  entry += body;
  return entry;
}

std::string_view sized(ByteReader& in) {
  return as_text(in.bytes(in.u32()));
}

/// @return false where it is no entry
bool take_entry(std::string_view body, DeltasByZone& zones) {
  ByteReader in(as_bytes(body));
  const auto kind = static_cast<EntryKind>(in.u8());
  const auto origin = dns::Name::from_wire(as_bytes(sized(in)));
  if (!in.ok() || !origin) return false;
  if (kind == EntryKind::flush) {
    zones.erase(*origin);
    return in.left() == 0;
  }
  if (kind != EntryKind::changes) return false;
  const std::uint32_t count = in.u32();
  DeltaChanges changes;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    RrsetKey key(sized(in));
    Delta delta;
    delta.base = sized(in);
    delta.now = sized(in);
    const auto rrset = read_rrset_key(key);
    if (!in.ok() || !rrset || !rrset->first.is_at_or_below(*origin)) return false;
    const bool as_in_file = delta.base == delta.now;
    changes.emplace_back(std::move(key),
                         as_in_file ? std::nullopt : std::optional(std::move(delta)));
  }
  if (!in.ok() || in.left() != 0) return false;
  ZoneDeltas& deltas = zones[*origin];
  deltas.put(std::move(changes));
  if (deltas.empty()) zones.erase(*origin);
  return true;
}

}  // namespace

std::string encode_changes(const dns::Name& origin, const DeltaChanges& changes) {
  std::string body = head_of(EntryKind::changes, origin);
  append_u32(body, changes.size());
  for (const auto& [key, delta] : changes) {
    append_sized(body, key);
    append_sized(body, delta ? std::string_view(delta->base) : std::string_view());
    append_sized(body, delta ? std::string_view(delta->now) : std::string_view());
  }
  return framed(body);
}

std::string encode_flush(const dns::Name& origin) {
  return framed(head_of(EntryKind::flush, origin));
}

std::string encode_all(const dns::Name& origin, const ZoneDeltas& deltas) {
  std::string text;
  DeltaChanges changes;
  deltas.for_each([&](const RrsetKey& key, const Delta& delta) {
    changes.emplace_back(key, delta);
    if (changes.size() < kChangesAtOnce) return;
    text += encode_changes(origin, changes);
    changes.clear();
  });
  if (!changes.empty()) text += encode_changes(origin, changes);
  return text;
}

ReadJournal read_journal(std::string_view text) {
  ReadJournal read;
  if (text.empty()) return read;
  if (!text.starts_with(kJournalHead)) {
    read.problem = "its first line is unknown";
    return read;
  }
  read.good = kJournalHead.size();
  while (read.good < text.size()) {
    ByteReader in(as_bytes(text.substr(read.good)));
    const std::uint32_t size = in.u32();
    const std::uint32_t crc = in.u32();
    const std::string_view body = as_text(in.bytes(size));
    if (!in.ok() || crc_of(body) != crc || !take_entry(body, read.zones)) {
      read.problem =
          fmt::format("the entry at octet {} is {}", read.good, in.ok() ? "damaged" : "cut short");
      return read;
    }
    read.good += kEntryHead + size;
  }
  return read;
}

}  // namespace rollcall::content
