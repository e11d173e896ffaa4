#include "dns/query.hpp"

namespace rollcall::dns {
namespace {

/// RFC 7873 section 5.2.2: a client cookie of 8 octets, alone or with a server cookie of 8 to 32.
bool valid_cookie_size(std::size_t size) {
  return size == 8 || (size >= 16 && size <= 40);
}

/// Steps over an owner name, which may be compressed.
bool skip_name(ByteReader& in) {
  for (;;) {
    const std::uint8_t length = in.u8();
    if (!in.ok()) return false;
    if (length == 0) return true;
    if ((length & 0xc0) == 0xc0) return in.skip(1);
    if (length > kMaxLabelSize || !in.skip(length)) return false;
  }
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

/// Reads one record after the question. OPT and TSIG are parsed, others are skipped.
std::optional<QueryError> read_record(Bytes packet, ByteReader& in, bool additional, bool last,
                                      Query& query) {
  const std::size_t start = in.position();
  const bool root_owner = start < packet.size() && packet[start] == 0;
  if (!skip_name(in)) return QueryError::formerr;
  const auto type = static_cast<Type>(in.u16());
  const std::uint16_t udp_size = in.u16();  // the CLASS in every other type
  const std::uint32_t ttl = in.u32();
  const std::uint16_t size = in.u16();
  const Bytes rdata = in.bytes(size);
  if (!in.ok()) return QueryError::formerr;

  if (type == Type::OPT) {
    // RFC 6891 6.1.1: at most one, owned by the root, in the additional section.
    if (query.edns.present || !root_owner || !additional) return QueryError::formerr;
    query.edns.present = true;
    query.edns.udp_size = udp_size;
    query.edns.version = static_cast<std::uint8_t>(ttl >> 16);
    query.edns.dnssec_ok = (ttl & 0x8000) != 0;
    return read_options(ByteReader(rdata), query.edns);
  }
  if (type == Type::TSIG) {
    // RFC 8945 5.1: the last record of the additional section, and the only one.
    if (!additional || !last) return QueryError::formerr;
    query.tsig = start;
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
  const std::uint8_t* p = packet.data();
  const unsigned before = load_u16(p + header::kAncount) + load_u16(p + header::kNscount);
  const unsigned all = before + load_u16(p + header::kArcount);
  query.edns = {};
  ByteReader in(packet, kHeaderSize + query.question_size);
  for (unsigned i = 0; i < all; ++i) {
    if (auto error = read_record(packet, in, i >= before, i + 1 == all, query)) return error;
  }
  if (in.left() > 0) return QueryError::formerr;  // octets that no count covers
  // Without a question, only a cookie can be answered (RFC 7873 section 5.4); a request with OPT
  // gets a response with OPT (RFC 6891 section 6.1.1).
  if (query.question_size == 0 && query.edns.cookie.empty()) return QueryError::formerr;
  if (query.edns.present && query.edns.version != 0) return QueryError::badvers;
  return std::nullopt;
}

}  // namespace

std::optional<QueryError> read_query(Bytes packet, Query& query) {
  query.question_size = 0;
  query.edns.present = false;
  query.tsig.reset();
  if (packet.size() < kHeaderSize) return QueryError::silence;
  const std::uint8_t* p = packet.data();
  query.id = load_u16(p + header::kId);
  query.flags = load_u16(p + header::kFlags);
  if ((query.flags & (flag::kQr | flag::kOpcodeMask)) != 0) {
    return (query.flags & flag::kQr) != 0 ? QueryError::silence : QueryError::notimp;
  }
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

std::optional<std::uint32_t> read_client_serial(Bytes packet, const Query& query) {
  constexpr std::size_t kNumbers = 20;  // octets of a SOA after its names; the serial comes first
  const unsigned answers = load_u16(packet.data() + header::kAncount);
  const unsigned behind = answers + load_u16(packet.data() + header::kNscount);
  ByteReader in(packet, kHeaderSize + query.question_size);
  for (unsigned i = 0; i < behind; ++i) {
    if (!skip_name(in)) return std::nullopt;
    const auto type = static_cast<Type>(in.u16());
    in.skip(6);  // CLASS and TTL
    const Bytes rdata = in.bytes(in.u16());
    if (!in.ok()) return std::nullopt;
    if (i < answers || type != Type::SOA || rdata.size() < kNumbers) continue;
    return load_u32(rdata.data() + rdata.size() - kNumbers);
  }
  return std::nullopt;
}

}  // namespace rollcall::dns
