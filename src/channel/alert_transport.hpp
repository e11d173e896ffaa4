/// Sends one message at a time: by a libcurl handle as mail or webhook call, or to a program.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alert/batch.hpp"
#include "channel/alert_targets.hpp"
#include "core/instant.hpp"
#include "process/child_waiter.hpp"

namespace rollcall::channel {

inline constexpr Duration kAlertTryLimit = std::chrono::seconds(15);
/// Octets of what the other side answers: a line for the log and for `rollcallctl alert test`.
inline constexpr std::size_t kAnswerLimit = 400;
/// Octets that a program may write before it is killed.
inline constexpr std::size_t kProgramOutputLimit = 64UL * 1024;

/// The result of one attempt.
struct AlertTry {
  enum class End : std::uint8_t {
    sent,
    failed,   // another attempt may succeed
    refused,  // the other side does not want this message
    ended,    // aborted by end()
  };
  End end = End::sent;
  std::string why = {};     // why it was not sent
  std::string answer = {};  // what the other side said: "250 2.0.0 Ok: queued as 4F2", "HTTP 204"
};

/// One thread uses it; any thread may call end().
class AlertTransport {
 public:
  AlertTransport();
  ~AlertTransport();
  AlertTransport(const AlertTransport&) = delete;
  AlertTransport& operator=(const AlertTransport&) = delete;

  AlertTry mail(const MailTarget& target, const alert::Batch& batch, const std::string& nameserver);
  AlertTry post(const HookTarget& target, const alert::Batch& batch, const std::string& nameserver);
  AlertTry run(const ExecTarget& target, const alert::Batch& batch, const std::string& nameserver);

  /// Aborts what is being sent, and every later attempt.
  void end() noexcept;

 private:
  void prepare(const std::string& url, const char* protocols, const std::string& ca);
  AlertTry post_one(const HookTarget& target, const std::string& body);
  AlertTry perform();
  AlertTry result_of(int code);

  void* multi_ = nullptr;           // CURLM: it can be woken while it waits
  void* curl_ = nullptr;            // CURL
  std::array<char, 256> reason_{};  // CURL_ERROR_SIZE
  std::string reply_;               // the last line of an SMTP server; the body of a response
  process::ChildWaiter child_;
  std::atomic<bool> ended_ = false;
};

}  // namespace rollcall::channel
