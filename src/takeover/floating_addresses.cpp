#include "takeover/floating_addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "process/child_process.hpp"
#include "takeover/interfaces.hpp"

namespace rollcall::takeover {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr Duration kProgramLimit = std::chrono::seconds(4);  // they wait for 2 s at most

std::string words_of(const Argv& argv) {
  std::string words;
  for (const std::string& word : argv) words += (words.empty() ? "" : " ") + word;
  return words;
}

asio::awaitable<Result<process::ChildResult>> run(Argv argv) {
  auto result = co_await process::run_child(std::move(argv), {.time = kProgramLimit});
  if (!result) co_return fail(result.error().message());
  co_return std::move(*result);
}

Error failure_of(const Argv& argv, const process::ChildResult& result) {
  const std::string said = printable(trimmed(result.output));
  return {fmt::format(
      "{}: {}{}", words_of(argv),
      result.timed_out ? "timed out" : fmt::format("exit status {}", result.shell_status()),
      said.empty() ? "" : ": " + said)};
}

asio::awaitable<Result<bool>> inquire(Inquiry inquiry) {
  const auto result = co_await run(inquiry.argv);
  if (!result) co_return std::unexpected(result.error());
  if (result->exit_status == inquiry.yes) co_return true;
  if (result->exit_status == inquiry.no) co_return false;
  co_return std::unexpected(failure_of(inquiry.argv, *result));
}

asio::awaitable<Result<void>> change(Argv argv) {
  const auto result = co_await run(argv);
  if (!result) co_return std::unexpected(result.error());
  if (!result->succeeded()) co_return std::unexpected(failure_of(argv, *result));
  co_return Result<void>{};
}

/// What the interfaces say; an error where nobody could be asked through the subject's.
Result<Interfaces> interfaces_for(const Subject& subject) {
  auto interfaces = read_interfaces();
  if (!interfaces) return interfaces;
  if (std::ranges::find(interfaces->names, subject.interface) == interfaces->names.end()) {
    return fail(fmt::format("there is no interface {}", subject.interface));
  }
  if (std::ranges::find(interfaces->running, subject.interface) == interfaces->running.end()) {
    return fail(fmt::format("interface {} is down", subject.interface));
  }
  return interfaces;
}

asio::awaitable<std::string> tell_neighbours(Subject subject) {
  std::string problem;
  for (const Argv& argv : announce(subject.address, subject.interface)) {
    const auto told = co_await change(argv);
    if (!told) problem = "the neighbours may not know: " + told.error().message;
  }
  co_return problem;
}

}  // namespace

asio::awaitable<Result<Look>> look(Subject subject) {
  const auto interfaces = interfaces_for(subject);
  if (!interfaces) co_return std::unexpected(interfaces.error());
  Look seen{.holds = interfaces->find(subject.address) != nullptr};
  if (interfaces->find(subject.owner) != nullptr) {
    seen.owner_answers = true;
    co_return seen;
  }
  const auto [by_ping, by_link, rival] = co_await (
      inquire(ping(subject.owner)) && inquire(find_neighbour(subject.owner, subject.interface)) &&
      inquire(find_rival(subject.address, subject.interface)));
  // One good answer is enough to know that the owner lives; both are needed to call it dead.
  seen.owner_answers = by_ping.value_or(false) || by_link.value_or(false);
  if (!seen.owner_answers) {
    if (!by_ping) co_return std::unexpected(by_ping.error());
    if (!by_link) co_return std::unexpected(by_link.error());
  }
  if (!rival) co_return std::unexpected(rival.error());
  seen.contested = *rival;
  co_return seen;
}

asio::awaitable<Result<std::string>> take(Subject subject) {
  const auto interfaces = interfaces_for(subject);
  if (!interfaces) co_return std::unexpected(interfaces.error());
  const std::string address = subject.address.to_string();
  if (interfaces->find(subject.address) == nullptr) {
    const bool owner = interfaces->find(subject.owner) != nullptr;
    Look seen;
    if (owner) {
      const auto rival = co_await inquire(find_rival(subject.address, subject.interface));
      if (!rival) co_return std::unexpected(rival.error());
      seen.contested = *rival;
    } else {
      const auto looked = co_await look(subject);
      if (!looked) co_return std::unexpected(looked.error());
      seen = *looked;
    }
    if (seen.owner_answers) {
      co_return fail(fmt::format("its owner {} answers", subject.owner.to_string()));
    }
    if (seen.contested) co_return fail(fmt::format("another station answers for {}", address));
    const auto added = co_await change(add_address(subject.address, subject.interface));
    if (!added) co_return std::unexpected(added.error());
  }
  co_return co_await tell_neighbours(subject);
}

asio::awaitable<Result<void>> give_back(Subject subject) {
  const auto interfaces = read_interfaces();
  if (!interfaces) co_return std::unexpected(interfaces.error());
  const InterfaceAddress* held = interfaces->find(subject.address);
  if (held == nullptr) co_return Result<void>{};
  if (!held->is_alone() || held->interface != subject.interface) {
    co_return fail(fmt::format("{}/{} on {} was not added by the agent", held->address.to_string(),
                               held->prefix, held->interface));
  }
  co_return co_await change(remove_address(subject.address, subject.interface));
}

}  // namespace rollcall::takeover
