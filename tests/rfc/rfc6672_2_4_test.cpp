/// RFC 6672 section 2.4, "Names next to and below a DNAME Record": one DNAME a name, no CNAME
/// beside it; what is below it is occluded.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6672Section24, ANameHasOneDname) {
  EXPECT_THAT(said("d DNAME a.\nd DNAME b.\n"),
              ElementsAre("zone:6:1: error: d.example.com has 2 DNAME records: expected one"));
}

TEST(Rfc6672Section24, NoCnameStandsBesideIt) {
  EXPECT_THAT(said("d DNAME a.\nd CNAME b.\n"),
              ElementsAre("zone:6:1: error: d.example.com has a CNAME and other data (DNAME)"));
}

TEST(Rfc6672Section24, WhatIsBelowIsNotAnsweredFrom) {
  EXPECT_EQ(Server("d DNAME example.net.\nx.d A 192.0.2.2\n").says("x.d.example.com"),
            "NOERROR AA\nQUESTION x.d.example.com. A IN\n"
            "ANSWER d.example.com. 300 DNAME example.net.\n"
            "ANSWER x.d.example.com. 300 CNAME x.example.net.\n");
}

}  // namespace
}  // namespace rollcall::rfc
