#include "channel/alert_transport.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "alert/batch_json.hpp"
#include "alert/batch_text.hpp"
#include "alert/mail_message.hpp"
#include "alert/named_fields.hpp"
#include "core/printable.hpp"

namespace rollcall::channel {
namespace {

constexpr int kLongestWait = 1000;  // ms; end() and sockets end the wait earlier

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// Keeps the beginning of a webhook's response.
std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* reply) {
  auto& text = *static_cast<std::string*>(reply);
  text.append(data, std::min(size * count, kAnswerLimit - std::min(kAnswerLimit, text.size())));
  return size * count;
}

/// Keeps the last line that a mail server says, but not its goodbye, 221.
std::size_t keep_line(char* data, std::size_t size, std::size_t count, void* reply) {
  const std::string_view line(data, size * count);
  if (!line.starts_with("221")) {
    static_cast<std::string*>(reply)->assign(line.substr(0, kAnswerLimit));
  }
  return size * count;
}

std::string one_line(std::string_view text) {
  std::string line = printable_block(text);
  std::ranges::replace(line, '\n', ' ');
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

class MimeMail {
 public:
  explicit MimeMail(CURL* curl) : mime_(curl_mime_init(curl)) {}
  ~MimeMail() { curl_mime_free(mime_); }
  MimeMail(const MimeMail&) = delete;
  MimeMail& operator=(const MimeMail&) = delete;

  bool add_text(const std::string& text, const char* encoder) {
    curl_mimepart* part = mime_ == nullptr ? nullptr : curl_mime_addpart(mime_);
    return part != nullptr && curl_mime_data(part, text.data(), text.size()) == CURLE_OK &&
           curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
           curl_mime_encoder(part, encoder) == CURLE_OK;
  }
  curl_mime* get() const { return mime_; }

 private:
  curl_mime* mime_;
};

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
bool is_for_good(bool smtp, long status) {
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
  child_.end();
  if (multi_ != nullptr) curl_multi_wakeup(multi_);
}

void AlertTransport::prepare(const std::string& url, const char* protocols, const std::string& ca) {
  reply_.clear();
  curl_easy_reset(curl_);
  curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, reason_.data());
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, milliseconds(kAlertTryLimit));
  // Dropping a kept connection would send a goodbye and wait for the answer.
  curl_easy_setopt(curl_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl_, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a silent name server either
  if (!ca.empty()) {
    curl_blob issuers{
        .data = const_cast<char*>(ca.data()), .len = ca.size(), .flags = CURL_BLOB_COPY};
    curl_easy_setopt(curl_, CURLOPT_CAINFO_BLOB, &issuers);
    curl_easy_setopt(curl_, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reply_);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, keep_body);
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
  const AlertTry tried = result_of(code.value_or(CURLE_ABORTED_BY_CALLBACK));
  curl_multi_remove_handle(multi_, curl_);
  // The options point to data of the caller.
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, nullptr);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(curl_, CURLOPT_MIMEPOST, nullptr);
  return tried;
}

AlertTry AlertTransport::result_of(int code) {
  long status = 0;
  const char* url = "";
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl_, CURLINFO_EFFECTIVE_URL, &url);
  const bool smtp = std::string_view(url).starts_with("smtp");
  std::string answer = one_line(reply_);
  if (!smtp && status != 0) {
    answer = fmt::format("HTTP {}{}{}", status, answer.empty() ? "" : ": ", answer);
  }
  if (!smtp && code == CURLE_OK && (status < 200 || status > 299)) code = CURLE_HTTP_RETURNED_ERROR;
  if (code == CURLE_OK) return {AlertTry::End::sent, {}, std::move(answer)};
  if (ended_) return {AlertTry::End::ended, {}, {}};
  // A password that is refused is a fault of the configuration, and not of this message.
  const bool refused = is_for_good(smtp, status) && code != CURLE_LOGIN_DENIED;
  std::string why = code == CURLE_HTTP_RETURNED_ERROR ? "the server refuses it"
                    : reason_[0] != '\0'              ? std::string(reason_.data())
                                         : curl_easy_strerror(static_cast<CURLcode>(code));
  return {refused ? AlertTry::End::refused : AlertTry::End::failed, one_line(why),
          std::move(answer)};
}

