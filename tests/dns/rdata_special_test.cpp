/// The types with a grammar of their own: read, written back, and refused.
#include "dns/rdata_special.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/random.hpp"
#include "dns/encoding.hpp"
#include "dns/rdata_case.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

class Special : public testing::TestWithParam<Good> {};

TEST_P(Special, IsReadAndWrittenBack) {
  expect_round_trip(GetParam(), *Name::parse("ex."));
}

INSTANTIATE_TEST_SUITE_P(
    All, Special,
    testing::Values(
        // RFC 1876 section 4 has places like the first two.
        Good{"LOC", "42 21 54 N 71 06 18 W -24m 30m", "0033161389172DD070BE15F000988D20",
             "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"},
        Good{"LOC", "32 7 19 S 116 2 25 E 10m", "00121613791B7D2898E6486800989A68",
             "32 7 19.000 S 116 2 25.000 E 10.00m 1.00m 10000.00m 10.00m"},
        Good{"LOC", "1 n 2 0 0.5 e 0", "001216138036EE80806DDEF400989680",
             "1 0 0.000 N 2 0 0.500 E 0.00m 1.00m 10000.00m 10.00m"},
        Good{"LOC", "90 S 180 W 42849672.95m 0 90000000m 0.09", "000099906CB0270059604E00FFFFFFFF",
             "90 0 0.000 S 180 0 0.000 W 42849672.95m 0.00m 90000000.00m 0.09m"},
        Good{"APL", "", "", nullptr},
        Good{"APL", "1:192.0.2.0/24 !2:2001:db8::/32 1:0.0.0.0/0",
             "00011803C00002"
             "00022084"
             "20010DB8"
             "00010000",
             nullptr},
        Good{"WKS", "192.0.2.1 TCP smtp 53",
             "C00002010600000040"
             "000004",
             "192.0.2.1 6 25 53"},
        Good{"WKS", "192.0.2.1 17", "C000020111", nullptr},
        Good{"IPSECKEY", "10 1 2 192.0.2.38 AQ==", "0A0102C000022601", nullptr},
        Good{"IPSECKEY", "10 0 2 . A Q==", "0A000201", "10 0 2 . AQ=="},
        Good{"IPSECKEY", "10 3 0 gw", "0A030002677702657800", "10 3 0 gw.ex."},
        Good{"IPSECKEY", "10 2 2 2001:db8::1 AQ==", "0A020220010DB800000000000000000000000101",
             nullptr},
        Good{"AMTRELAY", "10 0 1 203.0.113.15", "0A01CB00710F", nullptr},
        Good{"AMTRELAY", "10 1 2 2001:db8::15", "0A8220010DB8000000000000000000000015", nullptr},
        Good{"AMTRELAY", "128 1 3 relay.", "80830572656C617900", nullptr},
        Good{"AMTRELAY", "0 0 0 .", "0000", nullptr},
        Good{"HIP", "2 20010010 AwEA",
             "040200032001001003"
             "0100",
             nullptr},
        Good{"HIP", "2 20 AwEA rvs a.",
             "01020003"
             "20"
             "030100"
             "0372767302657800"
             "016100",
             "2 20 AwEA rvs.ex. a."},
        Good{"HTTPS", "1 .", "000100", nullptr},
        Good{"SVCB", "0 svc", "00000373766302657800", "0 svc.ex."},
        // RFC 9460 appendix D.2 has these.
        Good{"SVCB", "16 foo. port=53",
             "001003666F6F00"
             "000300020035",
             nullptr},
        Good{"SVCB", "1 foo. key667=hello",
             "000103666F6F00"
             "029B000568656C6C6F",
             "1 foo. key667=\"hello\""},
        Good{"SVCB", "1 foo. key667=\"hello\\210qoo\"",
             "000103666F6F00"
             "029B000968656C6C6FD2716F6F",
             nullptr},
        Good{"SVCB", "1 foo. ipv6hint=\"2001:db8::1,2001:db8::53:1\"",
             "000103666F6F00"
             "00060020"
             "20010DB8000000000000000000000001"
             "20010DB8000000000000000000530001",
             "1 foo. ipv6hint=2001:db8::1,2001:db8::53:1"},
        Good{"SVCB", "16 foo. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
             "001003666F6F00"
             "0000000400010004"
             "000100090268320568332D3139"
             "00040004C0000201",
             "16 foo. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1"},
        Good{"SVCB", "16 foo. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
             "001003666F6F00"
             "0001000C08665C6F6F2C626172026832",
             nullptr},
        Good{"SVCB", "16 foo. alpn=f\\\\\\092oo\\092,bar,h2",
             "001003666F6F00"
             "0001000C08665C6F6F2C626172026832",
             "16 foo. alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
        Good{"HTTPS", "1 . no-default-alpn alpn=h3 ech=AQID dohpath=/q{?dns} ohttp",
             "000100"
             "000100030268"
             "33"
             "00020000"
             "00050003010203"
             "000700082F717B3F646E737D"
             "00080000",
             "1 . alpn=\"h3\" no-default-alpn ech=AQID dohpath=\"/q{?dns}\" ohttp"}));

class SpecialError : public testing::TestWithParam<Bad> {};

TEST_P(SpecialError, NamesTheWordAndWhatWasExpected) {
  std::vector<std::uint8_t> wire;
  const std::vector<Word> words = words_of(GetParam().text);
  const auto parsed = parse_rdata(*parse_type(GetParam().type), words, Name(), wire);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().word, GetParam().word);
  EXPECT_EQ(parsed.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, SpecialError,
    testing::Values(
        Bad{"LOC", "91 N 0 E 0", 0,
            "expected degrees, minutes and seconds, then N or S, found \"91\""},
        Bad{"LOC", "90 0 0.001 N 0 E 0", 3,
            "expected degrees, minutes and seconds, then N or S, found \"N\""},
        Bad{"LOC", "1 2 3 4 N", 3,
            "expected degrees, minutes and seconds, then N or S, found \"4\""},
        Bad{"LOC", "1 N 2 E", 4, "expected an altitude in metres, found the end of the record"},
        Bad{"LOC", "1 N 2 E -100000.01", 4, "expected an altitude in metres, found \"-100000.01\""},
        Bad{"LOC", "1 N 2 E 0 90000001m", 5,
            "expected a size in metres, at most 90000000, found \"90000001m\""},
        Bad{"APL", "1:192.0.2.0/33", 0,
            "expected a prefix as 1:192.0.2.0/24 or !2:2001:db8::/32, found \"1:192.0.2.0/33\""},
        Bad{"APL", "2:192.0.2.0/8", 0,
            "expected a prefix as 1:192.0.2.0/24 or !2:2001:db8::/32, found \"2:192.0.2.0/8\""},
        Bad{"WKS", "192.0.2.1 xyz", 1, "expected a protocol: tcp, udp or a number, found \"xyz\""},
        Bad{"WKS", "192.0.2.1 6 65536", 2,
            "expected a port or the name of a well-known service, found \"65536\""},
        Bad{"IPSECKEY", "1 4 1 .", 1, "expected a gateway type from 0 to 3, found \"4\""},
        Bad{"IPSECKEY", "1 0 1 a.", 3, "expected \".\" for no gateway, found \"a.\""},
        Bad{"IPSECKEY", "1 0 1 .", 4, "expected base64, found the end of the record"},
        Bad{"AMTRELAY", "1 2 0 .", 1, "expected 0 or 1 for optional discovery, found \"2\""},
        Bad{"AMTRELAY", "1 1 1 ::1", 3, "expected an IPv4 address, found \"::1\""},
        Bad{"HIP", "2 2 AwEA", 1, "expected hexadecimal digits, found \"2\""},
        Bad{"HIP", "2 20", 2, "expected base64 in one word, found the end of the record"},
        Bad{"SVCB", "1 . key667=x key0667=x", 3,
            "expected a parameter as alpn=h2 or key65280=text, found \"key0667=x\""},
        Bad{"SVCB", "1 . port=1 port=2", 3, "port is given twice"},
        Bad{"SVCB", "1 . port=70000", 2, "\"70000\" is not a valid value for port"},
        Bad{"SVCB", "1 . ipv4hint=::1", 2, "\"::1\" is not a valid value for ipv4hint"},
        Bad{"SVCB", "1 . alpn=a,,b", 2, "\"a,,b\" is not a valid value for alpn"},
        Bad{"SVCB", "1 . mandatory=alpn", 3,
            "mandatory names alpn, which is not among the other parameters"},
        Bad{"SVCB", "1 . mandatory=mandatory", 3,
            "mandatory names mandatory, which is not among the other parameters"},
        Bad{"SVCB", "1 . mandatory=port,port port=1", 2,
            "\"port,port\" is not a valid value for mandatory"},
        Bad{"SVCB", "1 . no-default-alpn", 3, "no-default-alpn requires alpn"},
        Bad{"SVCB", "1 . no-default-alpn=x alpn=h2", 2,
            "\"x\" is not a valid value for no-default-alpn"}));

/// Octets that are no such record are refused and do no harm.
TEST(SpecialWire, AnyOctetsAreEitherRefusedOrWrittenSoThatTheyReadTheSame) {
  Random random(7);
  for (const unsigned type : {11U, 42U, 45U, 55U, 64U, 65U, 260U}) {
    std::size_t good = 0;
    for (int i = 0; i < 20'000; ++i) {
      std::vector<std::uint8_t> wire(random.below(24));
      for (std::uint8_t& octet : wire) {
        octet =
            static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(256) : random.below(5));
      }
      const auto kind = static_cast<Type>(type);
      if (!valid_rdata(kind, wire)) continue;
      ++good;
      const std::string text = rdata_to_text(kind, wire);
      std::vector<std::uint8_t> again;
      const std::vector<Word> words = words_of(text);
      const auto parsed = parse_rdata(kind, words, Name(), again);
      ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
      EXPECT_EQ(again, wire) << text;
    }
    EXPECT_GT(good, 0U) << type_name(static_cast<Type>(type));
  }
}

TEST(SpecialWire, TheTargetOfAServiceIsItsName) {
  std::vector<std::uint8_t> wire;
  const std::vector<Word> words = words_of("1 a. port=1");
  ASSERT_TRUE(parse_rdata(Type::HTTPS, words, Name(), wire));
  EXPECT_EQ(to_hex(target_of(Type::HTTPS, wire)), "016100");
}

}  // namespace
}  // namespace rollcall::dns
