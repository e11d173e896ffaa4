#include "server/probes.hpp"

namespace rollcall::server {

asio::awaitable<Outcome> probe_file(const roster::StartProbe& request, StateFiles& files) {
  const auto& check = std::get<health::FileCheck>(request.check->how);
  const auto states = co_await files.states_of(check.file, request.check->timeout);
  if (!states) {
    Outcome unread = bad(states.error().message);
    unread.yields = true;
    co_return unread;
  }
  files.note_asked(check.file, request.host, request.member, request.check->interval);
  co_return health::state_of(**states, request.host, request.member, check.missing_is_up);
}

}  // namespace rollcall::server
