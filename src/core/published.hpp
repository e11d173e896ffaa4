/// One writer publishes versions of an immutable T; a reader takes a reference to each new version.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace rollcall {

/// A generation counter beside a mutex-guarded pointer. A reader compares the generation (one
/// acquire load) and locks only when it differs from its own. There is no
/// std::atomic<std::shared_ptr> here: libstdc++ 12 implements it with a spinlock.
template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  /// Any thread, usually the roster strand. Returns the version that was replaced, so that its
  /// owner decides which thread frees it.
  std::shared_ptr<const T> publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    generation_.fetch_add(1, std::memory_order_release);
    return next;
  }

  std::shared_ptr<const T> load() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

  /// One thread's view: refresh() once a batch, then read without synchronisation.
  class Reader {
   public:
    explicit Reader(const Published& source) : source_(source) { refresh(); }

    /// @return true where a newer version was taken.
    bool refresh() {
      const std::uint64_t generation = source_.generation();
      if (generation == seen_ && held_) return false;
      held_ = source_.load();
      seen_ = generation;
      return true;
    }
    const T& operator*() const noexcept { return *held_; }
    const T* operator->() const noexcept { return held_.get(); }

   private:
    const Published& source_;
    std::shared_ptr<const T> held_;
    std::uint64_t seen_ = 0;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace rollcall
