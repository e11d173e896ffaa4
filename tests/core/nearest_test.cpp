#include "core/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace rollcall {
namespace {

constexpr std::array<std::string_view, 6> kWords{"server", "zones",  "checks",
                                                 "pools",  "alerts", "agents"};

TEST(NearestWord, OneSlipOrTwo) {
  EXPECT_EQ(nearest_word("sever", kWords), "server");    // left out
  EXPECT_EQ(nearest_word("serverr", kWords), "server");  // twice
  EXPECT_EQ(nearest_word("srever", kWords), "server");   // changed places
  EXPECT_EQ(nearest_word("SERVER", kWords), "server");
  EXPECT_EQ(nearest_word("zonse", kWords), "zones");
  EXPECT_EQ(nearest_word("ozens", kWords), std::nullopt);
  EXPECT_EQ(nearest_word("pool", kWords), "pools");
  EXPECT_EQ(nearest_word("agnest", kWords), "agents");
}

TEST(NearestWord, NoneForWhatIsFar) {
  EXPECT_EQ(nearest_word("quite_other", kWords), std::nullopt);
  EXPECT_EQ(nearest_word("", kWords), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(65, 'x'), kWords), std::nullopt);
  const std::array<std::string_view, 1> longer{
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};
  EXPECT_EQ(nearest_word(std::string(64, 'x'), longer), std::nullopt);
}

TEST(NearestWord, TheFirstOfThoseThatAreAsNear) {
  const std::array<std::string_view, 3> words{"mail1", "mail2", "mail"};
  EXPECT_EQ(nearest_word("mail3", words), "mail1");
  EXPECT_EQ(nearest_word("mail2", words), "mail2");
}

}  // namespace
}  // namespace rollcall
