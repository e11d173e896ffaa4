// BIND's named.conf: its primary zones, the servers that may transfer them, and its keys.
//
// Limitations: zones of other primaries, dynamic updates, views and exceptions (`!`) in lists are
// reported and not taken over.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "convert/bind_lists.hpp"
#include "convert/formats.hpp"
#include "convert/named_conf.hpp"
#include "core/letters.hpp"
#include "core/number.hpp"
#include "dns/message.hpp"

namespace rollcall::convert {
namespace {

/// A statement, and why Rollcall does without it.
struct Reason {
  std::string_view statement;
  std::string_view text;
};
constexpr std::string_view kNoRecursion = "an authoritative server asks no other server";
constexpr std::string_view kNoUpdates =
    "write the entries of allow_update yourself (docs/updates.md)";
constexpr std::string_view kNoSigning = "signing is not supported yet";
constexpr std::string_view kNoSetting = "Rollcall has no such setting";
constexpr Reason kReasons[]{
    {"forwarders", kNoRecursion},
    {"forward", kNoRecursion},
    {"dnssec-validation", kNoRecursion},
    {"allow-recursion", kNoRecursion},
    {"allow-query-cache", kNoRecursion},
    {"allow-update", kNoUpdates},
    {"update-policy", kNoUpdates},
    {"allow-update-forwarding", kNoUpdates},
    {"dnssec-policy", kNoSigning},
    {"auto-dnssec", kNoSigning},
    {"inline-signing", kNoSigning},
    {"key-directory", kNoSigning},
    {"allow-query", "every client is answered"},
    {"logging", "rollcalld logs to standard error"},
    {"controls", "rollcallctl uses a socket, guarded by its permissions"},
    {"statistics-channels", "rollcallctl status shows the state"},
};

std::string_view reason_for(std::string_view statement) {
  const auto known = std::ranges::find(kReasons, statement, &Reason::statement);
  return known == std::end(kReasons) ? kNoSetting : known->text;
}

/// The statements of `options` that count for every zone.
struct ZoneDefaults {
  const Statement* also_notify = nullptr;
  const Statement* allow_transfer = nullptr;
  const Statement* serials = nullptr;  // serial-update-method

  bool contains(const Statement* one) const {
    return one == also_notify || one == allow_transfer || one == serials;
  }

  /// Where a statement of that name is kept; null: it is not one of these.
  const Statement** place(std::string_view name) {
    if (name == "also-notify") return &also_notify;
    if (name == "allow-transfer") return &allow_transfer;
    return name == "serial-update-method" ? &serials : nullptr;
  }
};

class BindConversion {
 public:
  BindConversion(Shelf& shelf, Target& target) : shelf_(shelf), target_(target), lists_(target) {}

  void run(const NamedConf& conf) {
    for (const Statement& statement : conf.statements()) lists_.define(statement);
    for (const Statement& statement : conf.statements()) {
      if (statement.keyword() == "options") read_options(statement);
    }
    for (const Statement& statement : conf.statements()) read(statement);
    lists_.report_unused();
  }

 private:
  void read(const Statement& statement) {
    const std::string kind = statement.keyword();
    if (kind == "zone") {
      read_zone(statement);
    } else if (kind == "view") {
      leave(statement, fmt::format("view {}", statement.text(1)),
            "answers do not depend on the client");
      for (const Statement& inner : statement.block) {
        if (inner.keyword() == "zone") leave(inner, zone_name(inner), "it is in a view");
      }
    } else if (kind != "options" && !is_list(kind)) {
      leave(statement, kind, reason_for(kind));
    }
  }

  static bool is_list(std::string_view kind) {
    return kind == "acl" || kind == "key" || kind == "primaries" || kind == "masters" ||
           kind == "remote-servers" || kind == "server";
  }

  static std::string zone_name(const Statement& statement) {
    return fmt::format("zone {}", statement.text(1));
  }

  void leave(const Statement& statement, std::string_view what, std::string_view why) {
    target_.left(statement.where(), fmt::format("{}: {}", what, why));
  }

  void read_options(const Statement& options) {
    for (const Statement& inner : options.block) {
      const std::string name = inner.keyword();
      if (name == "directory") {
        directory_ = std::string(inner.text(1));
        if (!directory_.empty() && !directory_.ends_with('/')) directory_ += '/';
        target_.taken(inner.where(), "directory: zone files are looked for there");
      } else if (name == "port") {
        port_ = std::string(inner.text(1));
        target_.taken(inner.where(), "port: in server.listen");
      } else if (const Statement** place = defaults_.place(name)) {
        *place = &inner;
        target_.taken(inner.where(), name + ": as the default of the zones below");
      } else if (name == "recursion" && inner.keyword(1) == "no") {
        target_.taken(inner.where(), "recursion no: Rollcall never recurses");
      } else if (name != "listen-on" && name != "listen-on-v6") {
        leave(inner, name, reason_for(name));
      }
    }
    for (const Statement& inner : options.block) {
      if (inner.keyword().starts_with("listen-on")) read_listen(inner);
    }
  }

