#include "api/override_request.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/request_fields.hpp"
#include "core/printable.hpp"
#include "core/wildcard.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxPattern = 255;  // octets; what it is held against is hardly longer

Result<Duration> time_at(const json::object& object, std::string_view key) {
  const Result<std::string> text = text_at(object, key);
  if (!text) return std::unexpected(text.error());
  const std::optional<Duration> time = parse_duration(*text);
  if (!time) return fail(fmt::format("invalid duration \"{}\"; use 30m, 2h or 1d", *text));
  if (*time <= Duration::zero() || *time > pool::kMaxOverrideTime) {
    return fail(fmt::format("invalid duration \"{}\": it must be above zero and at most {}", *text,
                            format_duration(pool::kMaxOverrideTime)));
  }
  return *time;
}

/// An address, the name of an exchange or a pool, or a pattern.
Result<pool::MemberName> read_member(const std::string& text) {
  if (const auto address = IpAddress::parse(text)) return *address;
  if (is_wildcard(text)) {
    if (text.size() <= kMaxPattern && is_printable(text)) {
      return pool::MemberPattern{text};
    }
    return fail(fmt::format("invalid pattern \"{}\"", text));
  }
  const Result<dns::Name> name = dns::Name::parse(text);
  if (name) return *name;
  return fail(
      fmt::format("invalid member \"{}\": expected an IP address, the name of an exchange or a "
                  "pool, or a pattern ({})",
                  text, name.error().message));
}

/// "member", a string; or "members", a list of them; or neither, with a pool.
Result<std::vector<pool::MemberName>> members_at(const json::object& object) {
  std::vector<pool::MemberName> members;
  const auto add = [&members](const std::string& text) -> Result<void> {
    Result<pool::MemberName> member = read_member(text);
    if (!member) return std::unexpected(member.error());
    members.push_back(std::move(*member));
    return {};
  };
  if (object.contains("member")) {
    const Result<std::string> text = text_at(object, "member");
    if (!text) return std::unexpected(text.error());
    if (auto added = add(*text); !added) return std::unexpected(added.error());
  }
  if (const json::value* list = object.if_contains("members")) {
    const json::array* items = list->if_array();
    if (items == nullptr) return fail("\"members\" must be a list of strings");
    for (const json::value& item : *items) {
      const json::string* text = item.if_string();
      if (text == nullptr) return fail("\"members\" must be a list of strings");
      if (auto added = add({text->data(), text->size()}); !added) {
        return std::unexpected(added.error());
      }
    }
  }
  if (members.size() > pool::kMaxNamedMembers) {
    return fail(
        fmt::format("more than {} members; use a pattern or --pool", pool::kMaxNamedMembers));
  }
  if (members.empty() && !object.contains("pool")) {
    return fail("the request needs \"member\", \"members\" or \"pool\"");
  }
  return members;
}

Result<std::string> reason_at(const json::object& object) {
  Result<std::string> text = text_at(object, "reason");
  if (!text) return text;
  if (text->size() > pool::kMaxOverrideReason) {
    return fail(fmt::format("the reason is longer than {} octets", pool::kMaxOverrideReason));
  }
  if (!is_printable(*text)) {
    return fail("the reason has a control character: it must be one line of text");
  }
  return text;
}

}  // namespace

Result<pool::OverrideWanted> read_override(const json::object& object, pool::OverrideKind kind) {
  if (auto error = foreign_key(object, {"member", "members", "pool", "for", "reason", "force"})) {
    return std::unexpected(*error);
  }
  auto members = members_at(object);
  if (!members) return std::unexpected(members.error());
  pool::OverrideWanted request{.members = std::move(*members), .kind = kind};
  if (object.contains("pool")) {
    const Result<dns::Name> pool = name_at(object, "pool");
    if (!pool) return std::unexpected(pool.error());
    request.pool = *pool;
  }
  if (object.contains("for")) {
    const Result<Duration> time = time_at(object, "for");
    if (!time) return std::unexpected(time.error());
    if (kind == pool::OverrideKind::automatic) {
      return fail("auto does not expire: it takes no \"for\"");
    }
    request.lasts = *time;
  }
  if (object.contains("reason")) {
    const Result<std::string> reason = reason_at(object);
    if (!reason) return std::unexpected(reason.error());
    request.reason = *reason;
  }
  if (object.contains("force")) {
    const Result<bool> force = flag_at(object, "force");
    if (!force) return std::unexpected(force.error());
    request.force = *force;
  }
  return request;
}

Result<pool::NormalWanted> read_normal(const json::object& object) {
  if (auto error = foreign_key(object, {"on", "for"})) return std::unexpected(*error);
  if (!object.contains("on")) return fail("the request needs \"on\"");
  const Result<bool> on = flag_at(object, "on");
  if (!on) return std::unexpected(on.error());
  pool::NormalWanted request{.on = *on};
  if (!object.contains("for")) return request;
  if (!*on) return fail("normal off does not expire: it takes no \"for\"");
  const Result<Duration> time = time_at(object, "for");
  if (!time) return std::unexpected(time.error());
  request.lasts = *time;
  return request;
}

json::object to_object(const pool::OverrideWanted& request) {
  json::object object;
  if (request.members.size() == 1) {
    object["member"] = pool::to_display(request.members[0]);
  } else if (!request.members.empty()) {
    json::array members;
    for (const pool::MemberName& member : request.members) {
      members.push_back(json::value_from(pool::to_display(member)));
    }
    object["members"] = std::move(members);
  }
  if (request.pool) object["pool"] = request.pool->to_display();
  if (request.lasts) object["for"] = format_duration(*request.lasts);
  if (!request.reason.empty()) object["reason"] = request.reason;
  if (request.force) object["force"] = true;
  return object;
}

json::object to_object(const pool::NormalWanted& request) {
  json::object object{{"on", request.on}};
  if (request.lasts) object["for"] = format_duration(*request.lasts);
  return object;
}

}  // namespace rollcall::api
