/// RFC 6672 section 2.2, "The DNAME Substitution": the table of QNAME, owner and target; a name
/// that gets too long is YXDOMAIN.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The target of the CNAME that is made for `qname` below `owner`; empty where none is.
std::string substituted(const std::string& qname, const std::string& owner,
                        const std::string& target) {
  const Server server = server_of({{".",
                                    "$TTL 1\n@ SOA ns.nic root.nic 1 2 3 4 5\n@ NS ns.nic\n"
                                    "ns.nic A 192.0.2.1\n" +
                                        owner + " DNAME " + target + "\n"}});
  for (const std::string& line : server.ask(Question{qname}).answer) {
    const std::string head = qname + " 1 CNAME ";
    if (line.starts_with(head)) return line.substr(head.size());
  }
  return "";
}

TEST(Rfc6672Section22, TheTable) {
  EXPECT_EQ(substituted("com.", "example.com.", "example.net."), "");
  EXPECT_EQ(substituted("example.com.", "example.com.", "example.net."), "");
  EXPECT_EQ(substituted("a.example.com.", "example.com.", "example.net."), "a.example.net.");
  EXPECT_EQ(substituted("a.b.example.com.", "example.com.", "example.net."), "a.b.example.net.");
  EXPECT_EQ(substituted("ab.example.com.", "b.example.com.", "example.net."), "");
  EXPECT_EQ(substituted("foo.example.com.", "example.com.", "example.net."), "foo.example.net.");
  EXPECT_EQ(substituted("a.x.example.com.", "x.example.com.", "example.net."), "a.example.net.");
  EXPECT_EQ(substituted("a.example.com.", "example.com.", "y.example.net."), "a.y.example.net.");
  EXPECT_EQ(substituted("cyc.example.com.", "example.com.", "example.com."), "cyc.example.com.");
  EXPECT_EQ(substituted("cyc.example.com.", "example.com.", "c.example.com."),
            "cyc.c.example.com.");
  EXPECT_EQ(substituted("shortloop.x.x.", "x.", "."), "shortloop.x.");
  EXPECT_EQ(substituted("shortloop.x.", "x.", "."), "shortloop.");
}

TEST(Rfc6672Section22, TheDnameOfItsOwnerIsOneRecordLikeAnyOther) {
  EXPECT_EQ(Server("d DNAME example.net.\n").says("d.example.com", Type::DNAME),
            "NOERROR AA\nQUESTION d.example.com. DNAME IN\n"
            "ANSWER d.example.com. 300 DNAME example.net.\n");
}

}  // namespace
}  // namespace rollcall::rfc
