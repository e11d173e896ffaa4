/// Errors are values: a function that can fail returns Result<T>.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace rollcall {

/// A failure that a person will read. The message is one sentence part without a final period.
struct Error {
  std::string message;

  bool operator==(const Error&) const = default;
};

template <class T, class E = Error>
using Result = std::expected<T, E>;

/// `return fail("...")` from a function that returns a Result.
inline std::unexpected<Error> fail(std::string message) {
  return std::unexpected(Error{std::move(message)});
}

}  // namespace rollcall
