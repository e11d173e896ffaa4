// Zone files with PowerDNS's LUA records.
//
// Limitations: of the functions, those are known whose answer depends on no client and no code:
// ifportup, ifurlup, pickrandom, pickwrandom and all, each alone in its record.
#include <fmt/format.h>

#include <algorithm>

#include "convert/formats.hpp"
#include "convert/lua_call.hpp"
#include "convert/phonax_check.hpp"
#include "convert/zone_file.hpp"
#include "core/letters.hpp"
#include "core/number.hpp"
#include "zone/shares.hpp"

namespace rollcall::convert {
namespace {

struct PdnsMember {
  IpAddress address;
  unsigned weight = 1;
  bool backup = false;
};

struct PdnsRecord {
  std::vector<PdnsMember> members;
  std::string check_name;  // empty: without probes
  Settings check;
  bool single = false;             // one address an answer
  bool pooled = false;             // a pool is needed
  std::vector<std::string> notes;  // what is not taken over
};

// PowerDNS's defaults: of lua-health-checks-interval, and of the options of ifportup and ifurlup.
constexpr unsigned kPdnsInterval = 5;  // seconds
constexpr unsigned kPdnsTimeout = 2;
constexpr unsigned kPdnsMostSeconds = 3600;
constexpr unsigned kPdnsMostFailures = 100;  // of Rollcall's fall
constexpr unsigned kPdnsMostWeight = 255;    // of Rollcall's members

/// The value of an option from 1 to `most`.
unsigned option_of(const LuaValue& options, std::string_view key, unsigned otherwise,
                   unsigned most) {
  const LuaValue* value = options.find(key);
  const auto number = value ? parse_number<unsigned>(value->text) : std::nullopt;
  return number && *number != 0 ? std::min(*number, most) : otherwise;
}

class PdnsReader {
 public:
  explicit PdnsReader(std::string_view type) : v4_(type == "A") {}

  Result<PdnsRecord> read(const LuaCall& call) {
    const std::string& name = call.function;
    const auto& arguments = call.arguments;
    const bool watched = name == "ifportup" || name == "ifurlup";
    if (!watched && name != "pickrandom" && name != "pickwrandom" && name != "all") {
      return fail(fmt::format("Rollcall has nothing like {}()", name));
    }
    if (arguments.size() < (watched ? 2 : 1) || arguments.size() > (watched ? 3 : 1)) {
      return fail(fmt::format("{}(): unexpected arguments", name));
    }
    static const LuaValue kNoOptions{.is_table = true, .text = {}, .entries = {}};
    const LuaValue& options = arguments.size() == 3 ? arguments[2] : kNoOptions;
    record_.single = name != "all";
    record_.pooled = record_.single;
    auto read = watched                 ? add_sets(arguments[1])
                : name == "pickwrandom" ? add_weighted(arguments[0])
                                        : add_set(arguments[0], false);
    if (read && watched) read = add_check(name, arguments[0].text, options);
    if (!read) return std::unexpected(read.error());
    if (record_.members.empty()) return fail(fmt::format("{}(): it has no addresses", name));
    return std::move(record_);
  }

 private:
  Result<void> add_member(const LuaValue& value, unsigned weight, bool backup) {
    const auto address = IpAddress::parse(value.text);
    if (!address || address->is_v4() != v4_) {
      return fail(fmt::format("\"{}\" is no address of this type", value.text));
    }
    if (record_.members.size() == zone::kMaxWatchedRecords) {
      return fail(fmt::format("a pool has at most {} records", zone::kMaxWatchedRecords));
    }
    const auto known = std::ranges::find(record_.members, *address, &PdnsMember::address);
    if (known == record_.members.end()) record_.members.push_back({*address, weight, backup});
    return {};
  }

  Result<void> add_set(const LuaValue& set, bool backup) {
    for (const LuaEntry& entry : set.entries) {
      if (auto added = add_member(entry.value, 1, backup); !added) return added;
    }
    return {};
  }

  /// { 'a', 'b' }, or sets in the order of preference: { { 'a' }, { 'b' } }.
  Result<void> add_sets(const LuaValue& sets) {
    if (sets.entries.empty() || !sets.entries[0].value.is_table) return add_set(sets, false);
    for (std::size_t i = 0; i < sets.entries.size() && i < 2; ++i) {
      if (auto added = add_set(sets.entries[i].value, i == 1); !added) return added;
    }
    if (sets.entries.size() > 2) {
      record_.notes.emplace_back("a pool has two tiers; the sets after the second are left out");
    }
    return {};
  }

