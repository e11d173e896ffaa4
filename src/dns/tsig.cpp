#include "dns/tsig.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "dns/message_reader.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {
namespace {

struct Algorithm {
  TsigAlgorithm id;
  std::string_view name;
  std::string_view wire_name;
  const EVP_MD* (*digest)();
};

constexpr std::array<Algorithm, 6> kHashes{
    {{TsigAlgorithm::hmac_sha256, "hmac-sha256", "hmac-sha256", EVP_sha256},
     {TsigAlgorithm::hmac_sha384, "hmac-sha384", "hmac-sha384", EVP_sha384},
     {TsigAlgorithm::hmac_sha512, "hmac-sha512", "hmac-sha512", EVP_sha512},
     {TsigAlgorithm::hmac_sha224, "hmac-sha224", "hmac-sha224", EVP_sha224},
     {TsigAlgorithm::hmac_sha1, "hmac-sha1", "hmac-sha1", EVP_sha1},
     {TsigAlgorithm::hmac_md5, "hmac-md5", "hmac-md5.sig-alg.reg.int", EVP_md5}}};

const Algorithm& algorithm_of(TsigAlgorithm id) {
  return kHashes[static_cast<std::size_t>(id)];
}

/// @return empty where the library refuses the algorithm, as FIPS 140 builds refuse MD5
std::vector<std::uint8_t> hmac(const TsigKey& key, Bytes data) {
  std::vector<std::uint8_t> mac(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  HMAC(algorithm_of(key.algorithm).digest(), key.secret.data(), static_cast<int>(key.secret.size()),
       data.data(), data.size(), mac.data(), &size);
  mac.resize(size);
  return mac;
}

/// The input of the digest, in the order of RFC 8945 section 4.3.
class DigestInput {
 public:
  void u16(std::uint16_t value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    octets_.push_back(static_cast<std::uint8_t>(value));
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value));
  }
  void bytes(Bytes value) { octets_.insert(octets_.end(), value.begin(), value.end()); }

  /// Section 4.3.1: the MAC before this message.
  void prior_mac(Bytes mac) {
    u16(static_cast<std::uint16_t>(mac.size()));
    bytes(mac);
  }
  /// Section 4.3.2: the message as it was before the TSIG was added.
  void message(Bytes message, std::uint16_t id, std::uint16_t arcount) {
    const std::size_t start = octets_.size();
    bytes(message);
    store_u16(octets_.data() + start + header::kId, id);
    store_u16(octets_.data() + start + header::kArcount, arcount);
  }
  /// Section 4.3.3: names in canonical form.
  void variables(const Name& key, const Name& algorithm, std::uint64_t time, std::uint16_t fudge,
                 std::uint16_t error, Bytes other) {
    bytes(key.lowered().wire());
    u16(static_cast<std::uint16_t>(Class::ANY));
    u32(0);  // TTL
    bytes(algorithm.lowered().wire());
    timers(time, fudge);
    u16(error);
    u16(static_cast<std::uint16_t>(other.size()));
    bytes(other);
  }
  /// Section 5.3.1: the only variables that messages after the first of a transfer add.
  void timers(std::uint64_t time, std::uint16_t fudge) {
    u16(static_cast<std::uint16_t>(time >> 32));
    u32(static_cast<std::uint32_t>(time));
    u16(fudge);
  }
  Bytes octets() const { return octets_; }

 private:
  std::vector<std::uint8_t> octets_;
};

/// A TSIG record as it is in a message (RFC 8945 section 4.2).
struct Record {
  Name key;
  Name algorithm;
  std::uint64_t time = 0;
  std::uint16_t fudge = 0;
  Bytes mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  Bytes other;
};

std::optional<Record> read_tsig_record(Bytes packet, std::size_t offset) {
  const std::optional<WireRecord> found = read_record(packet, offset);
  if (!found || found->rclass != Class::ANY || found->ttl != 0) return std::nullopt;
  if (found->end() != packet.size()) return std::nullopt;
  const auto owner = decode_name(packet, offset);
  const auto algorithm = decode_name(packet, found->rdata_at);
  if (!owner || !algorithm) return std::nullopt;
  Record record;
  record.key = owner->name;
  record.algorithm = algorithm->name;
  ByteReader in(packet, found->rdata_at + algorithm->consumed);
  record.time = in.u48();
  record.fudge = in.u16();
  record.mac = in.bytes(in.u16());
  record.original_id = in.u16();
  record.error = in.u16();
  record.other = in.bytes(in.u16());
  if (!in.ok() || in.left() != 0) return std::nullopt;
  return record;
}

