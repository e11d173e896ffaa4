/// The Unix socket that rollcallctl talks to: a JSON line in, a JSON line back (src/control).
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "control/request.hpp"
#include "core/result.hpp"
#include "server/async.hpp"
#include "server/task_group.hpp"

namespace rollcall::server {

inline constexpr std::size_t kMaxControlSessions = 32;
inline constexpr std::chrono::seconds kControlIdleLimit{120};  // longer than a restart takes

/// Control thread only.
class ControlSocket {
 public:
  /// Gives the reply to a request, one line without its end.
  using Handler = std::function<asio::awaitable<std::string>(control::Request)>;

  ControlSocket(asio::any_io_executor executor, Handler handler);
  ~ControlSocket();

  /// Makes the socket, mode 0660, in place of one that nobody listens on any more.
  Result<void> listen(const std::string& path);
  void close();

 private:
  struct Listener;
  asio::awaitable<void> accept();

  Handler handler_;
  std::string path_;
  std::unique_ptr<Listener> listener_;
  TaskGroup sessions_;
};

}  // namespace rollcall::server
