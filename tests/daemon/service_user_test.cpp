#include "daemon/service_user.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rollcall::daemon {
namespace {

TEST(ServiceUser, IsFoundByName) {
  const auto root = find_user("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "root");
  EXPECT_EQ(root->id, 0U);
  EXPECT_EQ(root->group, 0U);
  EXPECT_FALSE(find_user("nobody-has-this-name"));
}

/// The exit status of a child process that runs `work`, as root: continuous integration has it.
int status_of_child(int (*work)()) {
  EXPECT_EQ(::geteuid(), 0U) << "these tests run as root";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ServiceUser, BecomesItForGood) {
  EXPECT_EQ(status_of_child([] {
              const ServiceUser user = find_user("nobody").value();
              if (!become_user(user)) return 1;
              if (::getuid() != user.id || ::geteuid() != user.id) return 2;
              if (::getgid() != user.group || ::getegid() != user.group) return 3;
              if (::getgroups(0, nullptr) > 1) return 4;  // root's own are gone
              return ::setuid(0) != 0 && ::setgid(0) != 0 ? 0 : 5;
            }),
            0);
}

TEST(ServiceUser, SaysWhyItCannot) {
  EXPECT_EQ(status_of_child([] {
              if (!become_user(find_user("nobody").value())) return 1;
              const auto back = become_user(find_user("root").value());
              if (back) return 2;
              const std::string said = "cannot switch to user root: Operation not permitted";
              return back.error().message == said ? 0 : 3;
            }),
            0);
}

}  // namespace
}  // namespace rollcall::daemon
