#include "dns/rdata_text.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/random.hpp"
#include "dns/rdata_case.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

const Name kOrigin = *Name::parse("ex.com", Name());

class RdataText : public testing::TestWithParam<Good> {};

TEST_P(RdataText, IsReadAndWrittenBack) {
  expect_round_trip(GetParam(), kOrigin);
}

#define EX_COM \
  "026578"     \
  "03636F6D00"

INSTANTIATE_TEST_SUITE_P(
    All, RdataText,
    testing::Values(
        Good{"A", "192.0.2.1", "C0000201", nullptr},
        Good{"AAAA", "2001:DB8::1", "20010DB8000000000000000000000001", "2001:db8::1"},
        Good{"NS", "A", "0141" EX_COM, "A.ex.com."}, Good{"CNAME", "@", EX_COM, "ex.com."},
        Good{"PTR", "a.", "016100", nullptr},
        Good{"SOA", "a. . 4294967295 1h 2 3w 4",
             "01610000"
             "FFFFFFFF"
             "00000E10"
             "00000002"
             "001BAF80"
             "00000004",
             "a. . 4294967295 3600 2 1814400 4"},
        Good{"MX", "10 a.", "000A016100", nullptr},
        Good{"TXT", "\"a\\\"b\" c\\;d \"\"",
             "03612262"
             "03633B64"
             "00",
             "\"a\\\"b\" \"c;d\" \"\""},
        Good{"SPF", "x", "0178", "\"x\""}, Good{"SRV", "1 2 65535 .", "00010002FFFF00", nullptr},
        Good{"HINFO", "a b", "01610162", "\"a\" \"b\""},
        Good{"RP", "a. b.", "016100016200", nullptr}, Good{"AFSDB", "1 a.", "0001016100", nullptr},
        Good{"X25", "311", "03333131", "\"311\""}, Good{"ISDN", "15", "023135", "\"15\""},
        Good{"ISDN", "15 0", "0231350130", "\"15\" \"0\""},
        Good{"NSAP", "0x47.0005.80", "47000580", "0x47000580"},
        Good{"PX", "1 a. b.", "0001016100016200", nullptr},
        Good{"GPOS", "1 2 3", "013101320133", "\"1\" \"2\" \"3\""},
        Good{"NAPTR", "1 2 \"S\" \"x\" \"\" a.",
             "00010002"
             "0153"
             "0178"
             "00"
             "016100",
             nullptr},
        Good{"KX", "1 a.", "0001016100", nullptr},
        Good{"CERT", "PKIX 1 RSASHA256 Zm9v", "0001000108666F6F", "1 1 8 Zm9v"},
        Good{"DNAME", "a.", "016100", nullptr},
        Good{"DS", "1 ECDSAP256SHA256 2 00 ffAA", "00010D0200FFAA", "1 13 2 00FFAA"},
        Good{"SSHFP", "1 2 0A", "01020A", nullptr},
        Good{"RRSIG", "A 8 2 1h 20380119031408 19700101000000 5 a. Zm 9v",
             "0001"
             "08"
             "02"
             "00000E10"
             "80000000"
             "00000000"
             "0005"
             "016100"
             "666F6F",
             "A 8 2 3600 20380119031408 19700101000000 5 a. Zm9v"},
        Good{"NSEC", "a. MX A TYPE1234",
             "016100"
             "0002"
             "4001"
             "041B"
             "000000000000000000000000000000000000000000000000000020",
             "a. A MX TYPE1234"},
        Good{"NSEC", "a.", "016100", nullptr},
        Good{"DNSKEY", "257 3 13 Zm9v", "0101030D666F6F", nullptr},
        Good{"NSEC3", "1 0 5 aabb CPNMUOG A",
             "01000005"
             "02AABB"
             "04666F6F62"
             "000140",
             "1 0 5 AABB CPNMUOG A"},
        Good{"NSEC3PARAM", "1 0 0 -", "0100000000", nullptr},
        Good{"TLSA", "3 1 1 AB", "030101AB", nullptr},
        Good{"CSYNC", "66 3 A NS",
             "00000042000300"
             "0160",
             nullptr},
        Good{"ZONEMD", "1 1 1 AB", "000000010101AB", nullptr},
        Good{"OPENPGPKEY", "Zg==", "66", nullptr},
        Good{"NID", "10 0014:4fff:ff20:ee64", "000A00144FFFFF20EE64", nullptr},
        Good{"L64", "10 1:0:20:0", "000A0001000000200000", "10 0001:0000:0020:0000"},
        Good{"L32", "10 192.0.2.1", "000AC0000201", nullptr},
        Good{"EUI48", "00-00-5e-00-53-2a", "00005E00532A", nullptr},
        Good{"EUI64", "00-00-5e-ef-10-00-00-2a", "00005EEF1000002A", nullptr},
        Good{"URI", "1 2 \"x\"", "0001000278", nullptr},
        Good{"CAA", "0 issue \"ca;\\\"\"", "0005697373756563613B22", nullptr},
        Good{"TYPE65280", "\\# 3 0a 0B0c", "0A0B0C", "\\# 3 0A0B0C"},
        Good{"TYPE65280", "\\# 0", "", nullptr},
        Good{"A", "\\# 4 C0000201", "C0000201", "192.0.2.1"},
        Good{"HTTPS", "\\# 3 000100", "000100", "1 ."}));

