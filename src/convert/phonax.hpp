/// The failover scripts of phonax.com (2000): failover-monitor.config, failover.config, normal-dns,
/// and the named.conf beside them.
#pragma once

#include "convert/shelf.hpp"
#include "convert/target.hpp"

namespace rollcall::convert {

void convert_phonax(Shelf& shelf, Target& target);

}  // namespace rollcall::convert
