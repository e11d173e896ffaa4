/// A UDP worker as rollcalld runs it, with a pool whose mask flips: what flips cost the queries,
/// seen from outside (flood --server). One worker on the CPU that it is started on; the flips come
/// from another one, as the control strand's do.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <thread>

#include "answer/responder.hpp"
#include "flipping_pool.hpp"
#include "loopback.hpp"
#include "pinning.hpp"
#include "transport/listen_socket.hpp"
#include "transport/udp_worker.hpp"

namespace rollcall::bench {
namespace {

struct Options {
  std::string listen;
  double flips = 0;  // a second
  double seconds = 60;
  int flip_cpu = kAnyCpu;
  bool wake_only = false;
};

void serve(const Options& options) {
  if (const auto address = loopback_address(options.listen); !address) {
    throw std::runtime_error(address.error().message);
  }
  Result<io::Descriptor> socket = transport::bind_udp(*Endpoint::parse(options.listen));
  if (!socket) throw std::runtime_error(socket.error().message);
  const Published<zone::Catalog> catalog(std::make_shared<const zone::Catalog>(pool_catalog()));
  const answer::Responder responder({});
  const transport::UdpWorker worker(std::move(*socket), catalog, responder, {}, 1, std::nullopt);
  const Flipper flipper(*catalog.load(), options.flips, options.flip_cpu, !options.wake_only);
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
}

}  // namespace
}  // namespace rollcall::bench

int main(int argc, char** argv) {
  rollcall::bench::Options options;
  CLI::App app("A UDP worker with a pool that flips");
  app.add_option("--listen", options.listen, "ADDRESS:PORT in 127.0.0.0/8 or ::1")->required();
  app.add_option("--flips", options.flips, "a second")->check(CLI::Range(0.0, 1e6));
  app.add_option("--flip-cpu", options.flip_cpu, "the flips come from that CPU");
  app.add_flag("--wake-only", options.wake_only, "wake as often, and flip nothing");
  app.add_option("--seconds", options.seconds, "end after that time")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    rollcall::bench::serve(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "flip_server: {}\n", error.what());
    return 1;
  }
}
