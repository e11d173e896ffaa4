#include "answer/addresses.hpp"

#include <algorithm>
#include <array>

namespace rollcall::answer {
namespace {

using dns::Type;
using zone::NodeHeader;

constexpr std::size_t kMaxTargets = 64;  // names whose addresses one response has

/// Reads the name at `at`, whole or cut before the origin, as this server wrote it.
bool read_written_name(Bytes message, std::size_t at, const zone::Zone& zone,
                       dns::QueryName& name) noexcept {
  std::size_t end = at;
  while (message[end] != 0 && message[end] <= dns::kMaxLabelSize) end += message[end] + 1U;
  const Bytes head = message.subspan(at, end - at);
  static constexpr std::uint8_t kRoot[1]{0};
  return name.assign(head, message[end] == 0 ? Bytes(kRoot) : zone.origin().wire());
}

/// RFC 9460 section 2.5: "." as TargetName means the owner itself in ServiceMode.
std::size_t effective_target(Bytes message, const std::uint8_t* record, std::size_t target_at) {
  const auto type = static_cast<Type>(load_u16(record + 2));
  const bool service = type == Type::SVCB || type == Type::HTTPS;
  if (!service || message[target_at] != 0) return target_at;
  return load_u16(record) & dns::kMaxPointerTarget;  // every owner that we write is a pointer
}

class Addresses {
 public:
  Addresses(ResponseWriter& out, const zone::Zone& zone, std::uint16_t origin_at,
            Glue glue) noexcept
      : out_(out), zone_(zone), origin_at_(origin_at), glue_(glue) {}

  /// Required addresses come before optional ones.
  bool append(WrittenRange range) noexcept {
    const bool complete = glue_ == Glue::leave_out || append_those(range, false);
    append_those(range, true);
    return complete;
  }

 private:
  /// @param authoritative true: names in the zone's own data; false: those at and below its cuts
  bool append_those(WrittenRange range, bool authoritative) noexcept {
    bool complete = true;
    for (std::size_t at = range.begin; at < range.end;) {
      const std::uint8_t* record = out_.written().data() + at;
      const auto offset = host_offset(static_cast<Type>(load_u16(record + 2)));
      if (!offset) return complete;
      const std::size_t target_at = at + zone::kRecordHeaderSize + *offset;
      complete &= append_target(effective_target(out_.written(), record, target_at), authoritative);
      at += record_size(record);
    }
    return complete;
  }

  bool append_target(std::size_t name_at, bool authoritative) noexcept {
    if (name_at > dns::kMaxPointerTarget || targets_ == kMaxTargets) return true;
    if (!read_written_name(out_.written(), name_at, zone_, name_)) return true;
    const NodeHeader* node = zone_.find(name_.hash(0), name_.suffix(0));
    if (node == nullptr) return true;
    if (((node->flags & zone::kNotAuthoritative) == 0) != authoritative) return true;
    const auto seen = seen_.begin() + static_cast<std::ptrdiff_t>(targets_);
    if (std::find(seen_.begin(), seen, node) != seen) return true;
    seen_[targets_++] = node;

    bool complete = true;
    for (const Type type : {Type::A, Type::AAAA}) {
      const zone::RrsetHeader* rrset = node->find(type);
      if (rrset == nullptr) continue;
      const Place place{static_cast<std::uint16_t>(name_at), origin_at_};
      complete &= out_.append(Section::additional, zone_, *rrset, place);
    }
    return complete;
  }

  ResponseWriter& out_;
  const zone::Zone& zone_;
  std::uint16_t origin_at_;
  Glue glue_;
  dns::QueryName name_;
  std::size_t targets_ = 0;
  std::array<const NodeHeader*, kMaxTargets> seen_;
};

}  // namespace

bool append_addresses(ResponseWriter& out, const zone::Zone& zone, std::uint16_t origin_at,
                      WrittenRange range, Glue glue) noexcept {
  return Addresses(out, zone, origin_at, glue).append(range);
}

}  // namespace rollcall::answer
