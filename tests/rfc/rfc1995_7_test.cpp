/// RFC 1995 section 7, "Example": JAIN.AD.JP from serial 1 to 3, whole, in two steps, condensed,
/// and up to date.
#include <gtest/gtest.h>

#include "transfer/sent_messages.hpp"

namespace rollcall::transfer {
namespace {

const std::string kZone = "jain.ad.jp";

SentMessage message() {
  return SentMessage(dns::Type::IXFR, kZone);
}
std::string soa(int serial) {
  return "@ SOA ns mohta.jain.ad.jp. " + std::to_string(serial) + " 600 600 3600000 604800";
}
/// @param had the serial that the secondary has
std::string says(SentMessage& answer, std::uint32_t had) {
  return received({answer}, had, kZone);
}

TEST(Rfc1995Section7, TheWholeZone) {
  SentMessage answer = message();
  answer.add(soa(3)).add("@ NS ns").add("ns A 133.69.136.1").add("jain-bb A 133.69.136.3");
  answer.add("jain-bb A 192.41.197.2").add(soa(3));
  EXPECT_EQ(says(answer, 1),
            "jain.ad.jp. 60 IN SOA ns.jain.ad.jp. mohta.jain.ad.jp. 3 600 600 3600000 604800\n"
            " 60 IN NS ns.jain.ad.jp.\nns.jain.ad.jp. 60 IN A 133.69.136.1\n"
            "jain-bb.jain.ad.jp. 60 IN A 133.69.136.3\n 60 IN A 192.41.197.2\n");
}

TEST(Rfc1995Section7, Steps) {
  SentMessage answer = message();
  answer.add(soa(3)).add(soa(1)).add("nezu A 133.69.136.5").add(soa(2));
  answer.add("jain-bb A 133.69.136.4").add("jain-bb A 192.41.197.2");
  answer.add(soa(2)).add("jain-bb A 133.69.136.4").add(soa(3)).add("jain-bb A 133.69.136.3");
  answer.add(soa(3));
  EXPECT_EQ(says(answer, 1),
            "1 to 2\n- nezu.jain.ad.jp. A 133.69.136.5\n"
            "+ jain-bb.jain.ad.jp. A 133.69.136.4\n+ jain-bb.jain.ad.jp. A 192.41.197.2\n"
            "2 to 3\n- jain-bb.jain.ad.jp. A 133.69.136.4\n"
            "+ jain-bb.jain.ad.jp. A 133.69.136.3\n");
}

TEST(Rfc1995Section7, Condensed) {
  SentMessage answer = message();
  answer.add(soa(3)).add(soa(1)).add("nezu A 133.69.136.5").add(soa(3));
  answer.add("jain-bb A 133.69.136.3").add("jain-bb A 192.41.197.2").add(soa(3));
  EXPECT_EQ(says(answer, 1),
            "1 to 3\n- nezu.jain.ad.jp. A 133.69.136.5\n"
            "+ jain-bb.jain.ad.jp. A 133.69.136.3\n+ jain-bb.jain.ad.jp. A 192.41.197.2\n");
}

TEST(Rfc1995Section7, UpToDate) {
  SentMessage answer = message();
  EXPECT_EQ(says(answer.add(soa(3)), 3), "up to date at 3\n");
}

}  // namespace
}  // namespace rollcall::transfer
