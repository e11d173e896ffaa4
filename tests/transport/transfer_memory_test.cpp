#include "transport/transfer_memory.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rollcall::transport {
namespace {

TEST(TransferMemoryTest, LimitsOnePrimaryAndAllOfThem) {
  const auto memory = std::make_shared<TransferMemory>(TransferMemoryLimits{1000, 600});
  const IpAddress primary = *IpAddress::parse("192.0.2.1");
  std::optional<TransferMemory::Share> first(std::in_place, memory, primary);
  TransferMemory::Share second(memory, primary);
  TransferMemory::Share third(memory, *IpAddress::parse("192.0.2.2"));
  EXPECT_TRUE(first->grow_to(300));
  EXPECT_TRUE(first->grow_to(500));
  EXPECT_FALSE(second.grow_to(101));
  EXPECT_TRUE(second.grow_to(100));
  EXPECT_FALSE(third.grow_to(401));
  EXPECT_TRUE(third.grow_to(400));
  first.reset();
  EXPECT_TRUE(second.grow_to(600));
  EXPECT_FALSE(third.grow_to(401));
}

}  // namespace
}  // namespace rollcall::transport
