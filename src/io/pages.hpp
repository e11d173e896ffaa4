/// Octets in memory pages of their own, which go back to the system when they are released. The
/// heap would keep for good what a thousand connections held for a moment.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "core/bytes.hpp"

namespace rollcall::io {

class Pages {
 public:
  Pages() = default;
  ~Pages() { release(); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  /// Replaces the content by a copy of `octets`. Pages that are large enough are used again.
  void keep(Bytes octets) {
    if (octets.size() > room_) {
      release();
      void* const pages = ::mmap(nullptr, octets.size(), PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (pages == MAP_FAILED) throw std::bad_alloc();
      pages_ = static_cast<std::uint8_t*>(pages);
      room_ = octets.size();
    }
    if (!octets.empty()) std::memcpy(pages_, octets.data(), octets.size());
    size_ = octets.size();
  }
  void clear() noexcept { size_ = 0; }
  void release() noexcept {
    if (pages_ != nullptr) ::munmap(pages_, room_);
    pages_ = nullptr;
    room_ = size_ = 0;
  }

  Bytes octets() const noexcept { return {pages_, size_}; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  std::uint8_t* pages_ = nullptr;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

}  // namespace rollcall::io
