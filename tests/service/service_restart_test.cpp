#include "service/service_restart.hpp"

#include <gmock/gmock.h>

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::service {
namespace {

using namespace std::chrono_literals;

/// Runs a script that a peer has named.
class NamedScript : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "this test runs as root";
    ::mkdir(dir.path("init.d").c_str(), 0755);
    dir.script("init.d/web", "echo $0 $1\n");
  }
  agent_link::RestartReport run(const std::string& name) {
    AllowList list;
    list.admit_scripts_of(dir.path("init.d"));
    return run_on(io, run_restart(list.at(name), *readers, 20s));
  }
  void expect_not_run(const std::string& name, const std::string& why) {
    const auto report = run(name);
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.exit_status, 127);
    EXPECT_EQ(report.output, "");
    EXPECT_TRUE(report.error.starts_with("not run: " + dir.path())) << report.error;
    EXPECT_TRUE(report.error.contains(why)) << report.error;
  }

  asio::io_context io;
  std::unique_ptr<files::FileReaders> readers = files::FileReaders::start().value();
  TemporaryFolder dir;
};

TEST_F(NamedScript, IsRunByItsPath) {
  const auto report = run("web");
  EXPECT_TRUE(report.ok) << report.error;
  const std::string path = dir.path("init.d/web");
  EXPECT_EQ(report.output, path + " stop\n" + path + " start\n") << "init scripts look at $0";
}

TEST_F(NamedScript, IsLookedAtEachTime) {
  ASSERT_TRUE(run("web").ok);
  ::chmod(dir.path("init.d/web").c_str(), 0775);
  expect_not_run("web", "is writable by group");
  ::chmod(dir.path("init.d/web").c_str(), 0755);
  ASSERT_EQ(::chown(dir.path("init.d/web").c_str(), 12345, 0), 0);
  expect_not_run("web", "belongs to user 12345");
  ASSERT_EQ(::chown(dir.path("init.d/web").c_str(), 0, 0), 0);
  ::chmod(dir.path("init.d").c_str(), 0777);
  expect_not_run("web", "is writable by everybody");
  ::chmod(dir.path("init.d").c_str(), 0755);
  EXPECT_TRUE(run("web").ok);
}

TEST_F(NamedScript, IsARegularFile) {
  ASSERT_EQ(::symlink("/bin/true", dir.path("init.d/link").c_str()), 0);
  expect_not_run("link", "is a symbolic link");
  ::mkdir(dir.path("init.d/folder").c_str(), 0755);
  ::mkfifo(dir.path("init.d/pipe").c_str(), 0755);
  expect_not_run("pipe", "is not a regular file");
  expect_not_run("none", "No such file or directory");
  const auto folder = run("folder");
  EXPECT_FALSE(folder.ok);
  EXPECT_EQ(folder.output, "");
}

TEST(TransientUnit, RunsAScriptOutsideTheAgent) {
  EXPECT_EQ(transient_unit("/etc/init.d/web", "stop", "7-1"), "rollcall-web-stop-7-1.service");
  const auto argv =
      transient_command("rollcall-web-stop-7-1.service", "/etc/init.d/web", "stop", 30s);
  EXPECT_EQ(argv.front(), "/usr/bin/systemd-run");
  EXPECT_THAT(argv, testing::IsSupersetOf({"--wait", "--pipe", "--collect",
                                           "--unit=rollcall-web-stop-7-1.service",
                                           "--service-type=oneshot", "--property=KillMode=process",
                                           "--property=TimeoutStartSec=45s"}));
  EXPECT_EQ(std::vector(argv.end() - 3, argv.end()),
            (std::vector<std::string>{"--", "/etc/init.d/web", "stop"}));
}

}  // namespace
}  // namespace rollcall::service
