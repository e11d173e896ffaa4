/// A network of its own for each test program: its ports are free, whatever runs beside it.
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace rollcall {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Made before main(), and with it before any thread: a thread gets the network of its maker.
struct OwnNetwork {
  OwnNetwork() {
    if (geteuid() != 0) return;  // not allowed: the tests share the machine's ports
    if (unshare(CLONE_NEWNET) != 0) give_up("unshare");
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) give_up("socket");
    ifreq loopback{};
    std::string("lo").copy(loopback.ifr_name, sizeof(loopback.ifr_name) - 1);
    loopback.ifr_flags = IFF_UP;
    if (ioctl(socket, SIOCSIFFLAGS, &loopback) != 0) give_up("lo");
    close(socket);
  }
};

const OwnNetwork own_network;

}  // namespace
}  // namespace rollcall
