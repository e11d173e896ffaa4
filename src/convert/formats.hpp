/// The formats, a function each: it reads the sources from the shelf, and builds the target.
#pragma once

#include "convert/shelf.hpp"
#include "convert/target.hpp"

namespace rollcall::convert {

class NamedConf;

/// The failover scripts of phonax.com (2000): failover-monitor.config, failover.config, normal-dns,
/// and the named.conf beside them.
void convert_phonax(Shelf& shelf, Target& target);

/// gdnsd's config, and zone files with the record types DYNA and DYNC. The source named config, or
/// with its keys, is the configuration; every other source is the zone that its name says.
void convert_gdnsd(Shelf& shelf, Target& target);

/// BIND. The first of the sources is named.conf; the others are files that it names.
void convert_bind(Shelf& shelf, Target& target);
/// Takes over what `conf` has read.
void convert_named_conf(const NamedConf& conf, Shelf& shelf, Target& target);

/// The JSON of `aws route53 list-resource-record-sets` and of `list-health-checks`. Each source is
/// either; each list of record sets is one zone.
void convert_route53(Shelf& shelf, Target& target);

/// Zone files with PowerDNS's LUA records. The zone of a file is the $ORIGIN at its front, else
/// what its name says: example.com, db.example.com or example.com.zone.
void convert_pdns_lua(Shelf& shelf, Target& target);

}  // namespace rollcall::convert