class RdataTextError : public testing::TestWithParam<Bad> {};

TEST_P(RdataTextError, NamesTheWordAndWhatWasExpected) {
  std::vector<std::uint8_t> wire{42};
  const auto parsed =
      parse_rdata(*parse_type(GetParam().type), words_of(GetParam().text), kOrigin, wire);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().word, GetParam().word);
  EXPECT_EQ(parsed.error().message, GetParam().message);
  EXPECT_EQ(wire, std::vector<std::uint8_t>{42});  // as it was
}

INSTANTIATE_TEST_SUITE_P(
    All, RdataTextError,
    testing::Values(
        Bad{"A", "", 0, "expected an IPv4 address, found the end of the record"},
        Bad{"A", "1.2.3.256", 0, "expected an IPv4 address, found \"1.2.3.256\""},
        Bad{"A", "1.2.3.4.5.6.7.8.9", 0, "expected an IPv4 address, found \"1.2.3.4.5.6.7.8.9\""},
        Bad{"AAAA", "1.2.3.4", 0, "expected an IPv6 address, found \"1.2.3.4\""},
        Bad{"A", "1.2.3.4 x", 1, "expected the end of the A record, found \"x\""},
        Bad{"MX", "a.", 0, "expected a number from 0 to 65535, found \"a.\""},
        Bad{"MX", "1 a..b", 1, "\"a..b\" is not a domain name: it has an empty label"},
        Bad{"SOA", "a b 1 2 3 4", 6,
            "expected a time in seconds or with units, found the end of the record"},
        Bad{"SOA", "a b -1 2 3 4 5", 2, "expected a number from 0 to 4294967295, found \"-1\""},
        Bad{"TXT", "", 0, "expected a text, found the end of the record"},
        Bad{"DS", "1 X 2 00", 1, "expected a DNSSEC algorithm, found \"X\""},
        Bad{"DS", "1 8 2", 3, "expected hexadecimal digits, found the end of the record"},
        Bad{"DS", "1 8 2 0", 3, "expected hexadecimal digits, found \"0\""},
        Bad{"DNSKEY", "1 3 8 Zg", 3, "expected base64, found \"Zg\""},
        Bad{"RRSIG", "A 8 2 1 20261301000000 0 5 a. Zm9v", 4,
            "expected a time as YYYYMMDDHHmmSS, found \"20261301000000\""},
        Bad{"NSEC", "a. A FOO", 2, "expected a record type, found \"FOO\""},
        Bad{"EUI48", "0-0-0-0-0-0", 0,
            "expected six octets as 00-00-5e-00-53-2a, found \"0-0-0-0-0-0\""},
        Bad{"NSEC3", "1 0 5 - W A", 4, "expected base32hex, found \"W\""},
        Bad{"CAA", "0 a-b x", 1, "expected a tag of letters and digits, found \"a-b\""},
        Bad{"TYPE65280", "x", 0, "expected \\#, found \"x\""},
        Bad{"TYPE65280", "", 0, "expected \\#, found the end of the record"},
        Bad{"TYPE65280", "\\#", 1, "expected the number of octets, found the end of the record"},
        Bad{"TYPE65280", "\\# 2 00", 1, "expected 2 octets after \\#, found 1"},
        Bad{"TYPE65280", "\\# 1 0", 2, "expected hexadecimal digits, found \"0\""},
        Bad{"A", "\\# 3 000000", 1, "these octets are not a valid A record"}));

