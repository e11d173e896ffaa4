/// RFC 9460 section 8, "ServiceMode RR Compatibility and Mandatory Keys": mandatory names keys that
/// are there, each once, itself not; in rising order on the wire.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section8, InRisingOrderOnTheWire) {
  EXPECT_EQ(wire("SVCB 1 . mandatory=port,alpn port=53 alpn=h2"),
            hex("0001 00 0000 0004 0001 0003 0001 0003 026832 0003 0002 0035"));
}

TEST(Rfc9460Section8, WhatItMayNotName) {
  for (const char* text : {"mandatory=mandatory", "mandatory=port", "mandatory=port,port port=53",
                           "mandatory=bogus", "mandatory"}) {
    EXPECT_THAT(said(std::string("r SVCB 1 . ") + text + "\n"), ElementsAre(HasSubstr("error: ")))
        << text;
  }
}

}  // namespace
}  // namespace rollcall::rfc
