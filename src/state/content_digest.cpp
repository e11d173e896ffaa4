#include "state/content_digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "zone/zone_walk.hpp"

namespace rollcall::state {
namespace {

constexpr std::size_t kDigestSize = 16;  // octets: no two contents collide by chance

}  // namespace

std::string content_digest(const zone::Zone& zone) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  const auto add = [&](Bytes octets) {
    good = good && EVP_DigestUpdate(context.get(), octets.data(), octets.size()) == 1;
  };
  zone::ZoneWalk walk(zone);
  while (const zone::NodeHeader* node = walk.next()) {
    add(node->name());
    const zone::RrsetHeader* rrset = node->first();
    for (unsigned i = 0; i < node->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
      // Type, number, TTL, size and watch: they delimit the records.
      add({reinterpret_cast<const std::uint8_t*>(rrset), sizeof *rrset});
      add(rrset->records());
    }
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!good) throw std::runtime_error("OpenSSL has no SHA-256");
  std::string text;
  for (std::size_t i = 0; i < kDigestSize; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace rollcall::state
