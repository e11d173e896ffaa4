/// The names under which a nameserver asks an agent for the restart of a service.
#pragma once

#include <string_view>

namespace rollcall {

inline constexpr std::size_t kMaxServiceName = 64;  // octets; a systemd template is shorter

/// 1 to kMaxServiceName letters, digits and "-_.@", with a letter or a digit first: such a name can
/// be neither an option of a program nor a path out of a folder, however it is used later.
bool is_service_name(std::string_view text) noexcept;

}  // namespace rollcall
