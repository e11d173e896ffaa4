/// What a worker was asked lately and what answered it plainly: hot names are asked for again and
/// again, and are then neither read, hashed nor looked up.
///
/// One worker's own, and of one catalog. Masks are read anew for each answer, so that a dead
/// address is left out from the moment on that it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "answer/plain_answer.hpp"
#include "answer/request.hpp"
#include "core/bytes.hpp"

namespace rollcall::answer {

class Recall {
 public:
  /// Forgets all, because there is a newer catalog.
  void clear() noexcept { kept_ = {}; }

  /// @param packet a UDP packet as received
  /// @param request filled where there is an answer
  PlainAnswer find(Bytes packet, PlainRequest& request) const noexcept;

  /// Keeps what answers the request, if that is a plain answer. Wrong and signed ones are left.
  void keep(const Request& request) noexcept;

  /// Keeps one in eight: names that are asked for once push out few that come again.
  void offer(const Request& request) noexcept {
    if (++offered_ % kKeptOneIn == 0) keep(request);
  }

 private:
  static constexpr std::size_t kPlaces = 256;
  static constexpr unsigned kKeptOneIn = 8;
  static constexpr std::size_t kLeastQuestion = 8;  // octets; shorter names are not worth it
  static constexpr std::size_t kMostQuestion = 47;

  struct alignas(64) Kept {
    PlainAnswer answer;
    std::uint8_t size = 0;                               // octets of the question; 0: free
    std::array<std::uint8_t, kMostQuestion> question{};  // as it came
  };
  static_assert(sizeof(Kept) == 64);

  static std::size_t place_of(const std::uint8_t* question, std::size_t size) noexcept;

  std::array<Kept, kPlaces> kept_{};
  unsigned offered_ = 0;
};

}  // namespace rollcall::answer
