// A library to preload: in this process the clocks run SPEED times as fast, and waits are as much
// shorter. A test compiles it, so that what takes rollcalld twenty minutes takes two.
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr long kSecond = 1'000'000'000;

long nanoseconds(const timespec& time) {
  return time.tv_sec * kSecond + time.tv_nsec;
}
timespec timespec_of(long nanoseconds) {
  return {nanoseconds / kSecond, nanoseconds % kSecond};
}

long real_now(clockid_t clock) {
  timespec now{};
  ::syscall(SYS_clock_gettime, clock, &now);
  return nanoseconds(now);
}

const long monotonic_start = real_now(CLOCK_MONOTONIC);
const long calendar_start = real_now(CLOCK_REALTIME);

long start_of(clockid_t clock) {
  return clock == CLOCK_REALTIME ? calendar_start : monotonic_start;
}
bool is_fast(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

/// The real time at which the fast clock shows this one.
timespec real_at(clockid_t clock, const timespec& fast) {
  return timespec_of(start_of(clock) + (nanoseconds(fast) - start_of(clock)) / SPEED);
}
timespec shorter(const timespec& time) {
  return timespec_of(nanoseconds(time) == 0 ? 0 : nanoseconds(time) / SPEED + 1);
}
int shorter(int milliseconds) {
  return milliseconds <= 0 ? milliseconds : milliseconds / SPEED + 1;
}

template <class Function>
Function next(const char* name, Function) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (!is_fast(clock)) return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  // A library may ask before this one is set up.
  const long start = start_of(clock) == 0 ? real_now(clock) : start_of(clock);
  *time = timespec_of(start + (real_now(clock) - start) * SPEED);
  return 0;
}

int timerfd_settime(int file, int flags, const itimerspec* wanted, itimerspec* old) noexcept {
  itimerspec real = *wanted;
  const bool at_once = (flags & TFD_TIMER_ABSTIME) != 0;  // as Asio uses it
  if (!at_once) real = {shorter(wanted->it_interval), shorter(wanted->it_value)};
  return static_cast<int>(::syscall(SYS_timerfd_settime, file, flags, &real, old));
}

int epoll_wait(int file, epoll_event* events, int most, int timeout) {
  return ::epoll_pwait(file, events, most, shorter(timeout), nullptr);
}

int poll(pollfd* files, nfds_t count, int timeout) {
  static const auto real = next("poll", &poll);
  return real(files, count, shorter(timeout));
}

int nanosleep(const timespec* time, timespec* left) {
  const timespec real = shorter(*time);
  return static_cast<int>(::syscall(SYS_nanosleep, &real, left));
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  static const auto real = next("pthread_cond_clockwait", &pthread_cond_clockwait);
  const timespec at = real_at(clock, *until);
  return real(condition, mutex, clock, &at);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  static const auto real = next("pthread_cond_timedwait", &pthread_cond_timedwait);
  const timespec at = real_at(CLOCK_REALTIME, *until);
  return real(condition, mutex, &at);
}

}  // extern "C"