  /// { { 15, 'a' }, { 100, 'b' } }
  Result<void> add_weighted(const LuaValue& pairs) {
    unsigned heaviest = 1;
    for (const LuaEntry& pair : pairs.entries) {
      const auto& both = pair.value.entries;
      const auto weight =
          both.size() == 2 ? parse_number<std::uint16_t>(both[0].value.text) : std::nullopt;
      if (!weight) return fail("pickwrandom(): expected pairs of a weight and an address");
      if (auto added = add_member(both[1].value, *weight, false); !added) return added;
      heaviest = std::max<unsigned>(heaviest, *weight);
    }
    if (heaviest <= kPdnsMostWeight) return {};
    record_.notes.push_back(fmt::format("weights above {} are scaled down", kPdnsMostWeight));
    for (PdnsMember& member : record_.members) {
      if (member.weight == 0) continue;
      member.weight = std::max(1U, member.weight * kPdnsMostWeight / heaviest);
    }
    return {};
  }

  Result<void> add_check(const std::string& function, const std::string& where,
                         const LuaValue& options) {
    auto made = function == "ifurlup" ? http_check(where, options) : tcp_check(where);
    if (!made) return made;
    const unsigned interval = option_of(options, "interval", kPdnsInterval, kPdnsMostSeconds);
    const unsigned timeout = option_of(options, "timeout", kPdnsTimeout, kPdnsMostSeconds);
    Settings& check = record_.check;
    check.push_back({"interval", fmt::format("{}s", interval)});
    check.push_back({"timeout", timeout < interval ? fmt::format("{}s", timeout)
                                                   : fmt::format("{}ms", interval * 900)});
    check.push_back({"rise", "1"});
    check.push_back(
        {"fall", fmt::format("{}", option_of(options, "minimumFailures", 1, kPdnsMostFailures))});
    read_other_options(options);
    return {};
  }

  void read_other_options(const LuaValue& options) {
    for (const auto& [key, value] : options.entries) {
      if (key == "selector") {
        record_.single = value.text != "all";
        if (value.text != "all" && value.text != "random") {
          record_.notes.push_back(
              fmt::format("selector {}: one address, drawn at random", value.text));
        }
      } else if (key != "interval" && key != "timeout" && key != "minimumFailures" &&
                 key != "stringmatch" && key != "useragent" && key != "httpcode") {
        record_.notes.push_back(fmt::format("{}: Rollcall has no such setting", key));
      }
    }
  }

  Result<void> tcp_check(const std::string& port) {
    const auto number = parse_number<std::uint16_t>(port);
    if (!number || *number == 0) return fail(fmt::format("\"{}\" is no port", port));
    record_.check_name = fmt::format("tcp-{}", *number);
    record_.check = {{"type", "tcp"}, {"port", fmt::format("{}", *number)}};
    return {};
  }

  Result<void> http_check(std::string_view url, const LuaValue& options) {
    const bool tls = url.starts_with("https://");
    if (!tls && !url.starts_with("http://")) return fail(fmt::format("\"{}\" is no URL", url));
    url.remove_prefix(url.find("//") + 2);
    std::string_view host = url.substr(0, url.find('/'));
    const std::string path(url.substr(host.size(), url.find('#') - host.size()));
    const std::size_t colon = host.find(':');
    const std::string port(colon == std::string_view::npos ? "" : host.substr(colon + 1));
    host = host.substr(0, colon);
    const bool good_port = port.empty() || parse_number<std::uint16_t>(port).value_or(0) != 0;
    const bool good_path = path.empty() || is_check_path(path);
    if (!is_check_host(host) || host[0] == '[' || !good_port || !good_path) {
      return fail("expected a URL with a name, such as https://www.example.com/path");
    }
    record_.check_name = tls ? "https" : "http";
    Settings& check = record_.check;
    check.push_back({"type", record_.check_name});
    if (!port.empty()) check.push_back({"port", port});
    if (!path.empty() && path != "/") check.push_back({"path", path});
    check.push_back({"host", std::string(host)});
    if (const LuaValue* text = options.find("stringmatch"); text && is_check_text(text->text)) {
      check.push_back({"expect", literal_expect(text->text)});
    }
    if (const LuaValue* agent = options.find("useragent"); agent && is_check_text(agent->text)) {
      check.push_back({"headers", Settings{{"User-Agent", agent->text}}});
    }
    const unsigned code = option_of(options, "httpcode", 200, 599);
    check.push_back({"expect_status", fmt::format("{}", std::max(code, 200U))});
    return {};
  }

  bool v4_;
  PdnsRecord record_;
};

/// The words of a LUA record behind its owner: `60 IN LUA A "CODE" "MORE CODE"`.
struct LuaText {
  std::string ttl;
  std::string type;
  std::string code;
};
std::optional<LuaText> read_lua_text(const ZoneEntry& entry) {
  const auto& words = entry.words;
  LuaText text;
  std::size_t at = entry.first;
  for (; at < words.size() && is_ttl_or_class(words[at]); ++at) {
    if (!same_letters(words[at].text, "IN")) text.ttl = std::string(words[at].text);
  }
  if (at + 2 >= words.size() || !same_letters(words[at].text, "LUA")) return std::nullopt;
  text.type = std::string(words[at + 1].text);
  for (char& c : text.type) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (std::size_t part = at + 2; part < words.size(); ++part) {
    // In a zone file a backslash makes the next character an ordinary one.
    const std::string_view code = words[part].text;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '\\' && i + 1 < code.size()) ++i;
      text.code += code[i];
    }
  }
  return text;
}

