#include "service/allow_list.hpp"

#include <algorithm>
#include <array>

#include "core/service_name.hpp"

namespace rollcall::service {
namespace {

/// In /etc/init.d of Debian without systemd: each stops far more than one service.
constexpr std::array<std::string_view, 9> kRunlevelScripts{
    "halt", "killprocs", "rc", "rcS", "reboot", "sendsigs", "single", "umountfs", "umountroot"};

bool is_script_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool may_name_script(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxServiceName &&
         std::ranges::all_of(name, is_script_letter) &&
         std::ranges::find(kRunlevelScripts, name) == kRunlevelScripts.end();
}

RestartRecipe AllowList::at(const std::string& name) const {
  const auto listed = recipes_.find(name);
  if (listed != recipes_.end()) return listed->second;
  return {.unit = {}, .script = folder_ + "/" + name, .pid_file = {}, .named_by_peer = true};
}

}  // namespace rollcall::service
