#include "edit/journal.hpp"

#include <gtest/gtest.h>

namespace rollcall::edit {
namespace {

EditRecord address(std::uint8_t last, std::string_view owner = "www.example.com",
                   std::uint32_t ttl = 1) {
  return {*dns::Name::parse(owner), dns::Type::A, ttl, {192, 0, 2, last}};
}

std::vector<std::uint8_t> lasts(const std::vector<EditRecord>& records) {
  std::vector<std::uint8_t> all;
  for (const EditRecord& record : records) all.push_back(record.rdata.back());
  return all;
}

using Lasts = std::vector<std::uint8_t>;

TEST(Journal, LeadsFromEachSerialToTheNewest) {
  Journal journal(10);
  journal.append(11, {.remove = {address(1)}, .add = {}});
  journal.append(12, {.remove = {address(2)}, .add = {address(3)}});
  EXPECT_EQ(journal.newest(), 12U);
  const JournalEntry all = condensed(*journal.since(10));
  EXPECT_EQ(all.from, 10U);
  EXPECT_EQ(all.to, 12U);
  EXPECT_EQ(lasts(all.changes.remove), (Lasts{1, 2}));
  EXPECT_EQ(lasts(all.changes.add), (Lasts{3}));
  EXPECT_EQ(lasts(condensed(*journal.since(11)).changes.remove), (Lasts{2}));
  EXPECT_FALSE(journal.since(12)) << "nothing has changed since";
  EXPECT_FALSE(journal.since(9));
}

TEST(Journal, WhatWentAndCameBackIsNoChange) {
  Journal journal(10);
  journal.append(11, {.remove = {address(1)}, .add = {}});
  journal.append(12, {.remove = {address(2)}, .add = {address(1, "WWW.example.com")}});
  journal.append(13, {.remove = {}, .add = {address(2, "www.example.com", 5)}});
  const JournalEntry all = condensed(*journal.since(10));
  EXPECT_EQ(lasts(all.changes.remove), (Lasts{2})) << "under its old TTL";
  EXPECT_EQ(lasts(all.changes.add), (Lasts{2}));
  EXPECT_EQ(all.changes.add[0].ttl, 5U);
}

TEST(Journal, SerialsMayGoRound) {
  Journal journal(0xffffffff);
  journal.append(0, {.remove = {address(1)}, .add = {}});
  journal.append(1, {.remove = {address(2)}, .add = {}});
  EXPECT_EQ(condensed(*journal.since(0xffffffff)).to, 1U);
}

TEST(Journal, TheOldestMakeRoom) {
  Journal journal(1);
  for (std::uint32_t serial = 2; serial < 5000; ++serial) {
    journal.append(serial, {.remove = {address(1)}, .add = {address(1)}});
    ASSERT_LE(journal.memory(), Journal::kMaxOctets);
  }
  EXPECT_FALSE(journal.since(1));
  EXPECT_TRUE(journal.since(4990));
  while (journal.drop_oldest()) {
  }
  EXPECT_EQ(journal.memory(), 0U);
  EXPECT_EQ(journal.newest(), 4999U);
}

}  // namespace
}  // namespace rollcall::edit
