/// Replies to an http check: whatever comes, in whatever pieces, the verdict is the same, and what
/// is read of it is bounded.
#include <string>
#include <string_view>

#include "health/http_reply.hpp"
#include "health/reply.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

/// @return "good" or the reason
std::string verdict(const health::HttpCheck& check, std::string_view reply, std::size_t size,
                    std::size_t& read) {
  health::HttpReply reader(check);
  for (read = 0; read < reply.size();) {
    const std::string_view piece = reply.substr(read, size);
    read += piece.size();
    if (const auto decided = reader.received(piece)) {
      return *decided ? "good" : decided->error().message;
    }
  }
  const auto ended = reader.ended();
  return ended ? "good" : ended.error().message;
}

bool is_good(const health::HttpCheck& check, std::string_view reply, std::size_t size) {
  std::size_t read = 0;
  const std::string said = verdict(check, reply, size, read);
  require(!said.empty(), "a bad reply has a reason");
  require(read <= health::kMaxHttpFraming + health::kMaxReplySearched + size, "it is bounded");
  return said == "good";
}

}  // namespace

/// @param data the size of the pieces, then the reply
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view reply(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const health::HttpCheck checks[] = {
      {},
      {.expect = "^ok$"},
      {.expect = *health::TextPattern::regex("o+k"), .reject = "down"},
      {.method = "HEAD"},
  };
  for (const health::HttpCheck& check : checks) {
    const bool whole = is_good(check, reply, size);
    require(whole == is_good(check, reply, 1U + data[0]), "pieces change nothing");
  }
  return 0;
}
