/// Random octets from the kernel (getrandom(2)): for ids that nobody shall guess, secrets and
/// seeds.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "io/async.hpp"

namespace rollcall::io {

/// getrandom(2); tests pass one that fails.
using RandomSource = ssize_t (*)(void* into, std::size_t size, unsigned flags);

/// Fills all of `into`, however many calls that takes.
/// @param source nullptr: the kernel
/// @return the errno where octets are missing: `into` must not be used then
ErrorCode fill_with_random(std::span<std::uint8_t> into, RandomSource source = nullptr);

/// A value of random octets, such as an integer or an array of octets.
/// @return the errno where the kernel provides no random octets
template <class T>
std::expected<T, ErrorCode> random_value(RandomSource source = nullptr) {
  static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
  T value{};
  const ErrorCode error =
      fill_with_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value}, source);
  if (error) return std::unexpected(error);
  return value;
}

/// "the system provides no random numbers: REASON"
std::string no_random(const ErrorCode& error);

/// For the start of a program, which cannot go on without random octets.
/// @throws std::runtime_error with a message for people
template <class T>
T need_random() {
  const std::expected<T, ErrorCode> value = random_value<T>();
  if (!value) throw std::runtime_error(no_random(value.error()));
  return *value;
}

}  // namespace rollcall::io
