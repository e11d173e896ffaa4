#include "agent/agent_files.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

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
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : check_scripts(options)) {
      std::string line = to_string(diagnostic);
      const std::string prefix = folder_.path("");
      for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
        line.erase(at, prefix.size());
      }
      lines.push_back(line);
    }
    return lines;
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

}  // namespace
}  // namespace rollcall::agent
