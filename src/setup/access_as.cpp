#include "setup/access_as.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "daemon/service_user.hpp"
#include "setup/as_user.hpp"

namespace rollcall::setup {
namespace {

struct Look {
  std::string path;
  int mode = R_OK;
};

/// 0 or an errno for each of `looks`.
std::vector<int> look_as(const std::string& user, const std::vector<Look>& looks) {
  return as_user(user, [&looks] {
    std::vector<int> found;
    found.reserve(looks.size());
    for (const Look& look : looks) {
      found.push_back(::access(look.path.c_str(), look.mode) == 0 ? 0 : errno);
    }
    return found;
  });
}

std::string group_of(const std::string& user) {
  const auto entry = daemon::find_user(user);
  const group* const own = entry ? ::getgrgid(entry->group) : nullptr;
  return own != nullptr ? own->gr_name : user;
}

/// The folders on the way to a file, from the root on.
std::vector<Look> folders_to(const std::string& path) {
  std::vector<Look> folders;
  std::error_code unknown;
  const std::filesystem::path whole = std::filesystem::absolute(path, unknown).lexically_normal();
  for (std::filesystem::path at = whole.parent_path();; at = at.parent_path()) {
    folders.insert(folders.begin(), Look{at.string(), X_OK});
    if (at == at.root_path() || at.empty()) return folders;
  }
}

struct NeededFile {
  std::string path;
  Severity severity = Severity::error;
  SourcePosition where;
};

std::vector<NeededFile> files_of(const config::Options& options) {
  const SourcePosition whole{options.file, 0, 0};
  std::vector<NeededFile> files{{.path = options.file, .where = whole}};
  for (const config::KeyOptions& key : options.keys) {
    files.push_back({.path = key.secret_file, .where = key.where});
  }
  for (const std::string& file :
       {options.server.cookie_secret_file, options.agents.key_file, options.agents.keys_dir}) {
    if (!file.empty()) files.push_back({.path = file, .where = whole});
  }
  const auto add = [&files](const config::FileOption& file) {
    if (!file.path.empty()) files.push_back({.path = file.path, .where = file.where});
  };
  if (const auto& tls = options.server.tls) {
    add(tls->certificate);
    add(tls->key);
    add(tls->client_ca);
  }
  if (const auto& email = options.alerts.email) {
    add(email->password_file);
    add(email->ca);
  }
  if (const auto& webhook = options.alerts.webhook) {
    add(webhook->text_file);
    add(webhook->routing_key_file);
    add(webhook->ca);
  }
  for (const zone::ZoneSpec& zone : options.zones) {
    files.push_back({.path = zone.file, .severity = Severity::warning, .where = zone.named_at});
  }
  return files;
}

}  // namespace

std::string mending_command(const std::string& user, const std::string& file, bool program) {
  const std::vector<Look> folders = folders_to(file);
  const std::vector<int> problems = look_as(user, folders);
  std::string path = file;
  std::string_view mode = program ? "750" : "640";
  for (std::size_t i = 0; i < problems.size() && i < folders.size(); ++i) {
    if (problems[i] == 0) continue;
    path = folders[i].path;
    mode = "750";
    break;
  }
  return fmt::format("chgrp {0} {1} && chmod {2} {1}", group_of(user), path, mode);
}

Diagnostics check_access(const config::Options& options) {
  Diagnostics found;
  const std::string& user = options.server.user;
  if (user.empty() || ::geteuid() != 0 || !daemon::find_user(user)) return found;
  const std::vector<NeededFile> files = files_of(options);
  std::vector<Look> looks;
  looks.reserve(files.size());
  for (const NeededFile& file : files) looks.push_back({file.path, R_OK});
  const std::vector<int> problems = look_as(user, looks);
  for (std::size_t i = 0; i < problems.size() && i < files.size(); ++i) {
    if (problems[i] != EACCES && problems[i] != EPERM) continue;
    found.push_back({files[i].severity, files[i].where,
                     fmt::format("{}: server.user {} cannot read it: {}", files[i].path, user,
                                 mending_command(user, files[i].path, false))});
  }
  return found;
}

}  // namespace rollcall::setup
