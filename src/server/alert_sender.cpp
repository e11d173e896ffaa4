#include "server/alert_sender.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <string_view>

#include "server/mail_message.hpp"

namespace rollcall::server {

namespace {

using std::chrono::steady_clock;

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// RFC 5322 section 3.6.4: unique for ever.
std::string make_message_id(std::string_view from) {
  std::array<unsigned char, 16> octets{};
  RAND_bytes(octets.data(), static_cast<int>(octets.size()));
  std::string id;
  for (const unsigned char octet : octets) id += fmt::format("{:02x}", octet);
  return fmt::format("{}@{}", id, mail_domain(from));
}

struct Upload {
  std::string_view left;
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* upload) {
  auto& left = static_cast<Upload*>(upload)->left;
  const std::size_t taken = std::min(size * count, left.size());
  std::memcpy(buffer, left.data(), taken);
  left.remove_prefix(taken);
  return taken;
}

/// What a webhook answers is of no interest.
std::size_t swallow(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

class StringList {
 public:
  StringList() = default;
  ~StringList() { curl_slist_free_all(list_); }
  StringList(const StringList&) = delete;
  StringList& operator=(const StringList&) = delete;
  void add(const std::string& text) {
    curl_slist* longer = curl_slist_append(list_, text.c_str());
    if (longer != nullptr) list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace

/// One libcurl handle, used by the sender's thread; only `end` is set from another.
class AlertSender::Transport {
 public:
  Transport() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready == CURLE_OK) curl_ = curl_easy_init();
  }
  ~Transport() { curl_easy_cleanup(curl_); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// From then on nothing is sent any more, a running transfer included.
  void end_at(steady_clock::time_point when) { end_ = when.time_since_epoch().count(); }
  bool over() const { return steady_clock::now().time_since_epoch().count() >= end_; }

  /// @return why it was not sent
  std::optional<std::string> mail(const AlertTargets& targets, const std::string& message);
  std::optional<std::string> post(const std::string& url, const std::string& json);

 private:
  void prepare(const std::string& url, const char* protocols);
  std::optional<std::string> perform();

  CURL* curl_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  std::atomic<steady_clock::rep> end_ = steady_clock::time_point::max().time_since_epoch().count();
};

void AlertSender::Transport::prepare(const std::string& url, const char* protocols) {
  curl_easy_reset(curl_);
  curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, reason_.data());
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, milliseconds(kAlertTryLimit));
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
  curl_xferinfo_callback ended = [](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transport*>(self)->over() ? 1 : 0;
  };
  curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, ended);
}

std::optional<std::string> AlertSender::Transport::perform() {
  reason_[0] = '\0';
  const CURLcode code = curl_easy_perform(curl_);
  // The options point to what the caller holds.
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, nullptr);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, nullptr);
  if (code == CURLE_OK) return std::nullopt;
  return reason_[0] != '\0' ? std::string(reason_.data()) : curl_easy_strerror(code);
}

std::optional<std::string> AlertSender::Transport::mail(const AlertTargets& targets,
                                                        const std::string& message) {
  if (curl_ == nullptr) return "libcurl does not start";
  prepare(targets.smtp, "smtp,smtps");
  StringList recipients;
  for (const std::string& address : targets.to) recipients.add(address);
  Upload upload{message};
  curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, targets.from.c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one wrong address stops no other
  curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl_, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl_, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl_, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  if (targets.smtp.starts_with("smtp:")) {
    // Where plain text would do, STARTTLS with an unknown certificate does (RFC 7435).
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  return perform();
}

std::optional<std::string> AlertSender::Transport::post(const std::string& url,
                                                        const std::string& json) {
  if (curl_ == nullptr) return "libcurl does not start";
  prepare(url, "http,https");
  StringList headers;
  headers.add("Content-Type: application/json");
  headers.add("User-Agent: rollcall/" ROLLCALL_VERSION);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, json.c_str());
  curl_easy_setopt(curl_, CURLOPT_FAILONERROR, 1L);
  return perform();
}

AlertSender::AlertSender(AlertTargets targets, AlertRetries retries)
    : retries_(std::move(retries)),
      targets_(std::move(targets)),
      transport_(std::make_unique<Transport>()),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

AlertSender::~AlertSender() {
  transport_->end_at(steady_clock::now() + kAlertFlushLimit);
  thread_.request_stop();
  thread_.join();
}

void AlertSender::retarget(AlertTargets targets) {
  const std::lock_guard lock(mutex_);
  targets_ = std::move(targets);
}

void AlertSender::send(Alert alert) {
  const std::lock_guard lock(mutex_);
  if (!targets_.have_mail() && !targets_.have_webhook()) return;  // nobody is to be told
  if (queue_.size() >= kAlertQueueLimit) {
    spdlog::error("alert lost, {} wait already: {}", kAlertQueueLimit, queue_.front().subject);
    queue_.pop_front();
  }
  queue_.push_back(std::move(alert));
  changed_.notify_one();
}

void AlertSender::work(const std::stop_token& stop) {
  for (;;) {
    Alert alert;
    AlertTargets targets;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return !queue_.empty(); });
      if (queue_.empty()) return;  // told to stop, and nothing is left
      alert = std::move(queue_.front());
      queue_.pop_front();
      targets = targets_;
    }
    deliver(stop, targets, alert);
  }
}

void AlertSender::deliver(const std::stop_token& stop, const AlertTargets& targets,
                          const Alert& alert) {
  bool mail_due = targets.have_mail();
  bool hook_due = targets.have_webhook();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  // Made once: a mail that arrives twice has the same Message-ID.
  const std::string message = mail_message({.from = targets.from,
                                            .to = targets.to,
                                            .subject = alert.subject,
                                            .body = alert.body,
                                            .date = now,
                                            .message_id = make_message_id(targets.from)});
  for (std::size_t tried = 0;; ++tried) {
    if (mail_due) {
      const auto why = transport_->mail(targets, message);
      mail_due = why.has_value();
      if (why) spdlog::warn("mail by {}: {}", targets.smtp, *why);
    }
    if (hook_due) {
      const auto why = transport_->post(targets.webhook, alert.json);
      hook_due = why.has_value();
      if (why) spdlog::warn("webhook: {}", *why);
    }
    if (!mail_due && !hook_due) return;
    if (tried == retries_.pauses.size() || transport_->over()) break;
    if (!pause(stop, retries_.pauses[tried]) && transport_->over()) break;
  }
  spdlog::error("alert not sent by {}: {}",
                !hook_due   ? "mail"
                : !mail_due ? "webhook"
                            : "mail and webhook",
                alert.subject);
}

/// @return false where it was cut short by a stop
bool AlertSender::pause(const std::stop_token& stop, Duration duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace rollcall::server