TEST(RdataText, ATextHas255OctetsAtTheMost) {
  std::vector<std::uint8_t> wire;
  const std::string most(255, 'x');
  EXPECT_TRUE(parse_rdata(Type::TXT, words_of(most), kOrigin, wire));
  const auto more = parse_rdata(Type::TXT, words_of("a " + most + "x"), kOrigin, wire);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().word, 1U);
  EXPECT_EQ(more.error().message, "a text of 256 octets is too long: at most 255");
}

TEST(RdataText, ARecordHas65535OctetsAtTheMost) {
  std::string text;
  for (int i = 0; i < 255; ++i) text += std::string(255, 'x') + " ";
  std::vector<std::uint8_t> wire;
  EXPECT_TRUE(parse_rdata(Type::TXT, words_of(text + std::string(254, 'x')), kOrigin, wire));
  EXPECT_EQ(wire.size(), 65535U);
  wire.clear();
  EXPECT_FALSE(parse_rdata(Type::TXT, words_of(text + std::string(255, 'x')), kOrigin, wire));
  EXPECT_TRUE(wire.empty());
}

TEST(RdataText, OnlyWholeRdataIsValid) {
  const std::vector<std::uint8_t> mx{0, 1, 1, 'a', 0};
  EXPECT_TRUE(valid_rdata(Type::MX, mx));
  for (std::size_t size = 0; size < mx.size(); ++size) {
    EXPECT_FALSE(valid_rdata(Type::MX, Bytes(mx).first(size))) << size;
  }
  const std::vector<std::uint8_t> longer{0, 1, 1, 'a', 0, 0};
  EXPECT_FALSE(valid_rdata(Type::MX, longer));
  const std::vector<std::uint8_t> pointer{0, 1, 0xc0, 0};
  EXPECT_FALSE(valid_rdata(Type::MX, pointer));
  EXPECT_TRUE(valid_rdata(static_cast<Type>(65280), longer));
  EXPECT_FALSE(valid_rdata(Type::TXT, {}));
}

/// Whatever octets are valid for a type, their text gives them back.
TEST(RdataText, EveryValidRdataSurvivesItsText) {
  Random random(3);
  std::size_t valid = 0;
  for (unsigned type = 1; type < 300; ++type) {
    for (int round = 0; round < 200; ++round) {
      std::vector<std::uint8_t> wire(random.below(24));
      for (std::uint8_t& octet : wire) {
        octet = static_cast<std::uint8_t>(random.below(2) ? random.below(4) : random.next());
      }
      if (!valid_rdata(static_cast<Type>(type), wire)) continue;
      const std::string text = rdata_to_text(static_cast<Type>(type), wire);
      std::vector<std::uint8_t> again;
      const auto parsed = parse_rdata(static_cast<Type>(type), words_of(text), kOrigin, again);
      ASSERT_TRUE(parsed) << type_name(static_cast<Type>(type)) << ' ' << text << ": "
                          << parsed.error().message;
      ASSERT_EQ(again, wire) << type_name(static_cast<Type>(type)) << ' ' << text;
      ++valid;
    }
  }
  EXPECT_GT(valid, 1000U);
}

TEST(RdataText, NamesAreLoweredForComparison) {
  std::vector<std::uint8_t> wire;
  ASSERT_TRUE(parse_rdata(Type::SOA, words_of("Ns1 Root 1 2 3 4 5"), kOrigin, wire));
  lower_names(Type::SOA, wire);
  EXPECT_EQ(rdata_to_text(Type::SOA, wire), "ns1.ex.com. root.ex.com. 1 2 3 4 5");
  std::vector<std::uint8_t> text{1, 'A'};
  lower_names(Type::TXT, text);
  EXPECT_EQ(text[1], 'A');
}

TEST(Ttl, IsSecondsOrUnits) {
  EXPECT_EQ(parse_ttl("0"), 0U);
  EXPECT_EQ(parse_ttl("4294967295"), 4294967295U);
  EXPECT_EQ(parse_ttl("1h30m"), 5400U);
  EXPECT_EQ(parse_ttl("1W1D1H1M1S"), 694861U);
  for (const char* text : {"", "h", "1x", "1h30", "4294967296", "7102w", "-1", "1 h"}) {
    EXPECT_EQ(parse_ttl(text), std::nullopt) << text;
  }
}

TEST(Serial, IsComparedInACircle) {  // RFC 1982 section 3.2
  EXPECT_TRUE(serial_greater(2, 1));
  EXPECT_FALSE(serial_greater(1, 2));
  EXPECT_FALSE(serial_greater(1, 1));
  EXPECT_TRUE(serial_greater(0, 0xffffffff));
}

}  // namespace
}  // namespace rollcall::dns
