/// What the node says of itself: the file `state_file`, which its operator or a script writes in
/// the words of node_words.hpp, and the load.
#pragma once

#include <array>
#include <string>

#include "core/node_words.hpp"
#include "files/file_readers.hpp"
#include "io/async.hpp"

namespace rollcall::agent {

inline constexpr std::size_t kMaxStateFile = 1024;  // octets; a line is enough

struct NodeState {
  NodeWords words;
  std::string said;     // the first line, printable
  std::string problem;  // the file exists, and cannot be read or understood
};

/// Reads the words of a file's text.
NodeState read_node_state(const std::string& path, const std::string& text);

/// A file that does not exist says nothing. A link is not followed, for others may write there.
/// @param path empty: there is no such file
asio::awaitable<NodeState> look_at_node(std::string path, files::FileReaders& readers);

/// Of 1, 5 and 15 minutes; zeros where the system does not tell.
std::array<double, 3> load_averages();

}  // namespace rollcall::agent
