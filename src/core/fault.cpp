#include "core/fault.hpp"

#include <algorithm>
#include <cerrno>

namespace rollcall {
namespace {

struct Row {
  int error;
  Fault begin, later;
};

/// What is not here is our own host's fault in the beginning, when nobody else was asked yet, and
/// the path's later. In Linux (icmp_err_convert[] and its like for IPv6) ICMP brings ENETUNREACH,
/// EHOSTUNREACH, EHOSTDOWN, ENONET, ENOPROTOOPT, EACCES, EPROTO, EMSGSIZE, EOPNOTSUPP and
/// ECONNREFUSED.
constexpr Row kTable[] = {
    // A connection over the loopback interface is refused within connect().
    {ECONNREFUSED, Fault::member, Fault::member},
    {ECONNRESET, Fault::member, Fault::member},
    {EPIPE, Fault::member, Fault::member},
    {ECONNABORTED, Fault::member, Fault::member},
    {ETIMEDOUT, Fault::path, Fault::path},
    // No ICMP message brings these: a filter of our own (EPERM), and what has run out.
    {EPERM, Fault::own_host, Fault::own_host},
    {EMFILE, Fault::own_host, Fault::own_host},
    {ENFILE, Fault::own_host, Fault::own_host},
    {ENOBUFS, Fault::own_host, Fault::own_host},
    {ENOMEM, Fault::own_host, Fault::own_host},
};

bool is_errno(const boost::system::error_code& error) noexcept {
  return error.category() == boost::system::system_category() ||
         error.category() == boost::system::generic_category();
}

}  // namespace

Fault fault_of(Step step, int error) noexcept {
  const auto* const row = std::ranges::find(kTable, error, &Row::error);
  if (row != std::end(kTable)) return step == Step::begin ? row->begin : row->later;
  return step == Step::begin ? Fault::own_host : Fault::path;
}

Fault fault_of(Step step, const boost::system::error_code& error) noexcept {
  return is_errno(error) ? fault_of(step, error.value()) : Fault::path;
}

bool is_shortage(int error) noexcept {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:  // fork(): as many processes as there may be
      return true;
    default:
      return false;
  }
}

bool is_shortage(const boost::system::error_code& error) noexcept {
  return is_errno(error) && is_shortage(error.value());
}

}  // namespace rollcall