std::size_t write_record(MutableBytes out, std::size_t size, const Record& record) {
  ByteWriter to(out, size);
  to.bytes(record.key.wire());
  to.u16(static_cast<std::uint16_t>(Type::TSIG));
  to.u16(static_cast<std::uint16_t>(Class::ANY));
  to.u32(0);
  const std::size_t length_at = to.position();
  to.u16(0);
  to.bytes(record.algorithm.wire());
  to.u48(record.time);
  to.u16(record.fudge);
  to.u16(static_cast<std::uint16_t>(record.mac.size()));
  to.bytes(record.mac);
  to.u16(record.original_id);
  to.u16(record.error);
  to.u16(static_cast<std::uint16_t>(record.other.size()));
  to.bytes(record.other);
  if (!to.ok()) return size;  // the caller left no room; the client refuses an unsigned response
  store_u16(to.at(length_at), static_cast<std::uint16_t>(to.position() - length_at - 2));
  std::uint8_t* arcount = to.at(header::kArcount);
  store_u16(arcount, static_cast<std::uint16_t>(load_u16(arcount) + 1));
  return to.position();
}

/// Section 5.2.2.1: half of the hash, and ten octets.
constexpr std::size_t least_mac(std::size_t whole) {
  return std::max<std::size_t>(10, (whole + 1) / 2);
}

std::uint64_t seconds(WallTime now) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

Name name_of(TsigAlgorithm algorithm) {
  return *Name::parse(algorithm_of(algorithm).wire_name);
}

}  // namespace

std::string_view tsig_error_name(TsigError error) noexcept {
  switch (error) {
    case TsigError::none:
      return "NOERROR";
    case TsigError::badsig:
      return "BADSIG";
    case TsigError::badkey:
      return "BADKEY";
    case TsigError::badtime:
      return "BADTIME";
    case TsigError::badtrunc:
      return "BADTRUNC";
  }
  return "unknown";
}

std::string_view tsig_algorithm_name(TsigAlgorithm algorithm) noexcept {
  return kHashes[static_cast<std::size_t>(algorithm)].name;
}

bool is_weak(TsigAlgorithm algorithm) noexcept {
  return algorithm > TsigAlgorithm::hmac_sha512;
}

std::optional<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) noexcept {
  for (const Algorithm& algorithm : kHashes) {
    if (text == algorithm.name || text == algorithm.wire_name) return algorithm.id;
  }
  return std::nullopt;
}

std::optional<TsigSession> TsigSession::verify(Bytes packet, std::size_t tsig,
                                               std::span<const TsigKey> keys, WallTime now) {
  const std::optional<Record> record = read_tsig_record(packet, tsig);
  if (!record) return std::nullopt;
  TsigSession session;
  session.key_name_ = record->key;
  session.algorithm_name_ = record->algorithm;
  session.original_id_ = record->original_id;
  session.time_signed_ = record->time;
  for (const TsigKey& key : keys) {
    if (key.name == record->key && name_of(key.algorithm) == record->algorithm) session.key_ = key;
  }
  if (!session.key_) {
    session.error_ = TsigError::badkey;  // section 5.2.1
    return session;
  }

  DigestInput input;
  const std::uint16_t arcount = load_u16(packet.data() + header::kArcount);
  input.message(packet.first(tsig), record->original_id, static_cast<std::uint16_t>(arcount - 1));
  input.variables(record->key, record->algorithm, record->time, record->fudge, record->error,
                  record->other);
  const std::vector<std::uint8_t> mac = hmac(*session.key_, input.octets());
  if (mac.empty()) {
    session.key_.reset();  // cannot check anything
    session.error_ = TsigError::badkey;
    return session;
  }
  // Section 5.2.2.1: these sizes are no signature at all.
  const std::size_t size = record->mac.size();
  if (size > mac.size() || size < least_mac(mac.size())) return std::nullopt;
  if (CRYPTO_memcmp(record->mac.data(), mac.data(), size) != 0) {
    session.error_ = TsigError::badsig;  // section 5.2.2
  } else {
    session.last_mac_.assign(record->mac.begin(), record->mac.end());
    const std::uint64_t clock = seconds(now);
    const std::uint64_t apart = clock > record->time ? clock - record->time : record->time - clock;
    if (apart > record->fudge) session.error_ = TsigError::badtime;  // section 5.2.3
  }
  return session;
}

std::optional<Name> TsigSession::verified_key() const {
  return error_ == TsigError::none ? std::optional(key_name_) : std::nullopt;
}

