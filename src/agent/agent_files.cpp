#include "agent/agent_files.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace rollcall::agent {
namespace {

/// The reason why the script cannot be run; nothing where it can.
std::optional<std::string> problem_with(const std::string& script, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "is not a file";
  if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return "is not executable";
  if (::access(script.c_str(), X_OK) == 0) return std::nullopt;
  return std::system_category().message(errno);
}

/// The reason why a user other than root or our own could replace the file; empty where none could.
std::optional<std::string> stranger_of(const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return fmt::format("belongs to user {}", status.st_uid);
  }
  if ((status.st_mode & S_IWOTH) != 0) return "is writable by everybody";
  if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0) {
    return fmt::format("is writable by group {}", status.st_gid);
  }
  return std::nullopt;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<uid_t> find_user(const std::string& name) {
  const passwd* const entry = ::getpwnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}

}  // namespace

Diagnostics check_scripts(const AgentOptions& options, const files::ReadText& read) {
  Diagnostics found;
  if (options.any_script) {
    const auto folder = read(options.scripts_path, {.settle = false, .trusted = true});
    if (!folder) {
      found.push_back({Severity::error, options.any_script_at,
                       "any_script: no script could be run: " + folder.error().message});
    }
  }
  for (const auto& [name, service] : options.services) {
    const std::string& script = service.script;
    if (script.empty()) continue;
    const auto say = [&](Severity severity, const std::string& path, const std::string& what) {
      found.push_back(
          {severity, service.where, fmt::format("the script of {}: {} {}", name, path, what)});
    };
    struct stat status{};
    if (::stat(script.c_str(), &status) != 0) {
      say(Severity::error, script + ":", std::system_category().message(errno));
      continue;
    }
    if (const auto problem = problem_with(script, status)) say(Severity::error, script, *problem);
    if (const auto stranger = stranger_of(status)) {
      say(Severity::warning, script,
          *stranger + ": anyone with write access can make the agent run anything");
    }
    const std::string folder = folder_of(script);
    if (::stat(folder.c_str(), &status) != 0) continue;
    if (const auto stranger = stranger_of(status)) {
      say(Severity::warning, "its folder " + folder,
          *stranger + ": anyone with write access can make the agent run anything");
    }
  }
  return found;
}

std::optional<AgentClients> read_clients(const AgentOptions& options, const files::ReadText& read,
                                         Diagnostics& found) {
  std::vector<AgentClient> clients;
  std::map<std::string, std::string> files;  // by the name of a key
  bool good = true;
  const auto fail_at = [&](const SourcePosition& where, std::string message) {
    found.push_back({Severity::error, where, std::move(message)});
    good = false;
  };
  const auto take = [&](const KeyOptions& from, Result<agent_link::KeyFile> file) {
    if (!file) return fail_at(from.where, file.error().message);
    if (!file->warning.empty()) found.push_back({Severity::warning, from.where, file->warning});
    for (const agent_link::NamedKey& key : file->keys) {
      const auto [other, fresh] = files.emplace(key.name, from.file);
      if (fresh) continue;
      fail_at(from.where, fmt::format("{}: the key {} is also in {}: a name stands for one key",
                                      from.file, key.name, other->second));
    }
    clients.push_back({.name = from.name,
                       .keys = std::move(file->keys),
                       .services = from.services,
                       .floating = from.floating,
                       .forward = from.forward});
  };
  for (const KeyOptions& key : options.keys) {
    take(key, agent_link::read_key_lines(key.file, read));
  }
  if (!options.key_file.empty()) {
    take({.name = std::string(agent_link::kUnnamedKey),
          .file = options.key_file,
          .services = {},
          .where = options.key_file_where},
         agent_link::read_single_key(options.key_file, read));
  }
  if (!good) return std::nullopt;
  return AgentClients(std::move(clients));
}

Diagnostics check_user(const AgentOptions& options) {
  if (options.user.empty() || find_user(options.user)) return {};
  return {
      {Severity::error, options.user_at, fmt::format("user: there is no user {}", options.user)}};
}

std::string wrong_user(const AgentOptions& options) {
  if (options.user.empty() || find_user(options.user) == ::geteuid()) return {};
  return fmt::format(
      "user is {}, but user {} has started the agent: start it as {}, for example by "
      "User= of its unit",
      options.user, ::geteuid(), options.user);
}

}  // namespace rollcall::agent
