/// The names under which a nameserver asks an agent for the restart of a service.
#pragma once

#include <string_view>

namespace rollcall {

inline constexpr std::size_t kMaxServiceName = 64;  // octets; a systemd template is shorter

/// 1 to kMaxServiceName letters, digits and "-_.@", with a letter or a digit first: what is no
/// option of a program and no way out of a folder, whatever is done with it later.
bool is_service_name(std::string_view text) noexcept;

}  // namespace rollcall
