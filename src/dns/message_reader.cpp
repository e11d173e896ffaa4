#include "dns/message_reader.hpp"

#include "dns/rdata_text.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

constexpr std::size_t kQuestionFixed = 4;  // QTYPE, QCLASS
constexpr std::size_t kRecordFixed = 10;   // TYPE, CLASS, TTL, RDLENGTH: section 3.2.1
constexpr std::size_t kSoaNumbers = 20;    // octets of a SOA after its names; the serial is first

/// The offset behind the name at `at`, which may be compressed; 0 where it is broken.
std::size_t behind_name(Bytes message, std::size_t at) noexcept {
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length == 0) return at + 1;
    if ((length & 0xc0) == 0xc0) return at + 2;
    if (length > kMaxLabelSize) return 0;
    at += length + 1U;
  }
  return 0;
}

}  // namespace

std::optional<Question> decode_question(Bytes message, std::size_t at) {
  const auto name = decode_name(message, at);
  if (!name) return std::nullopt;
  at += name->consumed;
  if (message.size() - at < kQuestionFixed) return std::nullopt;
  return Question{.name = name->name,
                  .type = static_cast<Type>(load_u16(message.data() + at)),
                  .qclass = static_cast<Class>(load_u16(message.data() + at + 2)),
                  .end = at + kQuestionFixed};
}

RecordReader::RecordReader(Bytes message, std::size_t at) noexcept
    : message_(message),
      at_(at),
      authority_(load_u16(message.data() + header::kAncount)),
      additional_(authority_ + load_u16(message.data() + header::kNscount)),
      all_(additional_ + load_u16(message.data() + header::kArcount)) {}

std::optional<WireRecord> read_record(Bytes message, std::size_t at) noexcept {
  const std::size_t fixed = behind_name(message, at);
  const std::size_t rdata_at = fixed + kRecordFixed;
  if (fixed == 0 || rdata_at > message.size()) return std::nullopt;
  const std::uint8_t* const p = message.data() + fixed;
  const std::size_t size = load_u16(p + 8);
  if (size > message.size() - rdata_at) return std::nullopt;
  return WireRecord{.at = at,
                    .rdata_at = rdata_at,
                    .type = static_cast<Type>(load_u16(p)),
                    .rclass = static_cast<Class>(load_u16(p + 2)),
                    .ttl = load_u32(p + 4),
                    .rdata = message.subspan(rdata_at, size)};
}

bool RecordReader::next(WireRecord& record) noexcept {
  if (read_ == all_ || !ok_) return false;
  const std::optional<WireRecord> found = read_record(message_, at_);
  ok_ = found.has_value();
  if (!ok_) return false;
  record = *found;
  if (read_ >= authority_) record.section = Section::authority;
  if (read_ >= additional_) record.section = Section::additional;
  record.last = ++read_ == all_;
  at_ = record.end();
  return true;
}

std::optional<std::vector<std::uint8_t>> plain_rdata(Bytes message, const WireRecord& record) {
  const TypeDescriptor* const shape = descriptor(record.type);
  const std::size_t end = record.end();
  std::size_t at = record.rdata_at;
  std::vector<std::uint8_t> plain;
  for (std::size_t i = 0; shape != nullptr && i < shape->fields.size() && at < end; ++i) {
    if (is_name(shape->fields[i])) {
      const auto name = decode_name(message, at);
      if (!name || at + name->consumed > end) return std::nullopt;
      plain.insert(plain.end(), name->name.wire().begin(), name->name.wire().end());
      at += name->consumed;
      continue;
    }
    const auto field = field_size(shape->fields[i], message.subspan(at, end - at));
    if (!field) return std::nullopt;
    const Bytes octets = message.subspan(at, *field);
    plain.insert(plain.end(), octets.begin(), octets.end());
    at += *field;
  }
  const Bytes rest = message.subspan(at, end - at);
  plain.insert(plain.end(), rest.begin(), rest.end());
  if (!valid_rdata(record.type, plain)) return std::nullopt;
  return plain;
}

std::optional<std::uint32_t> serial_of(const WireRecord& record) noexcept {
  if (record.rdata.size() < kSoaNumbers + 2) return std::nullopt;  // two names before them
  return load_u32(record.rdata.data() + record.rdata.size() - kSoaNumbers);
}

}  // namespace rollcall::dns
