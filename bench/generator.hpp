/// What the load generators share: the options that name the server and the queries, and a main()
/// that reports errors.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "histogram.hpp"
#include "loopback.hpp"
#include "pinning.hpp"
#include "query_list.hpp"

namespace rollcall::bench {

struct LoadOptions {
  std::string server;
  QueryListOptions list;
  double seconds = 3;
  int cpu = kAnyCpu;
};

inline void add_load_options(CLI::App& app, LoadOptions& options) {
  app.add_option("--server", options.server, "ADDRESS:PORT in 127.0.0.0/8 or ::1")->required();
  app.add_option("--queries", options.list.file, "lines: name type [expected RCODE]")->required();
  app.add_option("--seconds", options.seconds, "how long")->check(CLI::Range(0.01, 3600.0));
  app.add_option("--cpu", options.cpu, "run on that CPU");
}

/// The server and the queries, read; this thread is pinned.
struct Load {
  SocketAddress server;
  QueryList queries;
};

/// @throws std::runtime_error with a message for people
inline Load prepare_load(const LoadOptions& options) {
  const Result<SocketAddress> server = loopback_address(options.server);
  if (!server) throw std::runtime_error(server.error().message);
  Result<QueryList> queries = QueryList::read(options.list);
  if (!queries) throw std::runtime_error(queries.error().message);
  pin_to(options.cpu);
  return {*server, std::move(*queries)};
}

/// A generator without a single answer has measured nothing.
/// @throws std::runtime_error
inline void need_answers(std::uint64_t answered, const LoadOptions& options) {
  if (answered == 0) throw std::runtime_error(fmt::format("{} did not answer", options.server));
}

inline double quantile_us(const Histogram& latency, double share) {
  return static_cast<double>(latency.quantile(share)) / 1e3;
}

/// Parses the command line and runs `run(options)`.
/// @param purpose the first line of --help
/// @param add_options adds the options of this generator
/// @return the exit status
template <class Options>
int generator_main(int argc, char** argv, const std::string& name, const std::string& purpose,
                   void (*add_options)(CLI::App&, Options&), void (*run)(const Options&)) {
  Options options;
  CLI::App app(purpose, name);
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return 1;
  }
}

}  // namespace rollcall::bench
