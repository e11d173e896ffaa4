#include "query_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "dns/query.hpp"

namespace rollcall::bench {
namespace {

/// A list in a file of its own.
class QueryListTest : public testing::Test {
 protected:
  QueryList read(const std::string& text, unsigned run_length = 1, bool edns = false) {
    std::ofstream(file_) << text;
    return QueryList::read({file_, edns, run_length, 1}).value();
  }
  void TearDown() override { std::remove(file_.c_str()); }

  const std::string file_ = testing::TempDir() + "query_list_test." + std::to_string(::getpid());
};

std::string mixed_names(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "n" + std::to_string(i * 7) + ".example.com A\n";
  return text;
}

TEST_F(QueryListTest, IsReadByRollcall) {
  const QueryList list = read("# two words, or three\nWww.example.com MX\nx. AAAA NXDOMAIN\n");
  std::map<dns::Type, std::int8_t> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    dns::Query query;
    ASSERT_EQ(dns::read_query(list.packet(i), query), std::nullopt);
    EXPECT_EQ(list.question_end(i), list.packet(i).size());
    EXPECT_FALSE(query.edns.present);
    seen[query.type] = list.rcode(i);
  }
  EXPECT_THAT(seen, testing::ElementsAre(testing::Pair(dns::Type::MX, kAnyRcode),
                                         testing::Pair(dns::Type::AAAA, 3)));
}

TEST_F(QueryListTest, HasAnOptWhereItIsAskedFor) {
  const QueryList list = read("www.example.com A\n", 1, true);
  dns::Query query;
  ASSERT_EQ(dns::read_query(list.packet(0), query), std::nullopt);
  EXPECT_TRUE(query.edns.present);
  EXPECT_TRUE(query.edns.dnssec_ok);
  EXPECT_EQ(list.question_end(0), dns::kHeaderSize + query.question_size);
}

TEST_F(QueryListTest, LeavesNobodyOut) {
  std::map<std::string, int> seen;
  const QueryList list = read(mixed_names(100'000));
  for (std::size_t i = 0; i < list.size(); ++i) ++seen[std::string(as_text(list.packet(i)))];
  EXPECT_EQ(list.size(), 100'000U);
  EXPECT_EQ(seen.size(), 100'000U);
}

TEST_F(QueryListTest, KeepsOneSizeTogetherForTheKernel) {
  const QueryList list = read(mixed_names(100'000), 8);
  EXPECT_EQ(list.size(), 100'000U);
  std::size_t runs = 1;
  for (std::size_t i = 1; i < list.size(); ++i) {
    runs += list.packet(i).size() != list.packet(i - 1).size();
  }
  EXPECT_LT(runs, list.size() / 8 + 8);  // at most one short run for each size
}

}  // namespace
}  // namespace rollcall::bench
