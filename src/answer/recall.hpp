/// The recent questions of a worker with their plain answers: repeated questions are not parsed,
/// hashed or looked up again.
///
/// Belongs to one worker and one catalog. Masks are read again for each answer, so that a dead
/// address is left out at once.
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
  /// Forgets everything, because there is a newer catalog.
  void clear() noexcept { kept_ = {}; }

  /// @param packet a UDP packet as received
  /// @param request filled where there is an answer
  PlainAnswer find(Bytes packet, PlainRequest& request) const noexcept;

  /// Keeps the answer of the request, if it is a plain one. Ignores wrong and signed requests.
  void keep(const Request& request) noexcept;

  /// Keeps one in eight: names that are queried once displace few that are queried often.
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
    std::array<std::uint8_t, kMostQuestion> question{};  // as received
  };
  static_assert(sizeof(Kept) == 64);

  static std::size_t place_of(const std::uint8_t* question, std::size_t size) noexcept;

  std::array<Kept, kPlaces> kept_{};
  unsigned offered_ = 0;
};

}  // namespace rollcall::answer