  /// listen-on and listen-on-v6: whole addresses only, because server.listen has no blocks.
  void read_listen(const Statement& statement) {
    const std::string_view own = statement.after("port");
    const std::string_view port_text = own.empty() ? std::string_view(port_) : own;
    const auto port =
        port_text.empty() ? std::optional(dns::kPort) : parse_number<std::uint16_t>(port_text);
    for (const Statement& element : statement.block) {
      const std::string word = element.keyword();
      const bool v6 = statement.keyword() == "listen-on-v6";
      const auto address = IpAddress::parse(word == "any" ? (v6 ? "::" : "0.0.0.0") : word);
      const std::string what = fmt::format("{} {}", statement.keyword(), word);
      if (word == "none") {
        target_.taken(element.where(), what + ": no address of server.listen");
      } else if (address && port && *port != 0) {
        target_.listen({*address, *port});
        target_.taken(element.where(), what + ": in server.listen");
      } else {
        leave(element, what, "server.listen takes addresses, not blocks or lists");
      }
    }
  }

  void read_zone(const Statement& statement) {
    const std::string what = zone_name(statement);
    std::string type, file;
    for (const Statement& inner : statement.block) {
      if (inner.keyword() == "type") type = inner.keyword(1);
      if (inner.keyword() == "file") file = std::string(inner.text(1));
    }
    const std::string class_word = statement.keyword(2);
    const auto origin = dns::Name::parse(statement.text(1));
    if (!class_word.empty() && class_word != "in") {
      return leave(statement, what, "classes other than IN are not supported");
    }
    if (type == "hint") return leave(statement, what, kNoRecursion);
    if (type != "master" && type != "primary") {
      return leave(
          statement, what,
          fmt::format("zones of type {} are not supported yet", type.empty() ? "(none)" : type));
    }
    if (!origin || statement.text(1).empty()) return leave(statement, what, "not a domain name");
    if (file.empty()) return leave(statement, what, "it has no file");
    const auto source = shelf_.find(file, {directory_, folder_of(statement.source->name)});
    if (!source) return leave(statement, what, source.error().message);
    add_zone(statement, *origin, *source);
  }

  void add_zone(const Statement& statement, const dns::Name& origin, const SourceFile& source) {
    const std::string what = zone_name(statement);
    TargetZone zone{.origin = origin,
                    .path = target_.free_path("zones", source.name),
                    .text = source.text,
                    .source = source.name,
                    .where = statement.where(),
                    .settings = {}};
    if (!target_.add_zone(std::move(zone), what)) return;
    Settings& settings = target_.zone_of(origin)->settings;
    ZoneDefaults own = defaults_;
    for (const Statement& inner : statement.block) {
      const std::string name = inner.keyword();
      if (name == "type" || name == "file") continue;
      if (const Statement** place = own.place(name)) {
        *place = &inner;
      } else {
        leave(inner, fmt::format("{}: {}", what, name), reason_for(name));
      }
    }
    if (own.also_notify) add_secondaries(*own.also_notify, what, settings);
    if (own.allow_transfer) add_grants(*own.allow_transfer, what, settings);
    if (own.serials) add_serial_policy(*own.serials, what, settings);
  }

  void report(const Statement& statement, const std::string& what, const std::string& as, bool any,
              const std::vector<std::string>& problems) {
    const bool is_default = defaults_.contains(&statement);
    const std::string head =
        is_default ? statement.keyword() : fmt::format("{}: {}", what, statement.keyword());
    if (!told_.insert(&statement).second) return;  // a default of several zones
    if (!is_default && (any || problems.empty())) {
      target_.taken(statement.where(), head + ": as " + as);
    }
    for (const std::string& problem : problems) leave(statement, head, problem);
  }

  void add_secondaries(const Statement& list, const std::string& what, Settings& settings) {
    const BindList<BindPeer> peers = lists_.peers(list);
    List secondaries;
    for (const BindPeer& peer : peers.elements) {
      Settings one{{"address", peer.endpoint.to_string()}};
      if (!peer.key.empty()) one.push_back({"key", peer.key});
      secondaries.emplace_back(std::move(one));
    }
    report(list, what, "secondaries", !secondaries.empty(), peers.problems);
    if (!secondaries.empty()) settings.push_back({"secondaries", std::move(secondaries)});
  }

  void add_grants(const Statement& list, const std::string& what, Settings& settings) {
    const BindList<std::string> grants = lists_.grants(list);
    List allowed(grants.elements.begin(), grants.elements.end());
    report(list, what, "allow_transfer", !allowed.empty(), grants.problems);
    if (!allowed.empty()) settings.push_back({"allow_transfer", std::move(allowed)});
  }

  void add_serial_policy(const Statement& method, const std::string& what, Settings& settings) {
    const std::string word = method.keyword(1);
    report(method, what, "serial_policy", true, {});
    if (word == "unixtime" || word == "date") settings.push_back({"serial_policy", word});
  }

  Shelf& shelf_;
  Target& target_;
  BindLists lists_;
  ZoneDefaults defaults_;
  std::set<const Statement*> told_;  // in the report
  std::string directory_, port_;
};

}  // namespace

void convert_named_conf(const NamedConf& conf, Shelf& shelf, Target& target) {
  BindConversion(shelf, target).run(conf);
}

void convert_bind(Shelf& shelf, Target& target) {
  NamedConf conf(shelf, target);
  if (const auto sources = shelf.unused(); !sources.empty()) {
    shelf.use(*sources[0]);
    conf.read(*sources[0]);
  }
  // Files like named.conf.local, where named.conf itself does not include them.
  for (const SourceFile* source : shelf.unused()) {
    if (!last_part(source->name).starts_with("named.conf")) continue;
    shelf.use(*source);
    conf.read(*source);
  }
  convert_named_conf(conf, shelf, target);
}

}  // namespace rollcall::convert
