#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include "health/http_exchange.hpp"
#include "health/reply.hpp"
#include "server/probes.hpp"

namespace rollcall::server {
namespace {

namespace http = boost::beast::http;
using health::kMaxReplySearched;

/// A body of which only the beginning is kept, however long it says that it is.
struct BodyStart {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, ErrorCode& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, ErrorCode& error) {
      error = {};
      const std::size_t size = asio::buffer_size(buffers);
      const std::size_t taken = std::min(size, kMaxReplySearched - body_.size());
      const std::size_t before = body_.size();
      body_.resize(before + taken);
      asio::buffer_copy(asio::buffer(body_.data() + before, taken), buffers);
      return size;
    }
    void finish(ErrorCode& error) { error = {}; }

   private:
    value_type& body_;
  };
};

/// One reply as it comes in.
class Reply {
 public:
  explicit Reply(const health::HttpCheck& check) : check_(check) { begin(); }

  /// Reads on until the check is decided. Nothing: more of the reply is needed.
  std::optional<Result<void>> judge() {
    while (buffer_.size() > 0 && !parser_->is_done()) {
      ErrorCode error;
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_more) break;
      if (error) return fail(fmt::format("no HTTP reply: {}", error.message()));
      if (!is_informational()) continue;
      if (++informational_ > kMaxInformational) {
        return fail(fmt::format("more than {} informational replies came", kMaxInformational));
      }
      begin();
    }
    return verdict(parser_->is_done());
  }

  /// The connection has ended.
  Result<void> judge_end() {
    if (!parser_->got_some() && buffer_.size() == 0)
      return fail("reply: the connection was closed");
    if (!parser_->is_header_done()) return fail("reply: the connection was closed in the header");
    return *verdict(true);
  }

  boost::beast::flat_buffer& buffer() { return buffer_; }

 private:
  static constexpr unsigned kMaxInformational = 16;  // a 100 and some 103, by all that is known
  static constexpr std::uint32_t kHeaderLimit = 16 * 1024;  // octets; no health page has more

  void begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(boost::none);
    parser_->header_limit(kHeaderLimit);
    parser_->skip(check_.method == "HEAD");  // RFC 9110 section 9.3.2: a length, and no body
  }

  /// RFC 9110 section 15.2: these come before the reply itself.
  bool is_informational() const {
    return parser_->is_done() && parser_->get().result_int() / 100 == 1;
  }

  std::optional<Result<void>> verdict(bool complete) const {
    if (!parser_->is_header_done()) return std::nullopt;
    const unsigned status = parser_->get().result_int();
    if (!health::is_expected(check_, status)) return fail(fmt::format("status {}", status));
    const std::string& body = parser_->get().body();
    if (check_.expect.empty() || body.contains(check_.expect)) return Result<void>{};
    if (!complete && body.size() < kMaxReplySearched) return std::nullopt;
    return fail(health::unexpected(check_.expect, body));
  }

  const health::HttpCheck& check_;
  std::optional<http::response_parser<BodyStart>> parser_;
  boost::beast::flat_buffer buffer_;
  unsigned informational_ = 0;
};

asio::awaitable<Result<void>> read_reply(ProbeConnection& connection,
                                         const health::HttpCheck& check) {
  constexpr std::size_t kPiece = 4096;
  Reply reply(check);
  while (true) {
    const auto space = reply.buffer().prepare(kPiece);
    const Result<std::size_t> size =
        co_await connection.receive({static_cast<char*>(space.data()), space.size()});
    if (!size) co_return std::unexpected(size.error());
    if (*size == 0) co_return reply.judge_end();
    reply.buffer().commit(*size);
    if (const auto verdict = reply.judge()) co_return *verdict;
  }
}

asio::awaitable<Result<void>> ask(ProbeConnection& connection, const roster::StartProbe& request,
                                  const health::HttpCheck& check, const TlsContexts& contexts) {
  Result<void> done = co_await connection.connect(request.target);
  if (done && check.tls) done = co_await secure(connection, *check.tls, request.host, contexts);
  if (done) {
    done = co_await connection.send(health::http_request(check, request.host, request.target.port));
  }
  if (done) done = co_await read_reply(connection, check);
  co_return done;
}

}  // namespace

asio::awaitable<Outcome> probe_http(const roster::StartProbe& request, const TlsContexts& contexts,
                                    Deadline& deadline) {
  const auto& check = std::get<health::HttpCheck>(request.check->how);
  ProbeConnection connection(co_await asio::this_coro::executor, deadline);
  const Result<void> done = co_await ask(connection, request, check, contexts);
  co_return outcome_over(connection, done, check.tls);
}

}  // namespace rollcall::server
