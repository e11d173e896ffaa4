#include "health/mail_dialogue.hpp"

#include <gtest/gtest.h>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

using Part = MailDialogue::Part;

struct MailRow {
  const char* what;
  MailProtocol protocol;
  std::vector<std::string> replies;  // one after each thing said; then the server closes
  std::string end;                   // the lines written, then "TLS" or the failure
  Part part = Part::starttls;
};

std::string play_mail(const MailRow& row) {
  using Next = MailDialogue::Next;
  MailDialogue request(row.protocol, row.part);
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
        return said + (row.part == Part::starttls ? "TLS" : "done");
      case Next::failed:
        return said + request.failure();
    }
  }
}

constexpr const char* kEhlo = "EHLO rollcall.invalid\r\n";

TEST(MailDialogue, Table) {
  const std::string ehlo = kEhlo;
  const MailRow rows[] = {
      {"smtp",
       MailProtocol::smtp,
       {"220 mx ESMTP\r\n", "250-mx\r\n250-STARTTLS\r\n250 8BITMIME\r\n", "220 go ahead\r\n"},
       ehlo + "STARTTLS\r\nTLS"},
      {"smtp in pieces, in small letters, last keyword",
       MailProtocol::smtp,
       {"220-long\r\n220", " greeting\r\n", "250-mx\r\n250 star", "ttls\r\n", "220 go\r\n"},
       ehlo + "STARTTLS\r\nTLS"},
      {"smtp without the keyword",
       MailProtocol::smtp,
       {"220 mx\r\n", "250-mx STARTTLS\r\n250 SIZE 1\r\n"},
       ehlo + "STARTTLS is not offered"},
      {"smtp refuses", MailProtocol::smtp, {"554 no\r\n"}, R"(expected "220", got "554 no")"},
      {"smtp has no key",
       MailProtocol::smtp,
       {"220 mx\r\n", "250 STARTTLS\r\n", "454 TLS not available\r\n"},
       ehlo + "STARTTLS\r\nexpected \"220\", got \"454 TLS not available\""},
      {"words in the clear behind the reply",
       MailProtocol::smtp,
       {"220 mx\r\n", "250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"},
       ehlo + "STARTTLS\r\nunexpected data after the reply, before TLS"},
      {"imap",
       MailProtocol::imap,
       {"* OK ready\r\n", "* NOTE\r\na OK begin\r\n"},
       "a STARTTLS\r\nTLS"},
      {"imap says no",
       MailProtocol::imap,
       {"* OK ready\r\n", "a BAD no TLS\r\n"},
       "a STARTTLS\r\nexpected \"a OK\", got \"a BAD no TLS\""},
      {"imap is closing", MailProtocol::imap, {"* BYE\r\n"}, R"(expected "* OK", got "* BYE")"},
      {"pop3", MailProtocol::pop3, {"+OK hi\r\n", "+OK begin\r\n"}, "STLS\r\nTLS"},
      {"pop3 says no",
       MailProtocol::pop3,
       {"+OK hi\r\n", "-ERR unknown\r\n"},
       "STLS\r\nexpected \"+OK\", got \"-ERR unknown\""},
      {"nothing is said", MailProtocol::pop3, {}, "connection closed"},
      {"half a line", MailProtocol::pop3, {"+OK"}, "connection closed within a reply"},
      {"no end",
       MailProtocol::imap,
       {std::string(kMaxReplySearched, '*')},
       "no complete reply within 8 KiB"},
  };
  for (const MailRow& row : rows) EXPECT_EQ(play_mail(row), row.end) << row.what;
}

