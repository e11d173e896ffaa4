#include <fmt/format.h>

#include <array>

#include "health/plugin_result.hpp"
#include "probe/probes.hpp"
#include "process/child_process.hpp"

namespace rollcall::probe {
namespace {

constexpr std::size_t kMaxOutput = 1024UL * 1024;  // octets; only the first KiB is examined

/// Replaces `{address}`, `{port}` and `{host}` in an argument, which stays one argument.
std::string filled_in(std::string argument, const Request& request) {
  const Endpoint target = request.target;
  const std::array<std::pair<std::string_view, std::string>, 3> words{
      {{"{address}", target.address.to_string()},
       {"{port}", std::to_string(target.port)},
       {"{host}", request.host}}};
  for (const auto& [word, value] : words) {
    for (std::size_t at = 0; (at = argument.find(word, at)) != std::string::npos;) {
      argument.replace(at, word.size(), value);
      at += value.size();
    }
  }
  return argument;
}

}  // namespace

asio::awaitable<Outcome> probe_exec(const Request& request) {
  const auto& check = std::get<health::ExecCheck>(request.check->how);
  std::vector<std::string> argv;
  argv.reserve(check.command.size());
  for (const std::string& argument : check.command) argv.push_back(filled_in(argument, request));
  // The probe's deadline cancels it, which kills everything at once. run_child's own limit is
  // longer, so that its SIGTERM never comes first.
  const auto ended =
      co_await process::run_child(std::move(argv), {.time = 2 * request.check->timeout,
                                                    .descendants = process::Descendants::killed,
                                                    .output = kMaxOutput});
  if (!ended) co_return unasked(ended.error().what, ended.error().number);
  if (ended->said_too_much) co_return bad("more than 1 MiB of output");
  co_return health::plugin_outcome(ended->shell_status(), ended->head);
}

}  // namespace rollcall::probe
