#include "core/service_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

TEST(ServiceName, TakesWhatServicesAreCalled) {
  for (const char* good :
       {"apache", "apache2.service", "getty@tty1.service", "php8.2-fpm", "a", "9p"}) {
    EXPECT_TRUE(is_service_name(good)) << good;
  }
  EXPECT_TRUE(is_service_name(std::string(kMaxServiceName, 'a')));
}

TEST(ServiceName, RefusesOptionsPathsAndShellWords) {
  for (const char* bad :
       {"", "-f", ".", "..", "../sh", "a/b", "a b", "a;b", "$(a)", "a\n", "_a", "é"}) {
    EXPECT_FALSE(is_service_name(bad)) << bad;
  }
  EXPECT_FALSE(is_service_name(std::string(kMaxServiceName + 1, 'a')));
}

}  // namespace
}  // namespace rollcall
