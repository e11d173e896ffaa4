#include "agent/agent_files.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnostic_lines.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Scripts : public testing::Test {
 protected:
  std::vector<std::string> said(const std::string& name) {
    AgentOptions options;
    options.services["web"] = {
        .unit = {}, .script = folder_.path(name), .pid_file = {}, .where = {"agent.yaml", 3, 5}};
    options.services["unit"] = {.unit = "apache2.service", .script = {}, .pid_file = {}};
    return lines_of(check_scripts(options, files::read_directly()), folder_);
  }

  TemporaryFolder folder_;
};

TEST_F(Scripts, OneThatCanBeRun) {
  folder_.write("web", "#!/bin/sh\n", 0755);
  EXPECT_THAT(said("web"), IsEmpty());
}

TEST_F(Scripts, OneThatIsNotThereOrCannotBeRun) {
  EXPECT_THAT(said("none"),
              ElementsAre("agent.yaml:3:5: error: the script of web: none: No such file "
                          "or directory"));
  folder_.write("web", "#!/bin/sh\n", 0644);
  EXPECT_THAT(said("web"),
              ElementsAre("agent.yaml:3:5: error: the script of web: web is not executable"));
  ::mkdir(folder_.path("folder").c_str(), 0755);
  EXPECT_THAT(said("folder"),
              ElementsAre("agent.yaml:3:5: error: the script of web: folder is not a file"));
}

TEST_F(Scripts, OneThatOthersCanChange) {
  folder_.write("web", "#!/bin/sh\n", 0755);
  ::chmod(folder_.path("web").c_str(), 0757);
  EXPECT_THAT(said("web"),
              ElementsAre("agent.yaml:3:5: warning: the script of web: web is writable by "
                          "everybody: anyone with write access can make the agent run anything"));
}

/// Needs root, as the continuous integration has it.
TEST_F(Scripts, OneOfAnotherUserOrGroup) {
  ASSERT_EQ(::geteuid(), 0U) << "this test runs as root";
  folder_.write("web", "#!/bin/sh\n", 0755);
  ASSERT_EQ(::chown(folder_.path("web").c_str(), 12345, 12346), 0);
  EXPECT_THAT(said("web"),
              ElementsAre("agent.yaml:3:5: warning: the script of web: web belongs to user 12345: "
                          "anyone with write access can make the agent run anything"));
  ASSERT_EQ(::chown(folder_.path("web").c_str(), 0, 12346), 0);
  ::chmod(folder_.path("web").c_str(), 0775);
  EXPECT_THAT(said("web"),
              ElementsAre("agent.yaml:3:5: warning: the script of web: web is writable by group "
                          "12346: anyone with write access can make the agent run anything"));
}

TEST_F(Scripts, AFolderOfWhichAnyMayBeRun) {
  AgentOptions options;
  options.any_script = true;
  options.any_script_at = {"agent.yaml", 2, 13};
  options.scripts_path = folder_.path();
  EXPECT_THAT(check_scripts(options, files::read_directly()), IsEmpty());
  ::chmod(folder_.path().c_str(), 0777);
  EXPECT_THAT(
      lines_of(check_scripts(options, files::read_directly()), folder_),
      ElementsAre("agent.yaml:2:13: error: any_script: no script could be run: " + folder_.path() +
                  ": is writable by everybody: anyone with write access could make root "
                  "run anything"));
  options.scripts_path = folder_.path("none");
  EXPECT_TRUE(has_errors(check_scripts(options, files::read_directly())));
}

TEST(UserOfTheAgent, MustBeThereAndBeTheOneThatStartsIt) {
  AgentOptions options;
  EXPECT_THAT(check_user(options), IsEmpty());
  EXPECT_EQ(wrong_user(options), "");
  options.user = "root";
  ASSERT_EQ(::geteuid(), 0U) << "this test runs as root";
  EXPECT_EQ(wrong_user(options), "");
  options.user = "nobody";
  EXPECT_THAT(check_user(options), IsEmpty());
  EXPECT_EQ(wrong_user(options),
            "user is nobody, but user 0 has started the agent: start it as nobody, for example by "
            "User= of its unit");
  options.user = "no-such-user";
  options.user_at = {"agent.yaml", 1, 7};
  EXPECT_THAT(lines_of(check_user(options)),
              ElementsAre("agent.yaml:1:7: error: user: there is no user no-such-user"));
  EXPECT_NE(wrong_user(options), "");
}

}  // namespace
}  // namespace rollcall::agent
