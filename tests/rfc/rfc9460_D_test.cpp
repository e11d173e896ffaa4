/// RFC 9460 appendix D, "Test Vectors": alias form, service form, and the failure cases.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460AppendixD, D1AliasMode) {
  EXPECT_EQ(wire("HTTPS 0 foo.example.com."), hex("0000 03666f6f 076578616d706c65 03636f6d 00"));
}

TEST(Rfc9460AppendixD, D2ServiceMode) {
  const std::string foo_com = "03666f6f 076578616d706c65 03636f6d 00";
  const std::string foo_org = "03666f6f 076578616d706c65 036f7267 00";
  EXPECT_EQ(wire("SVCB 1 ."), hex("0001 00"));
  EXPECT_EQ(wire("SVCB 16 foo.example.com. port=53"), hex("0010" + foo_com + "0003 0002 0035"));
  EXPECT_EQ(wire("SVCB 1 foo.example.com. key667=hello"),
            hex("0001" + foo_com + "029b 0005 68656c6c6f"));
  EXPECT_EQ(wire("SVCB 1 foo.example.com. key667=\"hello\\210qoo\""),
            hex("0001" + foo_com + "029b 0009 68656c6c6fd2716f6f"));
  EXPECT_EQ(wire("SVCB 1 foo.example.com. ( ipv6hint=\"2001:db8::1,2001:db8::53:1\" )"),
            hex("0001" + foo_com +
                "0006 0020 20010db8000000000000000000000001"
                "20010db8000000000000000000530001"));
  EXPECT_EQ(wire("SVCB 1 example.com. ( ipv6hint=\"2001:db8:122:344::192.0.2.33\" )"),
            hex("0001 076578616d706c65 03636f6d 00 0006 0010 20010db80122034400000000c0000221"));
  EXPECT_EQ(wire("SVCB 16 foo.example.org. (\n alpn=h2,h3-19 mandatory=ipv4hint,alpn\n"
                 " ipv4hint=192.0.2.1 )"),
            hex("0010" + foo_org +
                "0000 0004 0001 0004 0001 0009 026832 0568332d3139"
                "0004 0004 c0000201"));
}

TEST(Rfc9460AppendixD, D2AnAlpnWithAnEscapedCommaAndBackslash) {
  const std::string expected =
      hex("0010 03666f6f 076578616d706c65 036f7267 00"
          "0001 000c 08 665c6f6f2c626172 02 6832");
  EXPECT_EQ(wire("SVCB 16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\""), expected);
  EXPECT_EQ(wire("SVCB 16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2"), expected);
}

TEST(Rfc9460AppendixD, D3FailureCases) {
  for (const char* params : {"( key123=abc key123=def )", "mandatory", "alpn", "port", "ipv4hint",
                             "ipv6hint", "no-default-alpn=abc", "mandatory=key123",
                             "mandatory=mandatory", "( mandatory=key123,key123 key123=abc )"}) {
    EXPECT_THAT(said(std::string("r SVCB 1 foo.example.com. ") + params + "\n"),
                ElementsAre(HasSubstr("error: ")))
        << params;
  }
}

}  // namespace
}  // namespace rollcall::rfc
