#include "server/probes.hpp"

namespace rollcall::server {

Outcome probe_file(const roster::StartProbe& request, StateFiles& files) {
  const auto& check = std::get<health::FileCheck>(request.check->how);
  const auto states = files.states_of(check.file);
  if (!states) {
    Outcome unread = bad(states.error().message);
    unread.yields = true;
    return unread;
  }
  files.note_asked(check.file, request.host, request.member, request.check->interval);
  return health::state_of(**states, request.host, request.member, check.missing_is_up);
}

}  // namespace rollcall::server
