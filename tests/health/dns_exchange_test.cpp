#include "health/dns_exchange.hpp"

#include <gtest/gtest.h>

#include <string>

#include "dns/name.hpp"
#include "dns/rdata_text.hpp"
#include "dns/record_type.hpp"

namespace rollcall::health {
namespace {

using Octets = std::vector<std::uint8_t>;
constexpr std::uint16_t kId = 0x1234;

void put_u16(Octets& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// A record in an answer: its owner is a pointer to the question.
struct Record {
  std::uint16_t type;
  Octets rdata;
};

Octets reply(const DnsCheck& check, std::uint16_t rcode, const std::vector<Record>& records,
             std::uint16_t id = kId) {
  Octets packet;
  for (const std::uint16_t word :
       {id, static_cast<std::uint16_t>(0x8180 | rcode), std::uint16_t{1},
        static_cast<std::uint16_t>(records.size()), std::uint16_t{0}, std::uint16_t{0}}) {
    put_u16(packet, word);
  }
  const dns::Name name = *dns::Name::parse(check.query);
  packet.insert(packet.end(), name.wire().begin(), name.wire().end());
  put_u16(packet, check.type);
  put_u16(packet, 1);
  for (const Record& record : records) {
    put_u16(packet, 0xc00c);
    put_u16(packet, record.type);
    put_u16(packet, 1);
    put_u16(packet, 0);
    put_u16(packet, 60);
    put_u16(packet, static_cast<std::uint16_t>(record.rdata.size()));
    packet.insert(packet.end(), record.rdata.begin(), record.rdata.end());
  }
  return packet;
}

std::string verdict(const DnsCheck& check, const Octets& packet) {
  const auto judged = judge_reply(check, kId, packet);
  if (!judged) return "no reply";
  return *judged ? "good" : judged->error().message;
}

const DnsCheck kA{.query = "www.a.b.", .type = 1, .expect = "192.0.2.1"};
const Record kAddress{1, {192, 0, 2, 1}};

TEST(DnsExchange, AsksWithEdns) {
  const Octets packet = write_question(kA, kId);
  const Octets expected{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0,  0, 1,    3, 'w', 'w', 'w', 1, 'a',
                        1,    'b',  0, 0, 1, 0, 1, 0, 0, 41, 4, 0xd0, 0, 0,   0,   0,   0, 0};
  EXPECT_EQ(packet, expected);
}

TEST(DnsExchange, AsksWithoutEdnsAServerThatDoesNotKnowIt) {
  const Octets packet = write_question(kA, kId, false);
  const Octets expected{0x12, 0x34, 1,   0, 0,   1, 0,   0, 0, 0, 0, 0, 3,
                        'w',  'w',  'w', 1, 'a', 1, 'b', 0, 0, 1, 0, 1};
  EXPECT_EQ(packet, expected);
  EXPECT_TRUE(refuses_edns(kA, reply(kA, 1, {})));
  EXPECT_FALSE(refuses_edns(kA, reply(kA, 5, {})));
  DnsCheck wanted = kA;
  wanted.rcode = 1;
  EXPECT_FALSE(refuses_edns(wanted, reply(wanted, 1, {}))) << "this is what is expected";
}

TEST(DnsExchange, ExpressionsAnchorsAndWhatIsRejected) {
  DnsCheck check{.query = "www.a.b.", .type = 1};
  check.expect = *TextPattern::regex(R"(^192\.0\.2\.\d$)");
  EXPECT_EQ(verdict(check, reply(check, 0, {kAddress})), "good");
  EXPECT_EQ(verdict(check, reply(check, 0, {{1, {192, 0, 2, 10}}})),
            R"(expected /^192\.0\.2\.\d$/, got "192.0.2.10")");
  check = {.query = "www.a.b.", .type = 1, .reject = "192.0.2.66"};
  EXPECT_EQ(verdict(check, reply(check, 0, {kAddress})), "good");
  EXPECT_EQ(verdict(check, reply(check, 0, {kAddress, {1, {192, 0, 2, 66}}})),
            R"(must not say "192.0.2.66", got "192.0.2.66")");
  EXPECT_TRUE(is_in_record("10 mail.a.b.", "^10"));
  EXPECT_FALSE(is_in_record("20 mail10.a.b.", "^10"));
  EXPECT_FALSE(is_in_record("10 10", "^mail"));
  EXPECT_TRUE(is_in_record("10 mail.a.b.", "mail.a.b.$"));
  EXPECT_FALSE(is_in_record("10 mail.a.b.c", "mail.a.b$"));
}

TEST(DnsExchange, TheAnswerHoldsWhatIsExpected) {
  EXPECT_EQ(verdict(kA, reply(kA, 0, {kAddress})), "good");
  EXPECT_EQ(verdict(kA, reply(kA, 0, {{1, {192, 0, 2, 10}}, kAddress})), "good");
  EXPECT_EQ(verdict(kA, reply(kA, 0, {{1, {192, 0, 2, 10}}, {1, {192, 0, 2, 2}}})),
            R"(expected "192.0.2.1", got "192.0.2.10, 192.0.2.2")");
  EXPECT_EQ(verdict(kA, reply(kA, 0, {})), R"(expected "192.0.2.1", got no record)");
}

TEST(DnsExchange, TheCodeDecidesFirst) {
  EXPECT_EQ(verdict(kA, reply(kA, 2, {kAddress})), "SERVFAIL, not NOERROR");
  DnsCheck none = kA;
  none.rcode = 3;
  none.expect = "";
  EXPECT_EQ(verdict(none, reply(none, 3, {})), "good");
  EXPECT_EQ(verdict(none, reply(none, 0, {kAddress})), "NOERROR, not NXDOMAIN");
}

/// A reply with an OPT record, whose TTL begins with the upper 8 bits of the code.
Octets with_opt(Octets packet, std::uint8_t upper) {
  packet[11] = 1;
  const Octets opt{0, 0, 41, 4, 0xd0, upper, 0, 0, 0, 0, 0};
  packet.insert(packet.end(), opt.begin(), opt.end());
  return packet;
}

TEST(DnsExchange, TheCodeIsTheWholeOne) {
  EXPECT_EQ(verdict(kA, with_opt(reply(kA, 0, {kAddress}), 0)), "good");
  EXPECT_EQ(verdict(kA, with_opt(reply(kA, 0, {kAddress}), 1)), "BADVERS, not NOERROR");
  EXPECT_EQ(verdict(kA, with_opt(reply(kA, 0, {}), 1)), "BADVERS, not NOERROR");
  DnsCheck none = kA;
  none.rcode = 3;
  none.expect = "";
  EXPECT_EQ(verdict(none, with_opt(reply(none, 3, {}), 0)), "good");
  EXPECT_NE(verdict(none, with_opt(reply(none, 3, {}), 1)), "good");
}

TEST(DnsExchange, TellsWhatIsTruncated) {
  Octets packet = reply(kA, 0, {});
  EXPECT_FALSE(is_truncated(packet));
  packet[2] = 0x83;
  EXPECT_TRUE(is_truncated(packet));
}

TEST(DnsExchange, NamesInAnAnswerAreDecompressed) {
  const DnsCheck mx{.query = "a.b.", .type = 15, .expect = "mail.a.b"};
  // Preference 10, "mail", and a pointer to the question's name.
  const Record record{15, {0, 10, 4, 'm', 'a', 'i', 'l', 0xc0, 0x0c}};
  EXPECT_EQ(verdict(mx, reply(mx, 0, {record})), "good");
  const Record loop{15, {0, 10, 0xc0, 0xff}};
  EXPECT_EQ(verdict(mx, reply(mx, 0, {loop})), "malformed reply");
}

TEST(DnsExchange, StrayPacketsAreNoReplies) {
  const Octets good = reply(kA, 0, {kAddress});
  EXPECT_EQ(verdict(kA, reply(kA, 0, {kAddress}, 0x4321)), "no reply");
  Octets query = good;
  query[2] = 1;  // QR is not set
  EXPECT_EQ(verdict(kA, query), "no reply");
  DnsCheck other = kA;
  other.query = "ftp.a.b.";
  EXPECT_EQ(verdict(kA, reply(other, 0, {kAddress})), "no reply");
  other = kA;
  other.type = 28;
  EXPECT_EQ(verdict(kA, reply(other, 0, {kAddress})), "no reply");
  EXPECT_EQ(verdict(kA, {}), "no reply");
}

TEST(DnsExchange, NoPrefixOfAReplyIsGoodOrReadBeyondItsEnd) {
  const Octets whole = reply(kA, 0, {kAddress});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(verdict(kA, cut), "good") << size;
  }
}

TEST(DnsExchange, AServerThatCouldNotReadTheQueryLeavesTheQuestionOut) {
  Octets packet;
  for (const std::uint16_t word : {kId, std::uint16_t{0x8001}, std::uint16_t{0}, std::uint16_t{0},
                                   std::uint16_t{0}, std::uint16_t{0}}) {
    put_u16(packet, word);
  }
  EXPECT_EQ(verdict(kA, packet), "FORMERR, not NOERROR");
}

TEST(ContainsWord, Table) {
  EXPECT_TRUE(is_in_record("10 mail.a.b.", "mail.a.b"));
  EXPECT_TRUE(is_in_record("10 MAIL.a.b.", "mail.A.b"));
  EXPECT_TRUE(is_in_record("\"all is good\"", "is good"));
  EXPECT_TRUE(is_in_record("192.0.2.10 192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_in_record("192.0.2.10", "192.0.2.1"));
  EXPECT_FALSE(is_in_record("1192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_in_record("", "a"));
}

}  // namespace
}  // namespace rollcall::health
