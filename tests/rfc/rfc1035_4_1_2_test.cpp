/// RFC 1035 section 4.1.2, "Question section format": QNAME, QTYPE and QCLASS come back as they
/// were asked.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section412, TheQuestionComesBack) {
  const Octets query = make_query({.name = "nS.eXample.cOm", .type = Type::MX, .edns_size = {}});
  const Octets reply = Server("").reply(query);
  EXPECT_EQ(hex(Bytes(reply).subspan(12, query.size() - 12)), hex(Bytes(query).subspan(12)));
}

}  // namespace
}  // namespace rollcall::rfc
