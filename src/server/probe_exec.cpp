#include <fmt/format.h>

#include <array>

#include "health/plugin_result.hpp"
#include "server/child_process.hpp"
#include "server/probes.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {
namespace {

/// `{address}`, `{port}` and `{host}` in an argument. What they stand for stays one argument.
std::string filled_in(std::string argument, const roster::StartProbe& request) {
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

asio::awaitable<Outcome> probe_exec(const roster::StartProbe& request) {
  const auto& check = std::get<health::ExecCheck>(request.check->how);
  std::vector<std::string> argv;
  argv.reserve(check.command.size());
  for (const std::string& argument : check.command) argv.push_back(filled_in(argument, request));
  const Duration limit = request.check->timeout;
  // At the end of the time its whole group is killed; run_child's own, milder way takes longer.
  const auto ended = co_await within(limit, run_child(std::move(argv), 2 * limit));
  if (!ended) co_return bad("timed out after " + format_duration(limit));
  if (*ended) co_return health::plugin_outcome((*ended)->shell_status(), (*ended)->head);
  const StartError& error = ended->error();
  co_return is_shortage(error.number) ? unknown(error.message) : bad(error.message);
}

}  // namespace rollcall::server
