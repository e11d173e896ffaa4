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
    return lines_of(check_scripts(options), folder_);
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

}  // namespace
}  // namespace rollcall::agent
