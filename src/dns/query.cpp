#include "dns/query.hpp"

#include "dns/message_reader.hpp"

namespace rollcall::dns {
namespace {

/// RFC 7873 section 5.2.2: a client cookie of 8 octets, alone or with a server cookie of 8 to 32.
bool valid_cookie_size(std::size_t size) {
  return size == 8 || (size >= 16 && size <= 40);
}

std::optional<QueryError> read_options(ByteReader in, Edns& edns) {
  while (in.left() > 0) {
    const auto code = static_cast<EdnsOption>(in.u16());
    const Bytes value = in.bytes(in.u16());
    if (!in.ok()) return QueryError::formerr;
    switch (code) {
      case EdnsOption::nsid:
        edns.nsid = true;
        break;
      case EdnsOption::tcp_keepalive:
        edns.keepalive = true;
        break;
      case EdnsOption::expire:
        edns.expire = value.empty();  // with a value it is an answer
        break;
      case EdnsOption::zone_version:
        // RFC 9660 section 3.2: it is empty in a query.
        if (!value.empty()) return QueryError::formerr;
        edns.zone_version = true;
        break;
      case EdnsOption::cookie:
        if (!valid_cookie_size(value.size())) return QueryError::formerr;
        edns.cookie = value;
        break;
      default:
        break;
    }
  }
  return std::nullopt;
}

/// OPT and TSIG are parsed, others are skipped.
std::optional<QueryError> take_record(Bytes packet, const WireRecord& record, Query& query) {
  if (record.type == Type::OPT) {
    // RFC 6891 6.1.1: at most one, owned by the root, in the additional section.
    const bool root_owner = packet[record.at] == 0;
    if (query.edns.present || !root_owner || record.section != Section::additional) {
      return QueryError::formerr;
    }
    query.edns.present = true;
    query.edns.udp_size = static_cast<std::uint16_t>(record.rclass);
    query.edns.version = static_cast<std::uint8_t>(record.ttl >> 16);
    query.edns.dnssec_ok = (record.ttl & 0x8000) != 0;
    return read_options(ByteReader(record.rdata), query.edns);
  }
  if (record.type == Type::TSIG) {
    // RFC 8945 5.1: the last record of the additional section, and the only one.
    if (record.section != Section::additional || !record.last) return QueryError::formerr;
    query.tsig = record.at;
  }
  return std::nullopt;
}

bool has_records(const std::uint8_t* p) {
  return (load_u16(p + header::kAncount) | load_u16(p + header::kNscount) |
          load_u16(p + header::kArcount)) != 0;
}

bool read_question(Bytes packet, Query& query) {
  const std::size_t name_size = query.name.read(packet, kHeaderSize);
  if (name_size == 0 || kHeaderSize + name_size + 4 > packet.size()) return false;
  const std::uint8_t* behind_name = packet.data() + kHeaderSize + name_size;
  query.type = static_cast<Type>(load_u16(behind_name));
  query.qclass = static_cast<Class>(load_u16(behind_name + 2));
  query.question_size = static_cast<std::uint16_t>(name_size + 4);
  return true;
}

/// Reads everything after the question. A function of its own, so that a request with nothing
/// there is read quickly.
[[gnu::noinline]] std::optional<QueryError> read_records(Bytes packet, Query& query) {
  query.edns = {};
  RecordReader records(packet, kHeaderSize + query.question_size);
  for (WireRecord record; records.next(record);) {
    if (auto error = take_record(packet, record, query)) return error;
  }
  // Octets that no count covers are no better than a record that is cut off.
  if (!records.ok() || records.left() > 0) return QueryError::formerr;
  // Without a question, only a cookie can be answered (RFC 7873 section 5.4); a request with OPT
  // gets a response with OPT (RFC 6891 section 6.1.1).
  if (query.question_size == 0 && query.edns.cookie.empty()) return QueryError::formerr;
  if (query.edns.present && query.edns.version != 0) return QueryError::badvers;
  return std::nullopt;
}

constexpr std::uint16_t kNotify =
    static_cast<std::uint16_t>(static_cast<unsigned>(Opcode::notify) << flag::kOpcodeShift);

/// What is no query. A function of its own, for the same reason.
[[gnu::noinline]] std::optional<QueryError> read_other(Bytes packet, Query& query) {
  if ((query.flags & flag::kQr) != 0) return QueryError::silence;
  if ((query.flags & flag::kOpcodeMask) != kNotify) return QueryError::notimp;
  if (load_u16(packet.data() + header::kQdcount) != 1) return QueryError::notimp;
  if (!read_question(packet, query)) return QueryError::formerr;
  if (const auto error = read_records(packet, query)) return error;
  return QueryError::notify;
}

/// Fills in what the header says. @return false: there is no whole header
[[gnu::always_inline]] inline bool read_header(Bytes packet, Query& query) {
  query.question_size = 0;
  query.edns.present = false;
  query.tsig.reset();
  if (packet.size() < kHeaderSize) return false;
  query.id = load_u16(packet.data() + header::kId);
  query.flags = load_u16(packet.data() + header::kFlags);
  return true;
}

}  // namespace

std::optional<QueryError> read_query(Bytes packet, Query& query) {
  if (!read_header(packet, query)) return QueryError::silence;
  const std::uint8_t* p = packet.data();
  const bool is_query = (query.flags & (flag::kQr | flag::kOpcodeMask)) == 0;
  if (!is_query) return read_other(packet, query);
  // RFC 9619 section 4: "a DNS message with OPCODE = 0 and QDCOUNT > 1 MUST be treated as an
  // incorrectly formatted message".
  const std::uint16_t questions = load_u16(p + header::kQdcount);
  if (questions > 1) return QueryError::formerr;
  if (questions == 1 && !read_question(packet, query)) return QueryError::formerr;
  const bool question_alone =
      questions == 1 && !has_records(p) && packet.size() == kHeaderSize + query.question_size;
  if (question_alone) return std::nullopt;
  return read_records(packet, query);
}

std::optional<QueryError> read_update_header(Bytes packet, Query& query) {
  if (!read_header(packet, query)) return QueryError::silence;
  if ((query.flags & flag::kQr) != 0) return QueryError::silence;
  // RFC 2136 section 2.3: exactly one zone.
  if (load_u16(packet.data() + header::kQdcount) != 1 || !read_question(packet, query)) {
    return QueryError::formerr;
  }
  return read_records(packet, query);
}

std::optional<std::uint32_t> read_client_serial(Bytes packet, const Query& query) {
  RecordReader records(packet, kHeaderSize + query.question_size);
  for (WireRecord record; records.next(record) && record.section != Section::additional;) {
    if (record.section != Section::authority || record.type != Type::SOA) continue;
    if (const auto serial = serial_of(record)) return serial;
  }
  return std::nullopt;
}

}  // namespace rollcall::dns
