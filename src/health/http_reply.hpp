/// The reply to an HTTP check: HTTP/1 as servers write it, read as curl reads it.
///
/// Accepted beyond RFC 9112: lines that end with LF alone, a status line that ends with the code,
/// Content-Length beside Transfer-Encoding (the latter counts), several Content-Lengths (the last
/// counts), "HTTP/2". Refused: replies without a status line (HTTP/0.9, ICY), other versions, a
/// header line without a colon or with NUL, a Content-Length that is no number.
///
/// Limitations: no content or transfer codings except chunked; a coded body is searched as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "health/check.hpp"

namespace rollcall::health {

/// For everything but the body: status lines and headers of all replies, the framing of chunks.
/// curl reads lines of 100 KiB, 300 KiB in total; a health page needs no more than a server with
/// many cookies sends.
inline constexpr std::size_t kMaxHttpFraming = 128UL * 1024;  // octets

/// Replies of 1xx before the reply itself: known servers send one 100 and a few 103.
inline constexpr unsigned kMaxInformational = 16;

/// Reads one reply as it arrives, with the 1xx replies before it (RFC 9110 section 15.2).
class HttpReply {
 public:
  /// @param check outlives the reply
  explicit HttpReply(const HttpCheck& check) : check_(check) {}

  /// Continues until the check is decided.
  /// @return nothing where more of the reply is needed; after a result nothing more is read
  std::optional<Result<void>> received(std::string_view piece);

  /// The connection has ended.
  Result<void> ended();

 private:
  enum class Place : std::uint8_t {
    status,
    header,
    sized_body,  // by Content-Length; ends when `left_` is 0
    open_body,   // ends with the connection
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    done
  };

  std::string_view take_body(std::string_view piece);
  Result<std::string_view> take_line(std::string_view piece);
  Result<void> end_line();
  Result<void> read_status(std::string_view line);
  Result<void> read_header(std::string_view line);
  Result<void> end_header();
  Result<void> read_chunk_size(std::string_view line);
  std::optional<Result<void>> verdict(bool complete) const;

  const HttpCheck& check_;
  Place place_ = Place::status;
  std::string line_;         // the current one, cut where it is long
  std::size_t framing_ = 0;  // octets so far, see kMaxHttpFraming
  bool any_ = false;
  unsigned status_ = 0;
  unsigned informational_ = 0;
  bool chunked_ = false;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::string body_;        // its first kMaxReplySearched octets
};

}  // namespace rollcall::health
