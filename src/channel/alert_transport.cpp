#include "channel/alert_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace rollcall::channel {
namespace {

constexpr int kLongestWait = 1000;  // ms; end() and sockets end the wait earlier

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

struct Upload {
  std::string_view left;
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* upload) {
  auto& left = static_cast<Upload*>(upload)->left;
  const std::size_t taken = std::min(size * count, left.size());
  std::copy_n(left.begin(), taken, buffer);
  left.remove_prefix(taken);
  return taken;
}

/// Discards the body of a webhook's response.
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

/// Whether a status means that another attempt will be refused, too: RFC 5321 section 4.2.1 (5yz),
/// RFC 9110 section 15.5 (4xx) except those that ask to try later.
bool is_for_good(const char* url, long status) {
  const bool smtp = std::string_view(url).starts_with("smtp");
  if (smtp) return status >= 500 && status < 600;
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

}  // namespace

AlertTransport::AlertTransport() {
  static_assert(sizeof reason_ >= CURL_ERROR_SIZE);
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return;
  multi_ = curl_multi_init();
  if (multi_ != nullptr) curl_ = curl_easy_init();
}

AlertTransport::~AlertTransport() {
  curl_easy_cleanup(curl_);
  curl_multi_cleanup(multi_);
}

void AlertTransport::end() noexcept {
  ended_ = true;
  if (multi_ != nullptr) curl_multi_wakeup(multi_);
}

void AlertTransport::prepare(const std::string& url, const char* protocols) {
  curl_easy_reset(curl_);
  curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, reason_.data());
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, milliseconds(kAlertTryLimit));
  // Dropping a kept connection would send a goodbye and wait for the answer.
  curl_easy_setopt(curl_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl_, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a silent name server either
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
  curl_xferinfo_callback ended = [](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<AlertTransport*>(self)->ended_ ? 1 : 0;
  };
  curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, ended);
}

AlertTry AlertTransport::perform() {
  reason_[0] = '\0';
  std::optional<CURLcode> code;
  curl_multi_add_handle(multi_, curl_);
  while (!code && !ended_) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) code = CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    if (!code) curl_multi_poll(multi_, nullptr, 0, kLongestWait, nullptr);
  }
  long status = 0;
  const char* url = "";
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl_, CURLINFO_EFFECTIVE_URL, &url);
  const bool for_good = is_for_good(url, status);
  curl_multi_remove_handle(multi_, curl_);
  // The options point to data of the caller.
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, nullptr);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, nullptr);
  if (code == CURLE_OK) return {};
  if (ended_) return {AlertTry::End::ended, {}};
  const AlertTry::End end = for_good ? AlertTry::End::refused : AlertTry::End::failed;
  return {end, reason_[0] != '\0' ? std::string(reason_.data()) : curl_easy_strerror(*code)};
}

AlertTry AlertTransport::mail(const std::string& url, const std::string& from,
                              const std::vector<std::string>& to, const std::string& message) {
  if (curl_ == nullptr) return {AlertTry::End::failed, "cannot initialise libcurl"};
  prepare(url, "smtp,smtps");
  StringList recipients;
  for (const std::string& address : to) recipients.add(address);
  Upload upload{message};
  curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one wrong address stops no other
  curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl_, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl_, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl_, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  if (url.starts_with("smtp:")) {
    // STARTTLS with an unknown certificate is still better than plain text (RFC 7435).
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  return perform();
}

AlertTry AlertTransport::post(const std::string& url, const std::string& json) {
  if (curl_ == nullptr) return {AlertTry::End::failed, "cannot initialise libcurl"};
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

}  // namespace rollcall::channel