TEST(MailDialogue, GreetingAndFarewell) {
  const std::string ehlo = kEhlo;
  const MailRow rows[] = {
      {"a long greeting",
       MailProtocol::smtp,
       {"220-mx\r\n", "220-wait\r\n220 go\r\n"},
       "done",
       Part::greeting},
      {"a bad one",
       MailProtocol::smtp,
       {"220-mx\r\n554 no\r\n"},
       "expected \"220\", got \"554 no\"",
       Part::greeting},
      {"whatever it says", MailProtocol::smtp, {"554 no\r\n"}, "done", Part::wait},
      {"none", MailProtocol::pop3, {}, "connection closed", Part::wait},
      {"imap", MailProtocol::imap, {"* OK hi\r\n"}, "done", Part::greeting},
      {"imap that knows us", MailProtocol::imap, {"* PREAUTH hi\r\n"}, "done", Part::greeting},
      {"imap that is full",
       MailProtocol::imap,
       {"* BYE full\r\n"},
       R"(expected "* OK", got "* BYE full")",
       Part::greeting},
      {"smtp's end",
       MailProtocol::smtp,
       {"250-mx\r\n250 HELP\r\n", "221 bye\r\n"},
       ehlo + "QUIT\r\ndone",
       Part::farewell},
      {"smtp is not to be spoken to",
       MailProtocol::smtp,
       {"421 later\r\n"},
       ehlo + "expected \"250\", got \"421 later\"",
       Part::farewell},
      {"imap's end",
       MailProtocol::imap,
       {"* BYE\r\n", "a OK bye\r\n"},
       "a LOGOUT\r\ndone",
       Part::farewell},
      {"pop3's end", MailProtocol::pop3, {"+OK bye\r\n"}, "QUIT\r\ndone", Part::farewell},
  };
  for (const MailRow& row : rows) EXPECT_EQ(play_mail(row), row.end) << row.what;
}

TEST(MailDialogue, KeepsTheGreetingForTheSteps) {
  MailDialogue dialogue(MailProtocol::smtp, Part::wait);
  EXPECT_EQ(dialogue.next(), MailDialogue::Next::receive);
  dialogue.received("220-mx\r\n22");
  EXPECT_EQ(dialogue.pending(), "incomplete greeting: \"220-mx\"");
  EXPECT_EQ(dialogue.next(), MailDialogue::Next::receive);
  dialogue.received("0 ready\r\nmore");
  EXPECT_EQ(dialogue.next(), MailDialogue::Next::done);
  EXPECT_EQ(dialogue.greeting(), "220-mx\r\n220 ready\r\nmore");
}

TEST(MailDialogue, ItsProtocolIsThatOfThePort) {
  EXPECT_EQ(mail_protocol_at(25, false), MailProtocol::smtp);
  EXPECT_EQ(mail_protocol_at(587, false), MailProtocol::smtp);
  EXPECT_EQ(mail_protocol_at(110, false), MailProtocol::pop3);
  EXPECT_EQ(mail_protocol_at(143, false), MailProtocol::imap);
  EXPECT_EQ(mail_protocol_at(465, true), MailProtocol::smtp);
  EXPECT_EQ(mail_protocol_at(993, true), MailProtocol::imap);
  EXPECT_EQ(mail_protocol_at(995, true), MailProtocol::pop3);
  EXPECT_EQ(mail_protocol_at(465, false), MailProtocol::none) << "it waits for our TLS";
  EXPECT_EQ(mail_protocol_at(80, false), MailProtocol::none);
  EXPECT_EQ(mail_port(MailProtocol::smtp, false), 25);
  EXPECT_EQ(mail_port(MailProtocol::pop3, true), 995);
  EXPECT_EQ(mail_port(MailProtocol::none, false), 0);
}

TEST(MailDialogue, ACheckThatSpeaksIsGreetedFirst) {
  const ScriptStep send{ScriptStep::Kind::send, "QUIT"};
  const ScriptStep expect{ScriptStep::Kind::expect, "220"};
  EXPECT_EQ(greeting_of({.steps = {send, expect}}, 25, 25), MailProtocol::smtp);
  EXPECT_EQ(greeting_of({.steps = {send}}, 0, 110), MailProtocol::pop3) << "by the member's port";
  EXPECT_EQ(greeting_of({.steps = {send}}, 143, 10143), MailProtocol::imap) << "behind a NAT";
  EXPECT_EQ(greeting_of({.steps = {send}}, 80, 80), MailProtocol::none);
  EXPECT_EQ(greeting_of({.steps = {expect}}, 25, 25), MailProtocol::none) << "it says nothing";
  EXPECT_EQ(greeting_of({.steps = {send}, .tls = TlsOptions{}}, 993, 993), MailProtocol::imap);
  EXPECT_EQ(greeting_of({.steps = {send}, .tls = TlsOptions{}}, 143, 143), MailProtocol::none);
  EXPECT_EQ(greeting_of({.mail = MailProtocol::pop3}, 4711, 4711), MailProtocol::pop3);
}

}  // namespace
}  // namespace rollcall::health
