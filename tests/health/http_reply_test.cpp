#include "health/http_reply.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

/// In pieces of `size` octets; then the connection ends.
std::string verdict(const HttpCheck& check, std::string_view reply, std::size_t size) {
  HttpReply reader(check);
  for (std::size_t at = 0; at < reply.size(); at += size) {
    if (const auto decided = reader.received(reply.substr(at, size))) {
      return *decided ? "good" : decided->error().message;
    }
  }
  const auto ended = reader.ended();
  return ended ? "good" : ended.error().message;
}

/// The result is the same in whatever pieces the reply comes.
std::string verdict(const HttpCheck& check, std::string_view reply) {
  const std::string whole = verdict(check, reply, std::max<std::size_t>(reply.size(), 1));
  for (const std::size_t size : {1UL, 2UL, 7UL}) {
    EXPECT_EQ(verdict(check, reply, size) == "good", whole == "good")
        << size << " octets at once: " << reply.substr(0, 80);
  }
  return whole;
}

const HttpCheck kOk{.expect = "^ok$"};

std::string many_headers(int count, std::size_t size) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "X-" + std::to_string(i) + ": " + std::string(size, 'a') + "\r\n";
  }
  return text;
}

TEST(HttpReply, AcceptsWhatCurlAccepts) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string replies[] = {
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      std::string("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\nX: y\n\nok"),
      std::string("HTTP/1.1 200 OK\nContent-Length: 2\r\nX: y\r\n\nok"),
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + chunked + "\r\n2\r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + chunked + "Content-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + many_headers(100, 400) + "\r\nok",
      "HTTP/1.1 200 OK\r\nX: " + std::string(65536, 'a') + "\r\n\r\nok",
      std::string("HTTP/1.0 200 OK\r\n\r\nok"),
      std::string("HTTP/2 200\r\n\r\nok"),
      std::string("HTTP/2.0 200 OK\r\n\r\nok"),
      std::string("http/1.1 200 OK\r\n\r\nok"),
      std::string("HTTP/1.1  200 OK\r\n\r\nok"),
      std::string("HTTP/1.1 200OK\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok!"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok"),
      "HTTP/1.1 200 OK\r\n" + chunked + "\r\n2\nok\n0\n\n",
      "HTTP/1.1 200 OK\r\n" + chunked + "\r\n2;a=b\r\nok\r\n0;x\r\nX: y\r\n\r\n",
      "HTTP/1.0 200 OK\r\nTRANSFER-ENCODING: gzip , Chunked\r\n\r\n0002  \r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + chunked + "\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
      std::string("HTTP/1.1 100\n\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok"),
  };
  for (const std::string& reply : replies) {
    EXPECT_EQ(verdict(kOk, reply), "good") << reply.substr(0, 80);
  }
}

TEST(HttpReply, RefusesWhatIsNoReply) {
  struct ReplyRow {
    std::string reply;
    const char* why;
  };
  for (const ReplyRow& row : {
           ReplyRow{"", "reply: connection closed"},
           {"HTTP/1.1 200 OK\r\nX: y\r\n", "reply: connection closed within the header"},
           {"ICY 200 OK\r\n\r\n", "not an HTTP reply: \"I"},
           {"<html>ok</html>", "not an HTTP reply: \"<"},
           {"\n", "not an HTTP reply: \"\""},
           {"\r\nHTTP/1.1 200 OK\r\n\r\n", "not an HTTP reply: \"\""},
           {"HTTP/1.9 200 OK\r\n\r\n", "not an HTTP reply: \"HTTP/1.9 200 OK\""},
           {"HTTP/1.1\r\n\r\n", "not an HTTP reply: \"HTTP/1.1\""},
           {"HTTP/1.1 20 OK\r\n\r\n", "not an HTTP reply: \"HTTP/1.1 20 OK\""},
           {"HTTP/1.1 2000 OK\r\n\r\n", "not an HTTP reply: \"HTTP/1.1 2000 OK\""},
           {"HTTP/1.1 200 OK\r\nhello\r\n\r\nok",
            "not an HTTP reply: header line without a colon: \"hello\""},
           {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok",
            "not an HTTP reply: invalid header line \"Content-Length: x\""},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok",
            "not an HTTP reply: invalid chunk size \"zz\""},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n",
            "not an HTTP reply: no line end after a chunk"},
           {"HTTP/1.1 200 OK\r\n" + many_headers(400, 400),
            "not an HTTP reply: headers larger than 128 KiB"},
           {"HTTP/1.1 101 Switching\r\n\r\n", "status 101"},
       }) {
    // The reason for a text that is not HTTP depends on how much of it was seen.
    EXPECT_EQ(verdict(kOk, row.reply, 1).substr(0, std::string_view(row.why).size()), row.why);
  }
  EXPECT_EQ(verdict(kOk, std::string("HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", 25), 99),
            "not an HTTP reply: NUL in the header");
}

TEST(HttpReply, RepliesOf1xxEndSomeTime) {
  std::string interim;
  for (unsigned i = 0; i < kMaxInformational; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(verdict({}, interim + "HTTP/1.1 200 OK\r\n\r\n"), "good");
  interim += "HTTP/1.1 103 Early\r\n\r\n";
  EXPECT_EQ(verdict({}, interim + "HTTP/1.1 200 OK\r\n\r\n"), "more than 16 informational replies");
}

TEST(HttpReply, TheStatusAloneIsEnoughWithTheLastLineOfTheHeader) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
  const HttpCheck status;
  HttpReply waits(status);
  EXPECT_FALSE(waits.received(head.substr(0, head.size() - 1)));
  EXPECT_TRUE(waits.received("\n"));
  EXPECT_EQ(verdict(status, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
            "good");
  EXPECT_EQ(verdict(status, "HTTP/1.1 503 no\r\n\r\n"), "status 503");
}

TEST(HttpReply, HasNoBodyWhereNoneIsSent) {
  const HttpCheck head{.method = "HEAD", .expect_status = {{200, 399}}};
  EXPECT_EQ(verdict(head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), "good");
  EXPECT_EQ(verdict(kOk, "HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\nok"),
            "expected \"^ok$\", got \"\"");
}

TEST(HttpReply, SearchesTheBodyForWhatIsExpectedAndRejected) {
  const HttpCheck check{.expect = *TextPattern::regex(R"("status":\s*"ok")"),
                        .reject = "maintenance"};
  const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
  EXPECT_EQ(verdict(check, head + R"({"status": "ok"})"), "good");
  EXPECT_EQ(verdict(check, head + "{\"status\": \"ok\",\n\"mode\": \"maintenance\"}"),
            "must not say \"maintenance\", got \"\"mode\": \"maintenance\"}\"");
  EXPECT_EQ(verdict(check, head + "down"), R"(expected /"status":\s*"ok"/, got "down")");
  EXPECT_EQ(verdict({.reject = "error"}, head + "fine"), "good");
  EXPECT_EQ(verdict({.expect = "x"}, head + std::string(kMaxReplySearched, '.') + "x"),
            "expected \"x\", got \"" + std::string(60, '.') + "...\"");
  EXPECT_EQ(verdict({.expect = "x"}, head + std::string(kMaxReplySearched - 1, '.') + "x"), "good");
}

}  // namespace
}  // namespace rollcall::health
