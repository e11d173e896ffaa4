#include "health/starttls.hpp"

#include <gtest/gtest.h>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

struct Row {
  const char* what;
  StartTls protocol;
  std::vector<std::string> replies;  // one after each thing said; then the server closes
  std::string end;                   // the lines written, then "TLS" or the failure
};

std::string play(const Row& row) {
  using Next = StartTlsRequest::Next;
  StartTlsRequest request(row.protocol);
  std::string said;
  std::size_t piece = 0;
  while (true) {
    switch (request.next()) {
      case Next::send:
        said += request.line();
        break;
      case Next::receive:
        if (piece < row.replies.size()) {
          request.received(row.replies[piece++]);
        } else {
          request.ended();
        }
        break;
      case Next::done:
        return said + "TLS";
      case Next::failed:
        return said + request.failure();
    }
  }
}

constexpr const char* kEhlo = "EHLO rollcall.invalid\r\n";

TEST(StartTlsRequest, Table) {
  const std::string ehlo = kEhlo;
  const Row rows[] = {
      {"smtp",
       StartTls::smtp,
       {"220 mx ESMTP\r\n", "250-mx\r\n250-STARTTLS\r\n250 8BITMIME\r\n", "220 go ahead\r\n"},
       ehlo + "STARTTLS\r\nTLS"},
      {"smtp in pieces, in small letters, last keyword",
       StartTls::smtp,
       {"220-long\r\n220", " greeting\r\n", "250-mx\r\n250 star", "ttls\r\n", "220 go\r\n"},
       ehlo + "STARTTLS\r\nTLS"},
      {"smtp without the keyword",
       StartTls::smtp,
       {"220 mx\r\n", "250-mx STARTTLS\r\n250 SIZE 1\r\n"},
       ehlo + "STARTTLS is not offered"},
      {"smtp refuses", StartTls::smtp, {"554 no\r\n"}, R"(expected "220", got "554 no")"},
      {"smtp has no key",
       StartTls::smtp,
       {"220 mx\r\n", "250 STARTTLS\r\n", "454 TLS not available\r\n"},
       ehlo + "STARTTLS\r\nexpected \"220\", got \"454 TLS not available\""},
      {"words in the clear behind the reply",
       StartTls::smtp,
       {"220 mx\r\n", "250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"},
       ehlo + "STARTTLS\r\nmore than the reply came before TLS"},
      {"imap", StartTls::imap, {"* OK ready\r\n", "* NOTE\r\na OK begin\r\n"}, "a STARTTLS\r\nTLS"},
      {"imap says no",
       StartTls::imap,
       {"* OK ready\r\n", "a BAD no TLS\r\n"},
       "a STARTTLS\r\nexpected \"a OK\", got \"a BAD no TLS\""},
      {"imap is closing", StartTls::imap, {"* BYE\r\n"}, R"(expected "* OK", got "* BYE")"},
      {"pop3", StartTls::pop3, {"+OK hi\r\n", "+OK begin\r\n"}, "STLS\r\nTLS"},
      {"pop3 says no",
       StartTls::pop3,
       {"+OK hi\r\n", "-ERR unknown\r\n"},
       "STLS\r\nexpected \"+OK\", got \"-ERR unknown\""},
      {"nothing is said", StartTls::pop3, {}, "the connection was closed"},
      {"half a line", StartTls::pop3, {"+OK"}, "the connection was closed in a reply"},
      {"no end", StartTls::imap, {std::string(kMaxReplySearched, '*')}, "its reply has no end"},
  };
  for (const Row& row : rows) EXPECT_EQ(play(row), row.end) << row.what;
}

}  // namespace
}  // namespace rollcall::health
