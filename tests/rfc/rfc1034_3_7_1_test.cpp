/// RFC 1034 section 3.7.1, "Standard queries": a question has one name, type and class;
/// "authoritative responses are never issued for QCLASS=*" unless all classes are known.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1034Section371, ClassAnyIsNotAnsweredAsIfEveryClassWereKnown) {
  const Server server("www A 192.0.2.2\n");
  EXPECT_EQ(to_text(server.ask({.name = "www.example.com", .qclass = Class::ANY, .flags = 0})),
            "REFUSED EDNS\nQUESTION www.example.com. A ANY\n");
}

TEST(Rfc1034Section371, TheTypeAskedForIsAllThatIsAnswered) {
  const Server server("www A 192.0.2.2\nwww TXT t\n");
  EXPECT_EQ(server.says("www.example.com", Type::TXT),
            "NOERROR AA\nQUESTION www.example.com. TXT IN\n"
            "ANSWER www.example.com. 300 TXT \"t\"\n");
}

}  // namespace
}  // namespace rollcall::rfc
