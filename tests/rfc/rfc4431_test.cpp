/// RFC 4431: DLV has the form of DS.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4431, DlvHasTheFormOfDs) {
  EXPECT_EQ(wire("DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"),
            wire("DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"));
}

}  // namespace
}  // namespace rollcall::rfc
