/// RFC 1034 section 4.2.1, "Technical considerations": NS below the apex marks a cut; the zone is
/// authoritative neither for the cut's NS nor for its glue.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kCut = "sub NS ns.sub\nns.sub A 192.0.2.21\n";
constexpr const char* kReferral =
    "AUTHORITY sub.example.com. 300 NS ns.sub.example.com.\n"
    "ADDITIONAL ns.sub.example.com. 300 A 192.0.2.21\n";

TEST(Rfc1034Section421, TheNsAtTheApexAreAuthoritative) {
  EXPECT_EQ(Server(kCut).says("example.com", Type::NS),
            "NOERROR AA\nQUESTION example.com. NS IN\n"
            "ANSWER example.com. 300 NS ns.example.com.\n"
            "ADDITIONAL ns.example.com. 300 A 192.0.2.1\n");
}

TEST(Rfc1034Section421, TheNsAtACutAreNot) {
  EXPECT_EQ(Server(kCut).says("sub.example.com", Type::NS),
            std::string("NOERROR\nQUESTION sub.example.com. NS IN\n") + kReferral);
}

TEST(Rfc1034Section421, GlueIsNot) {
  EXPECT_EQ(Server(kCut).says("ns.sub.example.com"),
            std::string("NOERROR\nQUESTION ns.sub.example.com. A IN\n") + kReferral);
}

}  // namespace
}  // namespace rollcall::rfc
