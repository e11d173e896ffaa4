#include "agent_link/agent_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <iterator>
#include <optional>

#include "core/number.hpp"

namespace rollcall::agent_link {

namespace {

namespace http = boost::beast::http;

constexpr unsigned kHttp11 = 11;

/// Fields that change how a request is read or what follows it. The protocol needs none of them.
constexpr std::array kForeignFields{
    http::field::transfer_encoding, http::field::te,     http::field::trailer,
    http::field::upgrade,           http::field::expect, http::field::content_encoding};

std::unexpected<RequestProblem> refuse(std::string reason,
                                       http::status status = http::status::bad_request) {
  return std::unexpected(RequestProblem{status, std::move(reason)});
}

template <class Name>
std::ptrdiff_t count_of(const RawRequest& request, Name name) {
  const auto found = request.equal_range(name);
  return std::distance(found.first, found.second);
}

bool is_repeat_key(std::string_view text) {
  const auto good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
  };
  return text.size() >= kMinRepeatKey && text.size() <= kMaxRepeatKey &&
         std::ranges::all_of(text, good);
}

/// What is wrong with the header; nothing where it has the form of the protocol.
std::optional<std::string> problem_with(const RawRequest& request) {
  if (request.version() != kHttp11) return "HTTP/1.1 is required";
  const auto target = request.target();
  if (target.empty() || target.front() != '/') return "the target must be a path";
  if (count_of(request, http::field::host) != 1) return "exactly one Host is required";
  for (const http::field field : kForeignFields) {
    if (count_of(request, field) == 0) continue;
    return fmt::format("{} is not supported", std::string_view(http::to_string(field)));
  }
  const std::ptrdiff_t lengths = count_of(request, http::field::content_length);
  if (lengths > 1) return "more than one Content-Length";
  // RFC 9112 6.3: a list of equal lengths may be read as one of them. Here it is refused.
  if (lengths == 1 && !parse_number<std::uint64_t>(request[http::field::content_length])) {
    return "Content-Length must be a number";
  }
  if (lengths == 0 && request.method() == http::verb::post) return "Content-Length is missing";
  if (!request.body().empty() && request.method() != http::verb::post) {
    return "a body belongs to POST alone";
  }
  const boost::beast::string_view repeat(kRepeatHeader.data(), kRepeatHeader.size());
  if (count_of(request, repeat) > 1) return fmt::format("more than one {}", kRepeatHeader);
  return std::nullopt;
}

}  // namespace

void set_limits(RequestParser& parser) {
  parser.header_limit(kAgentHeaderLimit);
  parser.body_limit(kAgentBodyLimit);
}

std::expected<AgentRequest, RequestProblem> check_request(RawRequest request, std::size_t more) {
  if (auto problem = problem_with(request)) return refuse(std::move(*problem));
  if (more != 0) return refuse("one request a connection: more follows it");
  AgentRequest checked{.method = request.method(),
                       .method_text = std::string(request.method_string()),
                       .path = std::string(request.target()),
                       .body = {},
                       .repeat_key = {}};
  const auto repeat =
      request.find(boost::beast::string_view(kRepeatHeader.data(), kRepeatHeader.size()));
  if (repeat != request.end()) {
    checked.repeat_key = std::string(repeat->value());
    if (!is_repeat_key(checked.repeat_key)) {
      return refuse(fmt::format("{}: expected {} to {} letters, digits, \"-\" and \"_\"",
                                kRepeatHeader, kMinRepeatKey, kMaxRepeatKey));
    }
  }
  checked.body = std::move(request.body());
  return checked;
}

RequestProblem unreadable(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    return {http::status::request_header_fields_too_large,
            fmt::format("the header is over {} octets", kAgentHeaderLimit)};
  }
  if (error == http::error::body_limit) {
    return {http::status::payload_too_large,
            fmt::format("the body is over {} octets", kAgentBodyLimit)};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return {http::status::unknown, error.message()};
  }
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return {http::status::bad_request, "not HTTP: " + error.message()};
  }
  return {http::status::unknown, error.message()};
}

std::expected<AgentRequest, RequestProblem> read_request(std::string_view octets) {
  RequestParser parser;
  set_limits(parser);
  parser.eager(true);
  boost::system::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(octets.data(), octets.size()), error);
  if (!error && !parser.is_done()) error = make_error_code(http::error::partial_message);
  if (error == http::error::need_more) error = make_error_code(http::error::partial_message);
  if (error) return std::unexpected(unreadable(error));
  return check_request(parser.release(), octets.size() - used);
}

}  // namespace rollcall::agent_link
