#include "agent/node_state.hpp"

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent {
namespace {

TEST(NodeStateText, IsReadFromItsFirstLine) {
  const NodeState drain = read_node_state("state", " drain # new disk\nup\n");
  EXPECT_EQ(drain.words.state, NodeWords::State::drain);
  EXPECT_EQ(drain.said, "drain # new disk");
  EXPECT_EQ(read_node_state("state", "50%").words.percent, 50);
  EXPECT_EQ(read_node_state("state", "").words, NodeWords{});
  EXPECT_EQ(read_node_state("state", "up\x1b\n").said, "up\\x1b");
}

TEST(NodeStateText, ThatIsNotUnderstoodChangesNothing) {
  const NodeState typo = read_node_state("state", "drian\n");
  EXPECT_EQ(typo.words, NodeWords{});
  EXPECT_EQ(typo.problem,
            "state: \"drian\" is not understood; use up, drain, down or a percentage");
}

TEST(NodeStateFile, IsLookedAtEachTime) {
  asio::io_context io;
  const auto readers = files::FileReaders::start().value();
  const TemporaryFolder dir;
  const auto look = [&](const std::string& path) {
    return run_on(io, look_at_node(path, *readers));
  };
  EXPECT_EQ(look("").problem, "");
  EXPECT_EQ(look(dir.path("state")).problem, "");
  dir.write("state", "down\n", 0600);
  EXPECT_EQ(look(dir.path("state")).words.state, NodeWords::State::down);
  ASSERT_EQ(symlink("state", dir.path("link").c_str()), 0);
  EXPECT_NE(look(dir.path("link")).problem, "");
  dir.write("long", std::string(kMaxStateFile + 1, 'a'), 0600);
  EXPECT_EQ(look(dir.path("long")).problem, dir.path("long") + ": larger than 1024 octets");
}

}  // namespace
}  // namespace rollcall::agent
