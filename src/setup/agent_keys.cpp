#include "setup/agent_keys.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::setup {
namespace {

constexpr std::size_t kMaxListing = 16U << 20;  // octets; a hundred thousand names

/// The names of the key files in a folder; others, such as README or a backup, are left alone.
Result<std::vector<std::string>> key_files_in(const std::string& folder,
                                              const files::ReadText& read) {
  const auto listing = read(folder, {.limit = kMaxListing, .settle = false, .list_folder = true});
  if (!listing) return std::unexpected(listing.error());
  std::vector<std::string> names;
  std::string_view rest = listing->text;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (name.ends_with(kAgentKeyEnding) && !name.starts_with('.')) names.emplace_back(name);
  }
  return names;
}

/// Reads the keys of single nodes.
class NodeKeys {
 public:
  NodeKeys(const config::AgentsOptions& options, Diagnostics& found)
      : options_(options), found_(found) {}

  void read_all(const files::ReadText& read) {
    const auto names = key_files_in(options_.keys_dir, read);
    if (!names) return error(names.error().message);
    for (const std::string& name : *names) {
      const auto node = IpAddress::parse(name.substr(0, name.size() - kAgentKeyEnding.size()));
      if (!node) {
        say(Severity::warning, fmt::format("{}/{}: left out: its name is not ADDRESS{}",
                                           options_.keys_dir, name, kAgentKeyEnding));
        continue;
      }
      const std::string path = options_.keys_dir + "/" + name;
      auto file = agent_link::read_key_lines(path, read);
      if (!file) {
        error(file.error().message);
        continue;
      }
      if (!file->warning.empty()) say(Severity::warning, file->warning);
      add(*node, path, std::move(*file));
    }
  }
  agent_link::KeysByNode take() { return std::move(keys_); }

 private:
  void say(Severity severity, const std::string& what) {
    found_.push_back({severity, options_.keys_dir_where, "agents.keys_dir: " + what});
  }
  void error(const std::string& what) { say(Severity::error, what); }

  void add(const IpAddress& node, const std::string& path, agent_link::KeyFile file) {
    for (const agent_link::NamedKey& key : file.keys) {
      const auto [other, fresh] = seen_.emplace(key.key.octets, path);
      if (!fresh && other->second != path) {
        error(fmt::format("{}: the key {} is also in {}: each node needs its own", path, key.name,
                          other->second));
      }
    }
    if (!keys_.emplace(node, std::move(file.keys.front())).second) {
      error(fmt::format("{}: a second file for node {}", path, node.to_string()));
    }
  }

  const config::AgentsOptions& options_;
  Diagnostics& found_;
  agent_link::KeysByNode keys_;
  std::map<std::array<std::uint8_t, 32>, std::string> seen_;  // where each key was first
};

}  // namespace

Diagnostics read_agent_keys(const config::AgentsOptions& options, const files::ReadText& read,
                            agent_link::AgentSettings& settings) {
  Diagnostics found;
  if (!options.key_file.empty()) {
    auto file = agent_link::read_single_key(options.key_file, read);
    const auto say = [&](Severity severity, const std::string& what) {
      found.push_back({severity, options.key_file_where, "agents.key_file: " + what});
    };
    if (!file) {
      say(Severity::error, file.error().message + " (rollcallctl keygen agent makes one)");
    }
    if (file && !file->warning.empty()) say(Severity::warning, file->warning);
    if (file) settings.key = std::move(file->keys.front());
  }
  if (!options.keys_dir.empty()) {
    NodeKeys nodes(options, found);
    nodes.read_all(read);
    settings.keys = std::make_shared<const agent_link::KeysByNode>(nodes.take());
  }
  if (found.size() > kMaxDiagnostics) keep_first(found, options.keys_dir);
  return found;
}

}  // namespace rollcall::setup