std::size_t TsigSession::record_size() const noexcept {
  return key_name_.size() + algorithm_name_.size() + 10 + 16 + EVP_MAX_MD_SIZE + 6;
}

std::vector<std::uint8_t> TsigSession::response_mac(Bytes message, std::uint64_t time,
                                                    Bytes other) const {
  DigestInput input;
  input.prior_mac(last_mac_);
  input.message(message, original_id_, load_u16(message.data() + header::kArcount));
  if (first_) {
    input.variables(key_name_, algorithm_name_, time, kTsigFudge,
                    static_cast<std::uint16_t>(error_), other);
  } else {
    input.timers(time, kTsigFudge);
  }
  return hmac(*key_, input.octets());
}

std::size_t TsigSession::sign(MutableBytes out, std::size_t size, WallTime now) {
  // Section 5.2.3: BADTIME is signed, repeats the client's time, and carries the server's.
  const bool badtime = error_ == TsigError::badtime;
  std::array<std::uint8_t, 6> clock;
  ByteWriter(clock).u48(seconds(now));
  Record record{.key = key_name_,
                .algorithm = algorithm_name_,
                .time = badtime ? time_signed_ : seconds(now),
                .fudge = kTsigFudge,
                .original_id = original_id_,
                .error = static_cast<std::uint16_t>(error_),
                .other = badtime ? Bytes(clock) : Bytes{}};
  // Section 5.3.2: with an unknown key or a bad MAC the response is not signed.
  const bool sign = error_ == TsigError::none || badtime;
  if (sign) last_mac_ = response_mac(Bytes(out).first(size), record.time, record.other);
  if (sign) record.mac = last_mac_;
  first_ = false;
  return write_record(out, size, record);
}

std::size_t sign_request(const TsigKey& key, MutableBytes out, std::size_t size, WallTime now) {
  const Bytes message = Bytes(out).first(size);
  const std::uint16_t id = load_u16(message.data() + header::kId);
  DigestInput input;
  input.message(message, id, load_u16(message.data() + header::kArcount));
  input.variables(key.name, name_of(key.algorithm), seconds(now), kTsigFudge, 0, {});
  const std::vector<std::uint8_t> mac = hmac(key, input.octets());
  return write_record(out, size,
                      {.key = key.name,
                       .algorithm = name_of(key.algorithm),
                       .time = seconds(now),
                       .fudge = kTsigFudge,
                       .mac = mac,
                       .original_id = id});
}

TsigVerifier::TsigVerifier(TsigKey key, Bytes request, std::size_t tsig) : key_(std::move(key)) {
  const std::optional<Record> record = read_tsig_record(request, tsig);
  if (record) last_mac_.assign(record->mac.begin(), record->mac.end());
}

Result<void> TsigVerifier::take(Bytes message, std::optional<std::size_t> tsig, WallTime now) {
  if (!tsig) {
    if (!signed_once_) return fail("the answer is not signed");
    if (++unsigned_ > kMaxUnsigned) return fail("too many messages in a row are not signed");
    between_.insert(between_.end(), message.begin(), message.end());
    return {};
  }
  const std::optional<Record> record = read_tsig_record(message, *tsig);
  if (!record) return fail("the TSIG record is malformed");
  if (record->error != 0) {
    const auto error = static_cast<TsigError>(record->error);
    return fail("the signature is refused with " + std::string(tsig_error_name(error)));
  }
  if (record->key != key_.name || record->algorithm != name_of(key_.algorithm)) {
    return fail("the answer is signed with another key");
  }
  DigestInput input;
  input.prior_mac(last_mac_);
  input.bytes(between_);
  const std::uint16_t arcount = load_u16(message.data() + header::kArcount);
  input.message(message.first(*tsig), record->original_id, static_cast<std::uint16_t>(arcount - 1));
  if (signed_once_) {
    input.timers(record->time, record->fudge);
  } else {
    input.variables(record->key, record->algorithm, record->time, record->fudge, record->error,
                    record->other);
  }
  const std::vector<std::uint8_t> mac = hmac(key_, input.octets());
  const bool same = !mac.empty() && record->mac.size() == mac.size() &&
                    CRYPTO_memcmp(record->mac.data(), mac.data(), mac.size()) == 0;
  if (!same) return fail("the signature is wrong");
  const std::uint64_t clock = seconds(now);
  const std::uint64_t apart = clock > record->time ? clock - record->time : record->time - clock;
  if (apart > record->fudge) return fail("the signature's time is too far from ours");
  last_mac_ = mac;
  between_.clear();
  unsigned_ = 0;
  signed_once_ = true;
  return {};
}

}  // namespace rollcall::dns
