#include "server/prober.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "health/expectation.hpp"
#include "server/endpoints.hpp"

namespace rollcall::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using health::Outcome;

Outcome good() {
  return {true, {}};
}
Outcome bad(std::string reason) {
  return {false, std::move(reason)};
}

/// One probe's connection; every await on it ends at the check's timeout.
class Probe {
 public:
  Probe(asio::any_io_executor executor, roster::StartProbe request)
      : request_(std::move(request)), stream_(std::move(executor)) {}

  asio::awaitable<Outcome> run() {
    stream_.expires_after(request_.check->timeout);
    const Endpoint target{request_.member, request_.check->port};
    if (auto [error] = co_await stream_.async_connect(to_tcp(target), as_value); error) {
      co_return failed("connect", error);
    }
    if (const auto* tcp = std::get_if<health::TcpCheck>(&request_.check->how)) {
      co_return co_await talk(*tcp);
    }
    co_return co_await get(std::get<health::HttpCheck>(request_.check->how));
  }

 private:
  Outcome failed(std::string_view step, const ErrorCode& error) const {
    if (error == beast::error::timeout) {
      return bad(
          fmt::format("{}: timed out after {}", step, format_duration(request_.check->timeout)));
    }
    if (error == asio::error::connection_refused) return bad("connection refused");
    if (error == asio::error::eof || error == http::error::end_of_stream) {
      return bad(fmt::format("{}: the connection was closed", step));
    }
    return bad(fmt::format("{}: {}", step, error.message()));
  }

  asio::awaitable<Outcome> talk(const health::TcpCheck& check) {
    if (!check.send.empty()) {
      const std::string line = check.send + "\r\n";
      if (auto [error, n] = co_await asio::async_write(stream_, asio::buffer(line), as_value);
          error) {
        co_return failed("send", error);
      }
    }
    health::Expectation expectation(check.expect);
    while (!expectation.satisfied()) {
      char piece[1024];
      auto [error, size] = co_await stream_.async_read_some(asio::buffer(piece), as_value);
      if (error) {
        if (error != asio::error::eof || expectation.seen().empty()) {
          co_return failed("reply", error);
        }
        co_return unexpected(check.expect, expectation.seen());
      }
      if (expectation.feed({piece, size}) == health::Found::no) {
        co_return unexpected(check.expect, expectation.seen());
      }
    }
    co_return good();
  }

  static Outcome unexpected(std::string_view expect, std::string_view seen) {
    return bad(fmt::format("expected \"{}\", got \"{}\"", expect, health::reply_excerpt(seen)));
  }

  asio::awaitable<Outcome> get(const health::HttpCheck& check) {
    http::request<http::empty_body> request(http::verb::get, check.path, 11);
    const std::uint16_t port = request_.check->port;
    request.set(http::field::host,
                port == 80 ? request_.host : fmt::format("{}:{}", request_.host, port));
    request.set(http::field::user_agent, "rollcall/" ROLLCALL_VERSION);
    request.set(http::field::accept, "*/*");
    request.keep_alive(false);
    if (auto [error, n] = co_await http::async_write(stream_, request, as_value); error) {
      co_return failed("send", error);
    }
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);  // only its beginning is read
    if (auto [error, n] = co_await http::async_read_header(stream_, buffer_, parser, as_value);
        error) {
      co_return failed("reply", error);
    }
    const unsigned status = parser.get().result_int();
    if (status < 200 || status > 399) co_return bad(fmt::format("status {}", status));
    if (check.expect.empty()) co_return good();
    co_return co_await search_body(parser, check.expect);
  }

  asio::awaitable<Outcome> search_body(http::response_parser<http::buffer_body>& parser,
                                       const std::string& expect) {
    health::Expectation expectation(expect);
    while (!parser.is_done()) {
      char piece[1024];
      parser.get().body().data = piece;
      parser.get().body().size = sizeof piece;
      auto [error, n] = co_await http::async_read_some(stream_, buffer_, parser, as_value);
      if (error && error != http::error::need_buffer) co_return failed("body", error);
      const std::size_t size = sizeof piece - parser.get().body().size;
      const health::Found found = expectation.feed({piece, size});
      if (found == health::Found::yes) co_return good();
      if (found == health::Found::no) break;
    }
    co_return unexpected(expect, expectation.seen());
  }

  roster::StartProbe request_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{16UL * 1024};  // octets; a header larger than this is no health page's
};

}  // namespace

asio::awaitable<Outcome> probe(roster::StartProbe request) {
  Probe run(co_await asio::this_coro::executor, std::move(request));
  co_return co_await run.run();
}

}  // namespace rollcall::server
