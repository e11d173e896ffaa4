#include "core/published.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace rollcall {
namespace {

/// Two numbers that belong together.
struct Version {
  int number = 0;
  int twice = 0;
};

std::shared_ptr<const Version> version(int number) {
  return std::make_shared<const Version>(Version{number, 2 * number});
}

TEST(Published, GivesBackTheVersionThatWasReplaced) {
  const auto first = version(1);
  Published<Version> published(first);
  EXPECT_EQ(published.publish(version(2)), first);
  EXPECT_EQ(published.load()->number, 2);
}

TEST(Published, AReaderTakesAVersionOnce) {
  Published<Version> published(version(1));
  Published<Version>::Reader reader(published);
  EXPECT_EQ(reader->number, 1);
  EXPECT_FALSE(reader.refresh());
  published.publish(version(2));
  EXPECT_EQ((*reader).number, 1) << "what was read stays until the next refresh";
  EXPECT_TRUE(reader.refresh());
  EXPECT_EQ(reader->number, 2);
}

TEST(Published, AReaderKeepsItsVersionAlive) {
  auto first = version(1);
  const std::weak_ptr<const Version> watched = first;
  Published<Version> published(std::move(first));
  Published<Version>::Reader reader(published);
  published.publish(version(2));
  EXPECT_FALSE(watched.expired());
  reader.refresh();
  EXPECT_TRUE(watched.expired());
}

TEST(Published, ReadersNeverSeeAVersionInPartsOrAnOlderOne) {
  constexpr int kLast = 20'000;
  Published<Version> published(version(0));
  const auto read = [&published] {
    Published<Version>::Reader reader(published);
    for (int seen = 0; seen < kLast;) {
      reader.refresh();
      if (reader->twice != 2 * reader->number || reader->number < seen) return false;
      seen = reader->number;
    }
    return true;
  };
  bool whole[2] = {};
  std::thread one([&] { whole[0] = read(); });
  std::thread two([&] { whole[1] = read(); });
  for (int number = 1; number <= kLast; ++number) published.publish(version(number));
  one.join();
  two.join();
  EXPECT_TRUE(whole[0]);
  EXPECT_TRUE(whole[1]);
}

}  // namespace
}  // namespace rollcall
