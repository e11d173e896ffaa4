/// A request at the agent, checked before anything looks at it. The client of the protocol sends
/// one plain form; whatever differs from it is refused, even where HTTP allows it, so that no two
/// readers of a request could understand it differently.
///
/// Pure: the connection reads the octets, and what comes of them is decided here.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace rollcall::agent_link {

/// With the places of the agent's door, these bound the memory that a peer can occupy.
inline constexpr std::uint32_t kAgentHeaderLimit = 4096;
inline constexpr std::uint64_t kAgentBodyLimit = 4096;

/// The header of a restart that may be asked for again: the reply is that of the first time.
inline constexpr std::string_view kRepeatHeader = "Idempotency-Key";
inline constexpr std::size_t kMinRepeatKey = 16;  // letters, digits, "-" and "_"
inline constexpr std::size_t kMaxRepeatKey = 64;

struct AgentRequest {
  boost::beast::http::verb method = boost::beast::http::verb::unknown;
  std::string method_text;
  std::string path;
  std::string body;
  std::string repeat_key;  // empty: none

  bool operator==(const AgentRequest&) const = default;
};

/// Why a request is refused.
struct RequestProblem {
  boost::beast::http::status status = boost::beast::http::status::bad_request;
  std::string reason;
};

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;
using RawRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Sets the limits of the parser.
void set_limits(RequestParser& parser);

/// @param more octets that came behind the request
std::expected<AgentRequest, RequestProblem> check_request(RawRequest request, std::size_t more);

/// The reply to a request that could not be read.
/// @return status unknown: the peer is gone, and there is nobody to reply to
RequestProblem unreadable(const boost::system::error_code& error);

/// All octets that a connection brought.
std::expected<AgentRequest, RequestProblem> read_request(std::string_view octets);

}  // namespace rollcall::agent_link
