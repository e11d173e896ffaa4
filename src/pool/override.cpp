#include "pool/override.hpp"

namespace rollcall::pool {

std::string to_display(const MemberName& name) {
  if (const auto* address = std::get_if<IpAddress>(&name)) return address->to_string();
  if (const auto* host = std::get_if<dns::Name>(&name)) return host->to_display();
  return std::get<MemberPattern>(name).text;
}

}  // namespace rollcall::pool
