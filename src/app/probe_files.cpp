#include "app/probe_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>

namespace rollcall::app {
namespace {

/// What a check needs of the disk.
struct Needed {
  std::string path;  // empty: nothing
  int access = R_OK;
};

Needed needed_by(const health::CheckSpec& check) {
  if (const auto* tcp = std::get_if<health::TcpCheck>(&check.how)) {
    return {tcp->tls ? tcp->tls->ca_file : ""};
  }
  if (const auto* http = std::get_if<health::HttpCheck>(&check.how)) {
    return {http->tls ? http->tls->ca_file : ""};
  }
  if (const auto* file = std::get_if<health::FileCheck>(&check.how)) return {file->file};
  const auto* exec = std::get_if<health::ExecCheck>(&check.how);
  if (exec != nullptr && !exec->command.empty()) return {exec->command[0], X_OK};
  return {};
}

}  // namespace

Diagnostics check_probe_files(const config::Options& options) {
  Diagnostics found;
  std::set<std::string> seen;
  for (const roster::PoolSpec& pool : options.pools) {
    for (const health::CheckSpec& check : pool.checks) {
      const Needed needed = needed_by(check);
      if (needed.path.empty() || !seen.insert(check.name).second) continue;
      if (::access(needed.path.c_str(), needed.access) == 0) continue;
      const std::string problem = std::system_category().message(errno);
      found.push_back(
          {Severity::warning, options.pool_places.at(pool.name.to_display()),
           fmt::format("the check \"{}\" needs {}: {}", check.name, needed.path, problem)});
    }
  }
  return found;
}

}  // namespace rollcall::app
