#include "answer/chaos.hpp"

#include <algorithm>
#include <array>

namespace rollcall::answer {
namespace {

/// Names in lower-case wire form; the zero at the end of the literal is the root.
constexpr std::string_view kVersionBind("\7version\4bind\0", 14);
constexpr std::string_view kVersionServer("\7version\6server\0", 16);
constexpr std::string_view kIdServer("\2id\6server\0", 11);
constexpr std::string_view kHostnameBind("\10hostname\4bind\0", 15);

}  // namespace

dns::Rcode answer_chaos(const dns::Query& query, const ChaosNames& names,
                        ResponseWriter& out) noexcept {
  const std::string_view name = as_text(query.name.suffix(0));
  std::string_view text;
  if (name == kVersionBind || name == kVersionServer) text = names.version;
  if (name == kIdServer || name == kHostnameBind) text = names.identity;
  if (text.empty()) return dns::Rcode::refused;
  if (query.type != dns::Type::TXT && query.type != dns::Type::ANY) return dns::Rcode::noerror;
  std::array<std::uint8_t, 256> rdata;
  const std::size_t size = std::min<std::size_t>(text.size(), 255);
  rdata[0] = static_cast<std::uint8_t>(size);
  std::ranges::copy(as_bytes(text.substr(0, size)), rdata.begin() + 1);
  out.append_record(Section::answer, dns::kHeaderSize, dns::Type::TXT, 0,
                    Bytes(rdata).first(size + 1), dns::Class::CH);
  return dns::Rcode::noerror;
}

}  // namespace rollcall::answer
