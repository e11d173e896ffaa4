#include "service/allow_list.hpp"

#include <gtest/gtest.h>

namespace rollcall::service {
namespace {

TEST(AllowListOfServices, KnowsWhatItLists) {
  AllowList list{{"web", {.unit = "apache2.service", .script = ""}}};
  EXPECT_TRUE(list.contains("web"));
  EXPECT_EQ(list.at("web").unit, "apache2.service");
  EXPECT_FALSE(list.contains("apache2"));
  EXPECT_FALSE(list.contains(""));
}

TEST(AllowListOfServices, MayAdmitTheScriptsOfAFolder) {
  AllowList list{{"web", {.unit = "apache2.service", .script = ""}}};
  list.admit_scripts_of("/etc/init.d");
  EXPECT_EQ(list.at("web").unit, "apache2.service") << "what is listed comes first";
  EXPECT_TRUE(list.contains("postfix"));
  EXPECT_EQ(list.at("postfix").script, "/etc/init.d/postfix");
  EXPECT_TRUE(list.at("postfix").named_by_peer);
  EXPECT_FALSE(list.lists("postfix"));
}

TEST(AllowListOfServices, TakesOnlyPlainNamesOfScripts) {
  for (const std::string_view name : {"postfix", "Web_2", "a-b", "-x", "_", "7"}) {
    EXPECT_TRUE(may_name_script(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../bin/sh"),
        std::string("a/b"), std::string("/bin/sh"), std::string("web.sh"), std::string("we b"),
        std::string("web\n"), std::string("web\0", 4), std::string("w\xC3\xA4"), std::string("$x"),
        std::string("web;id"), std::string("web@1"), std::string(65, 'a')}) {
    EXPECT_FALSE(may_name_script(name)) << name;
  }
  EXPECT_TRUE(may_name_script(std::string(64, 'a')));
}

TEST(AllowListOfServices, LeavesOutTheScriptsThatStopTheNode) {
  for (const std::string_view name : {"halt", "reboot", "single", "sendsigs", "rc"}) {
    EXPECT_FALSE(may_name_script(name)) << name;
  }
}

}  // namespace
}  // namespace rollcall::service
