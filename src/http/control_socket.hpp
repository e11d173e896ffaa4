/// The Unix socket that rollcallctl talks to: a JSON line in, a JSON line back (src/control).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "control/request.hpp"
#include "core/result.hpp"
#include "server/async.hpp"
#include "server/descriptor.hpp"
#include "server/places.hpp"
#include "server/task_group.hpp"

namespace rollcall::server {

class Pages;

/// At once. The one that has been silent for longest makes room, but no request under way does.
inline constexpr std::size_t kMaxControlSessions = 32;
inline constexpr std::chrono::seconds kControlIdleLimit{30};   // between two requests
inline constexpr std::chrono::seconds kControlWriteLimit{10};  // for a reply to be read
/// Of replies that are not read yet, together. One may be larger: the status of 100,000 members is.
inline constexpr std::size_t kMaxUnreadReplies = std::size_t{8} * 1024 * 1024;

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
  class Session;
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(std::unique_ptr<Session> session);
  asio::awaitable<void> room_for_reply();
  asio::awaitable<void> reply_to(Session& session, Result<control::Request>& request, Pages& line);
  std::optional<ino_t> inode_of_socket() const;

  Handler handler_;
  Descriptor folder_;  // where it is
  std::string name_;   // in that folder
  std::optional<ino_t> inode_;
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<Places> places_;
  TaskGroup sessions_;
};

}  // namespace rollcall::server
