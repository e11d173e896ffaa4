/// A whole request at the agent, as a peer with the key sends it: what would be done?
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "agent_link/agent_protocol.hpp"
#include "agent_link/agent_request.hpp"
#include "agent_link/agent_status.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rollcall;
  using fuzz::require;
  namespace http = boost::beast::http;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);

  static_cast<void>(agent_link::read_agent_status(octets));
  const auto request = agent_link::read_request(octets);
  if (!request) {
    require(!request.error().reason.empty(), "a refusal has a reason");
    return 0;
  }
  require(request->body.size() <= agent_link::kAgentBodyLimit, "the body has a limit");
  require(request->path.starts_with('/'), "the target is a path");
  require(octets.ends_with(request->body), "nothing follows the body");
  if (request->method != http::verb::post || request->path != agent_link::kRestartPath) return 0;
  const auto service = agent_link::read_service_request(request->body);
  if (!service) return 0;
  // What would run is what the text says in plain words, once.
  static const std::set<std::string, std::less<>> kServices{"apache", "web"};
  if (!kServices.contains(*service)) return 0;
  const std::size_t key = request->body.find(':');
  require(key != std::string::npos, "there is a key");
  require(request->body.find('{') == request->body.rfind('{'), "there is one object");
  return 0;
}
