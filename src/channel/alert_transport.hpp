/// One libcurl handle that sends one mail or one webhook call at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/instant.hpp"

namespace rollcall::channel {

inline constexpr Duration kAlertTryLimit = std::chrono::seconds(15);

/// What came of one try.
struct AlertTry {
  enum class End : std::uint8_t {
    sent,
    failed,   // another try may do
    refused,  // the server does not want this alert
    ended,    // broken off by end()
  };
  End end = End::sent;
  std::string why;  // it was not sent
};

/// Used by one thread; any may call end().
class AlertTransport {
 public:
  AlertTransport();
  ~AlertTransport();
  AlertTransport(const AlertTransport&) = delete;
  AlertTransport& operator=(const AlertTransport&) = delete;

  AlertTry mail(const std::string& url, const std::string& from, const std::vector<std::string>& to,
                const std::string& message);
  AlertTry post(const std::string& url, const std::string& json);

  /// Breaks off what is being sent; from then on nothing is.
  void end() noexcept;

 private:
  void prepare(const std::string& url, const char* protocols);
  AlertTry perform();

  void* multi_ = nullptr;           // CURLM: it can be woken while it waits
  void* curl_ = nullptr;            // CURL
  std::array<char, 256> reason_{};  // CURL_ERROR_SIZE
  std::atomic<bool> ended_ = false;
};

}  // namespace rollcall::channel
