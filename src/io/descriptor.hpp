/// A file descriptor with an owner, and how many of them this program may have.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace rollcall::io {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// The soft limit that this program was started with, before raising it. The programs that it runs
/// get this limit: many use select(), which breaks above 1024.
rlim_t starting_descriptor_limit() noexcept;

}  // namespace rollcall::io