struct LuaRecord {
  SourcePosition where;
  dns::Name owner;
  std::string text;  // for the report
  PdnsRecord record;
};

class PdnsConversion {
 public:
  explicit PdnsConversion(Target& target) : target_(target) {}

  void read_zone(const SourceFile& source) {
    const auto origin = origin_of(source);
    if (!origin) {
      return target_.left({source.name, 1, 1},
                          "which zone is it? Put $ORIGIN at its front, or name the file so");
    }
    std::vector<LuaRecord> records;
    std::string text = edit_zone(
        source, *origin, [&](const ZoneEntry& entry) { return edit_entry(entry, records); });
    if (!target_.add_whole_zone(source.name, *origin, std::move(text))) return;
    for (const LuaRecord& record : records) add_record(record);
  }

 private:
  static std::optional<dns::Name> origin_of(const SourceFile& source) {
    std::optional<dns::Name> origin;
    bool first = true;
    edit_zone(source, dns::Name(), [&](const ZoneEntry& entry) -> std::optional<std::string> {
      if (first && same_letters(entry.words[0].text, "$ORIGIN") && entry.words.size() == 2) {
        if (const auto name = dns::Name::parse(entry.words[1].text)) origin = *name;
      }
      first = first && !same_letters(entry.words[0].text, "$ORIGIN") && entry.first == 1 &&
              entry.words[0].text.starts_with('$');
      return std::nullopt;
    });
    if (origin) return origin;
    std::string name = last_part(source.name);
    if (name.starts_with("db.")) name.erase(0, 3);
    if (name.ends_with(".zone")) name.resize(name.size() - 5);
    const auto named = dns::Name::parse(name);
    return named && named->label_count() > 1 ? std::optional(*named) : std::nullopt;
  }

  std::optional<std::string> edit_entry(const ZoneEntry& entry, std::vector<LuaRecord>& records) {
    const auto lua = read_lua_text(entry);
    if (!lua) return std::nullopt;
    const std::string text = fmt::format("{} LUA {}", entry.owner.to_display(), lua->type);
    const auto refuse = [&](std::string_view why) {
      target_.left(entry.where, fmt::format("{}: {}", text, why));
      return "; a LUA record that was not taken over";
    };
    if (lua->type != "A" && lua->type != "AAAA") return refuse("a pool has A and AAAA records");
    const auto call = read_lua_call(lua->code);
    if (!call) return refuse("code other than one call with literal arguments");
    auto record = PdnsReader(lua->type).read(*call);
    if (!record) return refuse(record.error().message);
    std::string lines;
    for (const PdnsMember& member : record->members) {
      lines += lines.empty() ? "" : "\n";
      lines += record_line(entry.owner, lua->ttl, lua->type, member.address.to_string());
    }
    records.push_back({entry.where, entry.owner, text + " " + call->function, std::move(*record)});
    return lines;
  }

  void add_record(const LuaRecord& lua) {
    const PdnsRecord& record = lua.record;
    for (const std::string& note : record.notes) target_.left(lua.where, lua.text + ": " + note);
    if (!record.pooled) return target_.taken(lua.where, lua.text + ": records");
    const std::string check = record.check_name.empty()
                                  ? target_.add_always_up()
                                  : target_.add_check(record.check_name, record.check);
    if (const std::string why = target_.why_no_pool(lua.owner); !why.empty()) {
      return target_.left(lua.where, fmt::format("{}: {}", lua.text, why));
    }
    const bool fresh = !target_.has_pool(lua.owner);
    TargetPool& pool = target_.pool(lua.owner, lua.where);
    if (fresh) {
      pool.checks.push_back(check);
      if (record.single) pool.settings.push_back({"max_answers", "1"});
    } else if (pool.checks[0] != check) {
      target_.left(lua.where, fmt::format("{}: the name has a pool with the check {} already",
                                          lua.text, pool.checks[0]));
    }
    for (const PdnsMember& one : record.members) {
      Settings& member = pool.members[one.address];
      if (!member.empty()) continue;  // by an earlier record
      if (one.backup) member.push_back({"tier", "backup"});
      if (one.weight != 1) member.push_back({"weight", fmt::format("{}", one.weight)});
    }
    target_.taken(lua.where, fmt::format("{}: a pool with the check {}", lua.text, pool.checks[0]));
  }

  Target& target_;
};

}  // namespace

void convert_pdns_lua(Shelf& shelf, Target& target) {
  PdnsConversion conversion(target);
  for (const SourceFile* source : shelf.unused()) {
    shelf.use(*source);
    conversion.read_zone(*source);
  }
}

}  // namespace rollcall::convert
