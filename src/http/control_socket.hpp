/// The Unix socket that rollcallctl talks to: a JSON line in, a JSON line back (src/api).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/request.hpp"
#include "core/places.hpp"
#include "core/result.hpp"
#include "io/async.hpp"
#include "io/descriptor.hpp"
#include "io/task_group.hpp"

namespace rollcall::io {
class Pages;
}

namespace rollcall::http {

/// At the same time. The connection that has been silent for longest makes room, but never one with
/// a request under way.
inline constexpr std::size_t kMaxControlSessions = 32;
inline constexpr std::chrono::seconds kControlIdleLimit{30};   // between two requests
inline constexpr std::chrono::seconds kControlWriteLimit{10};  // for a reply to be read
/// Octets of all unread replies together. A single one may be larger, as the status of 100,000
/// members is.
inline constexpr std::size_t kMaxUnreadReplies = std::size_t{8} * 1024 * 1024;

/// Control thread only.
class ControlSocket {
 public:
  /// Returns the reply to a request: one line without its line end.
  using Handler = std::function<asio::awaitable<std::string>(api::Request)>;

  ControlSocket(asio::any_io_executor executor, Handler handler);
  ~ControlSocket();

  /// Makes the socket, mode 0660; replaces one on which no server listens any longer.
  Result<void> listen(const std::string& path);
  void close();

 private:
  struct Listener;
  class Session;
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(std::unique_ptr<Session> session);
  asio::awaitable<void> room_for_reply();
  asio::awaitable<void> reply_to(Session& session, Result<api::Request>& request, io::Pages& line);
  std::optional<ino_t> inode_of_socket() const;

  Handler handler_;
  io::Descriptor folder_;  // where it is
  std::string name_;       // in that folder
  std::optional<ino_t> inode_;
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<Places> places_;
  io::TaskGroup sessions_;
};

}  // namespace rollcall::http
