#include "agent/node_state.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>

#include "agent_link/agent_protocol.hpp"
#include "core/printable.hpp"
#include "core/trimmed.hpp"

namespace rollcall::agent {

NodeState read_node_state(const std::string& path, const std::string& text) {
  const std::string_view line = trimmed(std::string_view(text).substr(0, text.find('\n')));
  NodeState state{.words = read_node_words(line), .said = printable(line), .problem = {}};
  if (state.words.state == NodeWords::State::unknown) {
    state.problem = fmt::format("{}: {} is not understood; use up, drain, down or a percentage",
                                path, agent_link::quote_foreign(line));
    state.words = {};
  }
  return state;
}

asio::awaitable<NodeState> look_at_node(std::string path, files::FileReaders& readers) {
  NodeState state;
  if (path.empty()) co_return state;
  const std::function<Result<files::FileText>()> read = [path,
                                                         &readers]() -> Result<files::FileText> {
    const auto there = readers.read(path, {.look_for = R_OK});
    if (there && there->problem == ENOENT) return files::FileText{};
    return readers.read(path, {.limit = kMaxStateFile, .follow_links = false, .settle = false});
  };
  const auto file = co_await readers.later(path, read);
  if (file) {
    state = read_node_state(path, file->text);
  } else {
    state.problem = file.error().message;
  }
  co_return state;
}

std::array<double, 3> load_averages() {
  std::array<double, 3> load{};
  if (::getloadavg(load.data(), static_cast<int>(load.size())) < 0) load = {};
  return load;
}

}  // namespace rollcall::agent
