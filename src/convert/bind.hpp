/// BIND's named.conf: its primary zones, the servers that may transfer them, and its keys.
///
/// Limitations: zones of other primaries, dynamic updates, views and exceptions (`!`) in lists are
/// reported and not taken over.
#pragma once

#include "convert/bind_lists.hpp"
#include "convert/named_conf.hpp"
#include "convert/shelf.hpp"
#include "convert/target.hpp"

namespace rollcall::convert {

/// Takes over what `conf` has read.
void convert_named_conf(const NamedConf& conf, Shelf& shelf, Target& target);

/// The first of the sources is named.conf; the others are files that it names.
void convert_bind(Shelf& shelf, Target& target);

}  // namespace rollcall::convert