AlertTry AlertTransport::mail(const MailTarget& target, const alert::Batch& batch,
                              const std::string& nameserver) {
  if (curl_ == nullptr) return {AlertTry::End::failed, "cannot initialise libcurl", {}};
  prepare(target.smtp, "smtp,smtps", target.ca);
  curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &reply_);
  curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, keep_line);
  StringList recipients;
  for (const std::string& address : target.to) recipients.add(address);
  // RFC 5322 section 3.6.4: the Message-ID is unique for ever.
  const alert::Mail mail{
      .from = target.from,
      .to = target.to,
      .subject = alert::subject_of(batch, nameserver),
      .body = {},
      .date = std::chrono::floor<std::chrono::seconds>(batch.at),
      .message_id = fmt::format("{}@{}", batch.id, alert::mail_domain(target.from))};
  StringList header;
  for (const std::string& field : alert::mail_header(mail)) header.add(field);
  const std::string body = alert::mail_body(alert::body_of(batch, nameserver));
  MimeMail mime(curl_);
  if (!mime.add_text(body, alert::is_plain_mail(body) ? "7bit" : "quoted-printable")) {
    return {AlertTry::End::failed, "out of memory", {}};
  }
  curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, target.from.c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one wrong address stops no other
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, header.get());
  curl_easy_setopt(curl_, CURLOPT_MIMEPOST, mime.get());
  if (!target.user.empty()) {
    // A password is for a server that shows who it is, over TLS alone.
    curl_easy_setopt(curl_, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(curl_, CURLOPT_USERNAME, target.user.c_str());
    curl_easy_setopt(curl_, CURLOPT_PASSWORD, target.password.c_str());
    return perform();
  }
  curl_easy_setopt(curl_, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  if (target.smtp.starts_with("smtp:") && target.ca.empty()) {
    // STARTTLS with an unknown certificate is still better than plain text (RFC 7435).
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  return perform();
}

AlertTry AlertTransport::post_one(const HookTarget& target, const std::string& body) {
  prepare(target.url, "http,https", target.ca);
  StringList header;
  header.add("Content-Type: " + target.form.content_type);
  header.add("User-Agent: rollcall/" ROLLCALL_VERSION);
  header.add("Expect:");  // a receiver that does not know it would cost a second
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, header.get());
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.c_str());
  return perform();
}

AlertTry AlertTransport::post(const HookTarget& target, const alert::Batch& batch,
                              const std::string& nameserver) {
  if (curl_ == nullptr) return {AlertTry::End::failed, "cannot initialise libcurl", {}};
  AlertTry tried;
  for (const std::string& body : alert::webhook_bodies(target.form, batch, nameserver)) {
    tried = post_one(target, body);
    if (tried.end != AlertTry::End::sent) break;
  }
  return tried;
}

AlertTry AlertTransport::run(const ExecTarget& target, const alert::Batch& batch,
                             const std::string& nameserver) {
  const process::ChildRun ended =
      child_.run(alert::filled_command(target.command, alert::field_values(batch, nameserver)),
                 {.time = target.timeout,
                  .descendants = process::Descendants::killed,
                  .output = kProgramOutputLimit},
                 alert::json_of(batch, nameserver) + "\n");
  if (ended_) return {AlertTry::End::ended, {}, {}};
  if (!ended) return {AlertTry::End::failed, ended.error().message(), {}};
  const std::string said = one_line(alert::shortened(ended->head, kAnswerLimit));
  std::string answer =
      fmt::format("exit status {}{}{}", ended->shell_status(), said.empty() ? "" : ": ", said);
  if (ended->succeeded() && !ended->said_too_much) {
    return {AlertTry::End::sent, {}, std::move(answer)};
  }
  std::string why = ended->timed_out
                        ? fmt::format("no end within {}", format_duration(target.timeout))
                    : ended->said_too_much ? "too much output"
                    : ended->signal != 0   ? fmt::format("killed by signal {}", ended->signal)
                                           : "the program failed";
  return {AlertTry::End::failed, std::move(why), std::move(answer)};
}

}  // namespace rollcall::channel
