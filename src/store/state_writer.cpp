#include "store/state_writer.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "core/pacing.hpp"
#include "io/clock.hpp"

namespace rollcall::store {
namespace {

// The pause between two writes: files such as `serials` are written whole, so a write costs as much
// as they hold.
constexpr int kWritePause = 4;
constexpr std::chrono::milliseconds kMaxWritePause{100};

}  // namespace

/// What the two threads share. The writer's thread alone touches `store`.
struct StateWriter::Shared {
  struct Wanted {
    pool::SavedSerials serials;
    std::map<std::string, Write> files;

    bool none() const { return serials.empty() && files.empty(); }
  };

  Shared(StateStore its, asio::any_io_executor executor, std::function<void(WrittenState)> tell)
      : store(std::move(its)), replies(std::move(executor)), report(std::move(tell)) {}

  void run();
  bool await_work(std::unique_lock<std::mutex>& lock);
  WrittenState write(Wanted& work);
  void put_back(Wanted&& failed);

  std::optional<StateStore> store;  // gone before `done`, and the lock on state_dir with it
  Pacing writing{kWritePause, kMaxWritePause};
  std::mutex mutex;
  std::condition_variable changed;
  Wanted wanted;
  std::uint64_t ticket = 0;
  bool failing = false;  // the last attempt left something unwritten
  bool fresh = false;    // there has been a new request since
  bool hurried = false;  // the next write begins without a pause
  bool ending = false;
  bool done = false;
  asio::any_io_executor replies;
  std::function<void(WrittenState)> report;  // null: the owner is gone
};

StateWriter::StateWriter(StateStore store, asio::any_io_executor replies,
                         std::function<void(WrittenState)> report)
    : shared_(std::make_shared<Shared>(std::move(store), std::move(replies), std::move(report))) {
  std::thread([shared = shared_] { shared->run(); }).detach();
}

StateWriter::~StateWriter() {
  std::unique_lock lock(shared_->mutex);
  shared_->ending = true;
  shared_->fresh = true;  // try once more, even if the last attempt has just failed
  shared_->changed.notify_all();
  if (!shared_->changed.wait_for(lock, kFinishLimit, [this] { return shared_->done; })) {
    spdlog::error("state_dir: the disk does not respond; the last state was not written");
  }
  shared_->report = nullptr;  // the thread may outlive the receiver
}

std::uint64_t StateWriter::keep_serial(const dns::Name& origin, pool::SavedSerial serial) {
  const std::lock_guard lock(shared_->mutex);
  shared_->wanted.serials[origin] = std::move(serial);
  shared_->fresh = true;
  shared_->changed.notify_all();
  return ++shared_->ticket;
}

std::uint64_t StateWriter::add(const std::string& file, Write write) {
  const std::lock_guard lock(shared_->mutex);
  shared_->wanted.files[file] = std::move(write);
  shared_->fresh = true;
  shared_->changed.notify_all();
  return ++shared_->ticket;
}

std::uint64_t StateWriter::save_health(pool::SavedHealth health, WallTime now) {
  return add("health", [health = std::move(health), now](StateStore& store) {
    return store.save_health(health, now);
  });
}

std::uint64_t StateWriter::save_overrides(pool::SavedOverrides overrides, WallTime now) {
  return add("overrides", [overrides = std::move(overrides), now](StateStore& store) {
    return store.save_overrides(overrides, now);
  });
}

std::uint64_t StateWriter::save_restarts(std::vector<pool::SavedRestart> restarts, WallTime now) {
  return add("restarts", [restarts = std::move(restarts), now](StateStore& store) {
    return store.save_restarts(restarts, now);
  });
}

std::uint64_t StateWriter::save_transfers(pool::SavedTransfers transfers) {
  return add("transfers", [transfers = std::move(transfers)](StateStore& store) {
    return store.save_transfers(transfers);
  });
}

std::uint64_t StateWriter::last_ticket() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->ticket;
}

void StateWriter::hurry() {
  const std::lock_guard lock(shared_->mutex);
  shared_->hurried = true;
  shared_->changed.notify_all();
}

/// @return false if the server ends and nothing is left to write
bool StateWriter::Shared::await_work(std::unique_lock<std::mutex>& lock) {
  const auto now = [this] { return ending || fresh; };
  // Zones are loaded one after the other: many of their serials make one write.
  changed.wait_until(lock, io::to_steady(writing.next()), [this] { return ending || hurried; });
  if (failing) {
    changed.wait_for(lock, kWriteRetry, now);
  } else {
    changed.wait(lock, now);
  }
  return !wanted.none() && !(ending && failing && !fresh);
}

void StateWriter::Shared::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (!await_work(lock)) {
      if (ending) break;
      continue;
    }
    Wanted work = std::exchange(wanted, {});
    fresh = hurried = false;
    const std::uint64_t newest = ticket;
    lock.unlock();
    const Instant began = io::monotonic_now();
    WrittenState written = write(work);
    writing.ran(began, io::monotonic_now());
    written.ticket = newest;
    lock.lock();
    failing = !work.none();
    put_back(std::move(work));
    if (report)
      asio::post(replies, [tell = report, written = std::move(written)] { tell(written); });
  }
  store.reset();
  done = true;
  changed.notify_all();
}

/// Leaves in `work` what could not be written.
WrittenState StateWriter::Shared::write(Wanted& work) {
  WrittenState written;
  const auto note = [&](const std::string& file, const Result<void>& outcome) {
    written.problems[file] = outcome ? std::string() : outcome.error().message;
    return outcome.has_value();
  };
  if (!work.serials.empty() && note("serials", store->keep_serials(work.serials))) {
    written.serials = std::exchange(work.serials, {});
  }
  std::erase_if(work.files,
                [&](const auto& file) { return note(file.first, file.second(*store)); });
  return written;
}

/// Newer requests that came meanwhile take precedence.
void StateWriter::Shared::put_back(Wanted&& failed) {
  wanted.serials.merge(failed.serials);
  wanted.files.merge(failed.files);
}

}  // namespace rollcall::store
