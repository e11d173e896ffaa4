/// RFC 5936 section 2.2.2, "Question Section": "In the first response message, this section MUST be
/// copied from the query. In subsequent messages, this section MAY be copied from the query, or it
/// MAY be empty."
#include <gtest/gtest.h>

#include "transfer/sent_messages.hpp"

namespace rollcall::transfer {
namespace {

TEST(Rfc5936Section222, TheFirstMessageHasTheQuestionAndOthersMayHaveIt) {
  const dns::Type axfr = dns::Type::AXFR;
  const std::string zone = received({SentMessage(axfr).soa(7).add("@ NS ns1").soa(7)});
  const auto with = [&](SentMessage second) {
    return received({SentMessage(axfr).soa(7), std::move(second.add("@ NS ns1").soa(7))});
  };
  EXPECT_EQ(with(SentMessage(axfr)), zone);
  EXPECT_EQ(with(SentMessage::later()), zone);
  EXPECT_EQ(with(SentMessage(axfr, "example.net")), "a message has another question");
  EXPECT_EQ(received({SentMessage::later().soa(7).soa(7)}), "the first message has no question");
}

}  // namespace
}  // namespace rollcall::transfer
