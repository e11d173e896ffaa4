#include "answer/cookie.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

namespace rollcall::answer {
namespace {

constexpr std::uint8_t kVersion = 1;    // RFC 9018 section 4.1
constexpr std::int32_t kOldest = 3600;  // seconds
constexpr std::int32_t kFuture = 300;   // seconds
constexpr std::size_t kHashAt = 8;      // after version, reserved, timestamp

std::uint64_t load_little(const std::uint8_t* at, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void round() noexcept {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

std::uint32_t seconds(WallTime now) noexcept {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

/// Client cookie, version, reserved, timestamp, client address: RFC 9018 section 4.4.
std::uint64_t cookie_hash(Bytes client_cookie, Bytes head, Bytes address,
                          const CookieSecret& secret) noexcept {
  std::array<std::uint8_t, kClientCookieSize + kHashAt + 16> data;
  auto end = std::ranges::copy(client_cookie, data.begin()).out;
  end = std::ranges::copy(head, end).out;
  end = std::ranges::copy(address, end).out;
  return siphash24(secret, Bytes(data).first(static_cast<std::size_t>(end - data.begin())));
}

}  // namespace

std::uint64_t siphash24(const CookieSecret& key, Bytes data) noexcept {
  const std::uint64_t k0 = load_little(key.data(), 8);
  const std::uint64_t k1 = load_little(key.data() + 8, 8);
  SipState state{k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL, k0 ^ 0x6c7967656e657261ULL,
                 k1 ^ 0x7465646279746573ULL};
  const std::size_t whole = data.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) state.absorb(load_little(data.data() + i, 8));
  state.absorb(load_little(data.data() + whole, data.size() - whole) | std::uint64_t{data.size()}
                                                                           << 56);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

ServerCookie make_server_cookie(Bytes client_cookie, Bytes address, WallTime now,
                                const CookieSecret& secret) noexcept {
  ServerCookie cookie{kVersion};
  store_u32(cookie.data() + 4, seconds(now));
  std::uint64_t hash = cookie_hash(client_cookie, Bytes(cookie).first(kHashAt), address, secret);
  for (std::size_t i = kHashAt; i < cookie.size(); ++i, hash >>= 8) {
    cookie[i] = static_cast<std::uint8_t>(hash);  // little-endian, as SipHash gives it
  }
  return cookie;
}

bool valid_server_cookie(Bytes client_cookie, Bytes server_cookie, Bytes address, WallTime now,
                         const CookieSecret& secret) noexcept {
  if (server_cookie.size() != kServerCookieSize || server_cookie[0] != kVersion) return false;
  // RFC 9018 section 4.3: in serial number arithmetic.
  const auto age = static_cast<std::int32_t>(seconds(now) - load_u32(server_cookie.data() + 4));
  if (age > kOldest || age < -kFuture) return false;
  const std::uint64_t hash =
      cookie_hash(client_cookie, server_cookie.first(kHashAt), address, secret);
  return hash == load_little(server_cookie.data() + kHashAt, 8);
}

}  // namespace rollcall::answer
