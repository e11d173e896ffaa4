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

/// The result of one attempt.
struct AlertTry {
  enum class End : std::uint8_t {
    sent,
    failed,   // another attempt may succeed
    refused,  // the server does not want this alert
    ended,    // aborted by end()
  };
  End end = End::sent;
  std::string why;  // why it was not sent
};

/// One thread uses it; any thread may call end().
class AlertTransport {
 public:
  AlertTransport();
  ~AlertTransport();
  AlertTransport(const AlertTransport&) = delete;
  AlertTransport& operator=(const AlertTransport&) = delete;

  AlertTry mail(const std::string& url, const std::string& from, const std::vector<std::string>& to,
                const std::string& message);
  AlertTry post(const std::string& url, const std::string& json);

  /// Aborts what is being sent, and every later attempt.
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
