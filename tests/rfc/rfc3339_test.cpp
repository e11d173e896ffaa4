/// RFC 3339: a moment as people and logs read it.
#include "core/instant.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3339, AMomentInUtcWithMilliseconds) {
  EXPECT_EQ(format_wall_time(WallTime(std::chrono::milliseconds(482196050520))),
            "1985-04-12T23:20:50.520Z");
}

}  // namespace
}  // namespace rollcall::rfc
