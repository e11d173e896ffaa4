/// Transaction signatures (RFC 8945): they prove the sender of a message, and that it is unchanged.
///
/// A truncated MAC is accepted from half of the hash on (section 5.2.2.1); ours are whole.
///
/// Limitations: the response to a NOTIFY is not verified.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "dns/tsig_key.hpp"

namespace rollcall::dns {

inline constexpr std::uint16_t kTsigFudge = 300;  // seconds, RFC 8945 section 10 recommends it

/// The ERROR field of a TSIG (RFC 8945 section 3).
enum class TsigError : std::uint16_t {
  none = 0,
  badsig = 16,
  badkey = 17,
  badtime = 18,
  badtrunc = 22
};

/// "BADSIG", "BADKEY", ... (RFC 8945 section 3); "NOERROR" for none.
std::string_view tsig_error_name(TsigError error) noexcept;

/// "hmac-sha256" and so on (RFC 8945 section 6); HMAC with MD5 is "hmac-md5".
std::string_view tsig_algorithm_name(TsigAlgorithm algorithm) noexcept;
/// RFC 8945 section 6: SHA-1 and SHA-224 are not recommended, MD5 must not be used.
bool is_weak(TsigAlgorithm algorithm) noexcept;
/// Reads a name in lower case; for MD5 also "hmac-md5.sig-alg.reg.int", its name in messages.
std::optional<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) noexcept;

/// A signed request and its responses; each signature covers the one before.
class TsigSession {
 public:
  /// Checks the signature of a request (RFC 8945 section 5.2): key, MAC, time, in this order.
  /// @param tsig offset of the TSIG record, the last of the message (dns/query.hpp)
  /// @return a session whose error() is the result; nothing where the record is malformed
  static std::optional<TsigSession> verify(Bytes packet, std::size_t tsig,
                                           std::span<const TsigKey> keys, WallTime now);

  TsigError error() const noexcept { return error_; }
  /// The name of the key that the request names, verified or not.
  const Name& key_name() const noexcept { return key_name_; }
  /// The name of the key that verified the request; nothing where none did.
  std::optional<Name> verified_key() const;
  /// The most octets that sign() appends.
  std::size_t record_size() const noexcept;

  /// Appends the TSIG to the response at the front of `out` and counts it in ARCOUNT.
  /// @param size of the response in octets, without the TSIG
  /// @return the size with the TSIG
  std::size_t sign(MutableBytes out, std::size_t size, WallTime now);

 private:
  TsigSession() = default;
  std::vector<std::uint8_t> response_mac(Bytes message, std::uint64_t time, Bytes other) const;

  std::optional<TsigKey> key_;
  Name key_name_;
  Name algorithm_name_;
  TsigError error_ = TsigError::none;
  std::uint16_t original_id_ = 0;
  std::uint64_t time_signed_ = 0;
  std::vector<std::uint8_t> last_mac_;  // of the request, then of the previous response
  bool first_ = true;
};

/// Appends a TSIG to a request of our own (RFC 8945 section 5.1).
/// @return the size with the TSIG
std::size_t sign_request(const TsigKey& key, MutableBytes out, std::size_t size, WallTime now);

/// Messages in a row that need not be signed, in an answer of many (RFC 8945 section 5.3.1).
inline constexpr unsigned kMaxUnsigned = 99;

/// Checks the answer to a signed request of our own, message by message: each signature covers the
/// one before and the messages in between.
class TsigVerifier {
 public:
  /// @param request as sign_request() has signed it
  /// @param tsig the offset of its TSIG: its size before
  TsigVerifier(TsigKey key, Bytes request, std::size_t tsig);

  /// @param tsig offset of the TSIG, the last record of the message; nothing: it is not signed
  /// @return what is wrong, with the primary's own error where it has one
  Result<void> take(Bytes message, std::optional<std::size_t> tsig, WallTime now);
  /// True where the last message was signed.
  bool settled() const noexcept { return signed_once_ && unsigned_ == 0; }

 private:
  TsigKey key_;
  std::vector<std::uint8_t> last_mac_;
  std::vector<std::uint8_t> between_;  // messages since the last signature
  unsigned unsigned_ = 0;              // their number
  bool signed_once_ = false;
};

inline constexpr std::size_t kMaxTsigSize = 2 * kMaxNameSize + 10 + 16 + 64 + 6;  // octets

}  // namespace rollcall::dns
