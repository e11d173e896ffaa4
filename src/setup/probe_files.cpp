#include "setup/probe_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "process/reaper.hpp"
#include "setup/access_as.hpp"
#include "setup/as_user.hpp"
#include "setup/reach.hpp"

namespace rollcall::setup {
namespace {

/// The file or program that a check needs.
struct Needed {
  std::string path;  // empty: nothing
  int access = R_OK;
  Severity severity = Severity::warning;
};

Needed needed_by(const health::CheckSpec& check) {
  if (const auto* tcp = std::get_if<health::TcpCheck>(&check.how)) {
    return {tcp->tls ? tcp->tls->ca_file : "", R_OK, Severity::error};
  }
  if (const auto* http = std::get_if<health::HttpCheck>(&check.how)) {
    return {http->tls ? http->tls->ca_file : "", R_OK, Severity::error};
  }
  if (const auto* file = std::get_if<health::FileCheck>(&check.how)) return {file->file};
  const auto* exec = std::get_if<health::ExecCheck>(&check.how);
  if (exec != nullptr && !exec->command.empty()) return {exec->command[0], X_OK};
  return {};
}

/// 0, or the errno of reading the file: ETIMEDOUT where its file system does not reply.
int problem_with(const Needed& needed, const files::ReadText& read) {
  const auto looked = read(needed.path, {.look_for = needed.access});
  return looked ? looked->problem : ETIMEDOUT;
}

/// Collects the needs of each check once.
class Search {
 public:
  void look_at(const health::CheckSpec& check, const SourcePosition& where) {
    Needed needed = needed_by(check);
    if (needed.path.empty() || !seen_.insert(check.name).second) return;
    wanted_.push_back({std::move(needed), check.name, where});
    const bool program = std::holds_alternative<health::ExecCheck>(check.how);
    if (!program || reaper_wanted_) return;
    reaper_wanted_ = true;
    wanted_.push_back({{process::reaper_path(), X_OK}, check.name, where});
  }

  Diagnostics find(const std::string& user, const files::ReadText& read) const {
    // The readers run as this process's user: the child of another user reads by itself.
    const std::vector<int> problems = as_user(user, [this, &read, self = ::getpid()] {
      const files::ReadText look = ::getpid() == self ? read : files::read_directly();
      std::vector<int> found;
      found.reserve(wanted_.size());
      for (const Wanted& wanted : wanted_) found.push_back(problem_with(wanted.needed, look));
      return found;
    });
    Diagnostics said;
    for (std::size_t i = 0; i < wanted_.size() && i < problems.size(); ++i) {
      const Wanted& wanted = wanted_[i];
      // read_authorities() reports files that no user can read.
      const bool told =
          wanted.needed.severity == Severity::error && problem_with(wanted.needed, read) != 0;
      if (problems[i] == 0 || told) continue;
      said.push_back({wanted.needed.severity, wanted.where,
                      fmt::format("the check \"{}\" needs {}: {}{}", wanted.check,
                                  wanted.needed.path, std::system_category().message(problems[i]),
                                  problems[i] == EACCES && !user.empty()
                                      ? fmt::format(" for {}: {}", user,
                                                    mending_command(user, wanted.needed.path,
                                                                    wanted.needed.access == X_OK))
                                      : "")});
    }
    return said;
  }

 private:
  struct Wanted {
    Needed needed;
    std::string check;
    SourcePosition where;
  };

  std::set<std::string> seen_;
  std::vector<Wanted> wanted_;
  bool reaper_wanted_ = false;
};

const health::TlsOptions* tls_of(const health::CheckSpec& check) {
  const auto* const tcp = std::get_if<health::TcpCheck>(&check.how);
  if (tcp != nullptr) return tcp->tls ? &*tcp->tls : nullptr;
  const auto* const http = std::get_if<health::HttpCheck>(&check.how);
  return http != nullptr && http->tls ? &*http->tls : nullptr;
}

/// Calls each(check, where) for the checks of every pool, and of every witness.
template <class Each>
void for_each_check(const config::Options& options, Each each) {
  for (const pool::PoolSpec& pool : options.pools) {
    const SourcePosition& where = options.pool_places.at(pool.name.to_display());
    for (const health::CheckSpec& check : pool.checks) each(check, where);
  }
  const std::vector<pool::WitnessSpec>& witnesses = options.health.guard.witnesses;
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    each(witnesses[i].check, options.health.witness_places.at(i));
  }
}

}  // namespace

Diagnostics check_probe_files(const config::Options& options, const files::ReadText& read) {
  Search search;
  for_each_check(options, [&](const health::CheckSpec& check, const SourcePosition& where) {
    search.look_at(check, where);
  });
  Reach reach;
  const std::vector<pool::WitnessSpec>& witnesses = options.health.guard.witnesses;
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    reach.add(witnesses[i].check, witnesses[i].address, options.health.witness_places.at(i));
  }
  Diagnostics said = search.find(options.server.user, read);
  for (Diagnostic& more : reach.find(options.server.user)) said.push_back(std::move(more));
  return said;
}

Diagnostics read_authorities(const config::Options& options, const files::ReadText& read,
                             probe::TlsContexts& contexts) {
  std::set<std::string> refused;
  Diagnostics said;
  for_each_check(options, [&](const health::CheckSpec& check, const SourcePosition& where) {
    const health::TlsOptions* const tls = tls_of(check);
    if (tls == nullptr || refused.contains(check.name)) return;
    const auto added = contexts.add(*tls, read);
    if (added) return;
    refused.insert(check.name);
    said.push_back({Severity::error, where,
                    fmt::format("the check \"{}\": {}", check.name, added.error().message)});
  });
  return said;
}

}  // namespace rollcall::setup
