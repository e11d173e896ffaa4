#include "app/probe_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

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

/// 0, or the errno of what is wrong with the file. A folder is none.
int problem_with(const Needed& needed) {
  struct stat status{};
  if (::stat(needed.path.c_str(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return ::access(needed.path.c_str(), needed.access) == 0 ? 0 : errno;
}

/// Warnings of what checks name and the disk does not have, once a check.
class Search {
 public:
  void look_at(const health::CheckSpec& check, const SourcePosition& where) {
    const Needed needed = needed_by(check);
    if (needed.path.empty() || !seen_.insert(check.name).second) return;
    const int problem = problem_with(needed);
    if (problem == 0) return;
    found.push_back({Severity::warning, where,
                     fmt::format("the check \"{}\" needs {}: {}", check.name, needed.path,
                                 std::system_category().message(problem))});
  }

  Diagnostics found;

 private:
  std::set<std::string> seen_;
};

}  // namespace

Diagnostics check_probe_files(const config::Options& options) {
  Search search;
  for (const roster::PoolSpec& pool : options.pools) {
    const SourcePosition& where = options.pool_places.at(pool.name.to_display());
    for (const health::CheckSpec& check : pool.checks) search.look_at(check, where);
  }
  const std::vector<roster::WitnessSpec>& witnesses = options.health.guard.witnesses;
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    search.look_at(witnesses[i].check, options.health.witness_places.at(i));
  }
  return std::move(search.found);
}

}  // namespace rollcall::app
