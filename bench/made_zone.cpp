#include "made_zone.hpp"

#include <fmt/format.h>

#include <iterator>
#include <random>

namespace rollcall::bench {
namespace {

constexpr unsigned kNames = 500'000;

}  // namespace

std::string made_zone() {
  std::mt19937 random(1);
  std::string text = "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\n";
  text += "ns1 A 127.0.0.1\n";
  for (unsigned i = 0; i < kNames; ++i) {
    const auto bits = static_cast<unsigned>(random());
    fmt::format_to(std::back_inserter(text), "{:x}x{:05x} 60 IN A 127.{}.{}.{}\n", bits >> 12, i,
                   bits & 255, bits >> 8 & 255, bits >> 16 & 255);
    if (i % 2 == 0) {
      fmt::format_to(std::back_inserter(text), "{:x}x{:05x} 60 IN AAAA fd00:{:x}::{:x}\n",
                     bits >> 12, i, bits & 0xffff, bits >> 16);
    } else {
      fmt::format_to(std::back_inserter(text), "{:x}x{:05x} IN TXT \"v=spf1 ip4:127.0.0.{}\"\n",
                     bits >> 12, i, bits & 255);
    }
  }
  return text;
}

}  // namespace rollcall::bench
