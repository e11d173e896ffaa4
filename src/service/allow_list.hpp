/// The allow-list: which services may be restarted, and how.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace rollcall::service {

/// Exactly one of the first two is set.
struct RestartRecipe {
  std::string unit;           // systemctl restart UNIT
  std::string script;         // absolute path: SCRIPT stop, then SCRIPT start
  std::string pid_file = {};  // for a script: names the process to watch; empty: none
  /// The script was named by the nameserver: before each restart the agent makes sure that nobody
  /// but root could have put it there.
  bool named_by_peer = false;

  bool operator==(const RestartRecipe&) const = default;
};

/// Whether a nameserver may name a script of a folder by this: 1 to kMaxServiceName letters,
/// digits,
/// "-" and "_", so that it leads neither out of the folder nor to a hidden file. Scripts that a
/// system without systemd runs only to change its runlevel are left out: one of them, asked for by
/// mistake, halts the node.
bool may_name_script(std::string_view name) noexcept;

/// A name from the network is only looked up here, and used nowhere else.
class AllowList {
 public:
  using Recipes = std::map<std::string, RestartRecipe, std::less<>>;

  AllowList() = default;
  AllowList(std::initializer_list<Recipes::value_type> recipes) : recipes_(recipes) {}

  /// Besides the listed services, every script of this folder may be restarted.
  void admit_scripts_of(std::string folder) { folder_ = std::move(folder); }

  /// Whether this service may be asked for.
  bool contains(std::string_view name) const {
    return lists(name) || (!folder_.empty() && may_name_script(name));
  }
  /// @param name for which contains() is true
  RestartRecipe at(const std::string& name) const;

  // The services that are listed by name.
  bool lists(std::string_view name) const { return recipes_.contains(name); }
  RestartRecipe& operator[](const std::string& name) { return recipes_[name]; }
  Recipes::const_iterator find(std::string_view name) const { return recipes_.find(name); }
  Recipes::const_iterator begin() const { return recipes_.begin(); }
  Recipes::const_iterator end() const { return recipes_.end(); }

 private:
  Recipes recipes_;
  std::string folder_;  // absolute; empty: none
};

}  // namespace rollcall::service
