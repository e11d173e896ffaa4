/// RFC 9018 section 4.3, "The Timestamp Sub-Field": cookies older than an hour, and further in the
/// future than five minutes, are not taken.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9018Section43, AnHourBackAndFiveMinutesAhead) {
  using namespace std::chrono_literals;
  const Octets client = octets("0102030405060708");
  const answer::ServerCookie cookie =
      answer::make_server_cookie(client, kClient.octets(), kNow, {});
  const auto valid = [&](WallTime now) {
    return answer::valid_server_cookie(client, cookie, kClient.octets(), now, {});
  };
  EXPECT_TRUE(valid(kNow + 3600s));
  EXPECT_FALSE(valid(kNow + 3601s));
  EXPECT_TRUE(valid(kNow - 300s));
  EXPECT_FALSE(valid(kNow - 301s));
}

TEST(Rfc9018Section43, TheClockMayWrap) {  // "serial number arithmetic"
  const Octets client = octets("0102030405060708");
  const WallTime before(std::chrono::seconds(0xffffffff));
  const answer::ServerCookie cookie =
      answer::make_server_cookie(client, kClient.octets(), before, {});
  EXPECT_TRUE(answer::valid_server_cookie(client, cookie, kClient.octets(),
                                          before + std::chrono::seconds(60), {}));
}

}  // namespace
}  // namespace rollcall::rfc
