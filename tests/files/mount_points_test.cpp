#include "files/mount_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::files {
namespace {

const std::vector<std::string> kPoints = parse_mount_points(
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "30 22 0:27 / /srv/zones rw - nfs4 host:/zones rw\n"
    "31 22 0:28 / /mnt/a\\040b rw - fuse.sshfs x rw\n"
    "nonsense\n");

TEST(MountPoints, AreTheFifthFieldsUnescaped) {
  EXPECT_THAT(kPoints, testing::ElementsAre("/", "/srv/zones", "/mnt/a b"));
}

TEST(MountPoints, WhatHangsTogetherIsAMountOrAFileOfTheRoot) {
  EXPECT_EQ(hang_place(kPoints, "/srv/zones/db"), "/srv/zones");
  EXPECT_EQ(hang_place(kPoints, "/srv/zones"), "/srv/zones");
  EXPECT_EQ(hang_place(kPoints, "/srv/zones2/db"), "/srv/zones2/db");
  EXPECT_EQ(hang_place(kPoints, "/mnt/a b/states"), "/mnt/a b");
  EXPECT_EQ(hang_place({}, "/etc/db"), "/etc/db");
}

TEST(MountPoints, LyingInIsByWholeNames) {
  EXPECT_TRUE(lies_in("/a/b", "/a"));
  EXPECT_TRUE(lies_in("/a", "/a"));
  EXPECT_TRUE(lies_in("/a", "/"));
  EXPECT_FALSE(lies_in("/ab", "/a"));
}

TEST(MountPoints, KnowsThoseOfNow) {
  MountPoints points;
  EXPECT_THAT(points.now(), testing::Contains("/proc"));
}

}  // namespace
}  // namespace rollcall::files
