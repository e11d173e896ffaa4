/// RFC 4592 section 2.2.1, "An Example": the zone "example." and the questions that its wildcards
/// answer, and do not.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kExample = R"($ORIGIN example.
example.                 3600 IN  SOA   ns.example.com. root.example.com. 1 2 3 4 3600
example.                 3600     NS    ns.example.com.
example.                 3600     NS    ns.example.net.
*.example.               3600     TXT   "this is a wildcard"
*.example.               3600     MX    10 host1.example.
sub.*.example.           3600     TXT   "this is not a wildcard"
host1.example.           3600     A     192.0.2.1
_ssh._tcp.host1.example. 3600     SRV   0 0 22 host1.example.
_ssh._tcp.host2.example. 3600     SRV   0 0 22 host2.example.
subdel.example.          3600     NS    ns.example.com.
subdel.example.          3600     NS    ns.example.net.
)";
constexpr const char* kSoa =
    "AUTHORITY example. 3600 SOA ns.example.com. root.example.com. 1 2 3 4 3600\n";

class Rfc4592Section221 : public testing::Test {
 protected:
  Server server_ = server_of({{"example", kExample}});
};

TEST_F(Rfc4592Section221, Host3HasTheWildcardsMx) {
  EXPECT_EQ(
      server_.says("host3.example", Type::MX),
      "NOERROR AA\nQUESTION host3.example. MX IN\nANSWER host3.example. 3600 MX 10 host1.example.\n"
      "ADDITIONAL host1.example. 3600 A 192.0.2.1\n");
}

TEST_F(Rfc4592Section221, Host3HasNoAddressAsTheWildcardHasNone) {
  EXPECT_EQ(server_.says("host3.example"),
            std::string("NOERROR AA\nQUESTION host3.example. A IN\n") + kSoa);
}

TEST_F(Rfc4592Section221, FooBarHasTheWildcardsTextAsBarDoesNotExist) {
  EXPECT_EQ(server_.says("foo.bar.example", Type::TXT),
            "NOERROR AA\nQUESTION foo.bar.example. TXT IN\n"
            "ANSWER foo.bar.example. 3600 TXT \"this is a wildcard\"\n");
}

TEST_F(Rfc4592Section221, Host1Exists) {
  EXPECT_EQ(server_.says("host1.example", Type::MX),
            std::string("NOERROR AA\nQUESTION host1.example. MX IN\n") + kSoa);
}

TEST_F(Rfc4592Section221, SubBelowTheWildcardExists) {
  EXPECT_EQ(server_.says("sub.*.example", Type::MX),
            std::string("NOERROR AA\nQUESTION sub.*.example. MX IN\n") + kSoa);
}

TEST_F(Rfc4592Section221, TcpBelowHost1ExistsWithoutData) {
  EXPECT_EQ(server_.says("_telnet._tcp.host1.example", Type::SRV),
            std::string("NXDOMAIN AA\nQUESTION _telnet._tcp.host1.example. SRV IN\n") + kSoa);
}

TEST_F(Rfc4592Section221, SubdelExistsAndIsACut) {
  const Response response = server_.ask(Question{"host.subdel.example"});
  EXPECT_FALSE(response.aa());
  EXPECT_THAT(response.authority, UnorderedElementsAre("subdel.example. 3600 NS ns.example.com.",
                                                       "subdel.example. 3600 NS ns.example.net."));
}

TEST_F(Rfc4592Section221, GhostsEncloserIsTheWildcardItself) {
  EXPECT_EQ(server_.says("ghost.*.example", Type::MX),
            std::string("NXDOMAIN AA\nQUESTION ghost.*.example. MX IN\n") + kSoa);
}

}  // namespace
}  // namespace rollcall::rfc
