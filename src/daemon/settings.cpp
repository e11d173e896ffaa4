#include "daemon/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/instant.hpp"

namespace rollcall::daemon {
namespace {

std::string listen_words(const std::vector<Endpoint>& listen, bool by_default) {
  if (by_default) return "its default";
  std::vector<std::string> words;
  words.reserve(listen.size());
  for (const Endpoint& endpoint : listen) words.push_back(endpoint.to_string());
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string absent_word(transport::WhenAbsent when_absent) {
  return when_absent == transport::WhenAbsent::wait ? "wait" : "fail";
}

std::string steer_word(bool by_cpu) {
  return by_cpu ? "cpu" : "flow";
}

}  // namespace

std::vector<std::string> changes(const AtStart& before, const AtStart& after) {
  std::vector<std::string> found;
  const auto compare = [&found](std::string_view key, const std::string& old,
                                const std::string& now) {
    if (old == now) return;
    found.push_back(fmt::format("{} changed from {} to {}", key, old.empty() ? "nothing" : old,
                                now.empty() ? "nothing" : now));
  };
  // Names every field: one that is added but not named here does not compile.
  const auto& [listen, listen_by_default, when_absent, workers, steer_by_cpu, busy_poll, state_dir,
               user, control_socket, tls_listen, tls_listen_by_default] = before;
  compare("server.listen", listen_words(listen, listen_by_default),
          listen_words(after.listen, after.listen_by_default));
  compare("server.listen_when_absent", absent_word(when_absent), absent_word(after.when_absent));
  compare("server.workers", std::to_string(workers), std::to_string(after.workers));
  compare("server.steer_by", steer_word(steer_by_cpu), steer_word(after.steer_by_cpu));
  compare("server.busy_poll", format_duration(busy_poll), format_duration(after.busy_poll));
  compare("server.state_dir", state_dir, after.state_dir);
  compare("server.user", user, after.user);
  compare("control.socket", control_socket, after.control_socket);
  compare("server.tls.listen", listen_words(tls_listen, tls_listen_by_default),
          listen_words(after.tls_listen, after.tls_listen_by_default));
  return found;
}

}  // namespace rollcall::daemon
