/// A sender of alerts with real servers to send them to.
#pragma once

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>

#include "captured_log.hpp"
#include "channel/alert_sender.hpp"
#include "io/clock.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::channel {

using namespace std::chrono_literals;

inline const AlertRetries quick{{50ms, 50ms}};

/// An HTTP server that writes what it gets to its output and refuses the first N requests.
inline const char* const hook_server = R"(
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    refuse = int(sys.argv[2])
    status = int(sys.argv[3]) if len(sys.argv) > 3 else 503
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(self.path, self.headers["Content-Type"], body, flush=True)
        self.send_response(Hook.status if Hook.refuse > 0 else 204)
        Hook.refuse -= 1
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
)";

class AlertSenderTest : public testing::Test {
 protected:
  std::string url(const std::string& scheme, const std::string& path = "") const {
    return scheme + "://127.0.0.1:" + std::to_string(port) + path;
  }
  AlertTargets mail_to(std::vector<std::string> to) const {
    return {
        .nameserver = "ns1",
        .mail =
            MailTarget{.to = std::move(to), .from = "rollcall@mydomain.com", .smtp = url("smtp")},
        .batch = {}};
  }
  AlertTargets post_to(const std::string& path) const {
    return {.nameserver = "ns1", .hook = HookTarget{.url = url("http", path)}, .batch = {}};
  }
  /// What a webhook gets of it is its line alone, so that it is found again.
  static alert::Told told(const std::string& line) {
    return {.kind = "dropped",
            .level = pool::NoticeLevel::warning,
            .course = pool::Course::begins,
            .problem = "dropped",
            .severity = "warning",
            .many = "down",
            .name = line + ".example.com",
            .host = "192.0.2.3",
            .line = line,
            .object = "{}",
            .first = io::wall_now(),
            .at = io::wall_now()};
  }
  /// aiosmtpd, which prints the mails that it gets.
  std::vector<std::string> smtp_server() const {
    return {"/usr/bin/python3",
            "-u",
            "-m",
            "aiosmtpd",
            "-n",
            "-c",
            "aiosmtpd.handlers.Debugging",
            "stdout",
            "-l",
            "127.0.0.1:" + std::to_string(port)};
  }
  std::string out() const { return dir.path("out"); }
  bool shown(const std::string& text) const {
    return eventually([&] { return read_all(out()).find(text) != std::string::npos; });
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  }

  /// As the server keeps it in state_dir.
  static AlertFile on_disk(const std::string& path) {
    return {.path = path,
            .read = [path]() -> Result<std::optional<std::string>> {
              if (access(path.c_str(), F_OK) != 0) return std::nullopt;
              return read_all(path);
            },
            .replace = [path](std::string_view text) -> Result<void> {
              const std::string fresh = path + ".new";
              if (!(std::ofstream(fresh) << text << std::flush))
                return fail("cannot write " + path);
              std::filesystem::rename(fresh, path);
              return {};
            },
            .remove = [path]() -> Result<void> {
              std::filesystem::remove(path);
              return {};
            }};
  }

  TemporaryFolder dir;
  std::uint16_t port = free_port();
};

}  // namespace rollcall::channel
