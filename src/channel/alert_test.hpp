/// A message to each channel, to see what the other side answers.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "channel/alert_transport.hpp"

namespace rollcall::channel {

struct ChannelAnswer {
  std::string channel;  // "mail", "webhook", "exec"
  std::string target;   // "smtp://127.0.0.1:25", "/usr/local/bin/page"
  bool ok = false;
  std::string answer;  // what the other side said; else why there is no answer
};

/// Sends as one message at a time, for its batch.
AlertTry send_mail(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch);
AlertTry send_hook(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch);
AlertTry send_exec(const AlertTargets& targets, AlertTransport& transport,
                   const alert::Batch& batch);

/// Each channel has a thread of its own, so that the slowest takes as long as one attempt may.
class AlertTest {
 public:
  using Done = std::function<void(std::vector<ChannelAnswer>)>;

  /// @param done called once, on a thread of this object, where all channels have answered
  AlertTest(const AlertTargets& targets, const std::string& id, WallTime now, Done done);
  /// Aborts what is being sent.
  ~AlertTest();
  AlertTest(const AlertTest&) = delete;
  AlertTest& operator=(const AlertTest&) = delete;

  bool is_done() const noexcept { return left_ == 0; }

 private:
  void answer(std::size_t place, const AlertTry& tried);

  Done done_;
  std::mutex mutex_;
  std::vector<ChannelAnswer> answers_;  // guarded by mutex_
  std::atomic<std::size_t> left_ = 0;
  std::vector<std::unique_ptr<AlertTransport>> transports_;
  std::vector<std::jthread> threads_;
};

}  // namespace rollcall::channel
