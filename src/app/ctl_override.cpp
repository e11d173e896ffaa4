#include "app/ctl_override.hpp"

#include <boost/json.hpp>

#include "core/printable_json.hpp"

namespace rollcall::app {
namespace {

void add_given(boost::json::object& object, const char* key,
               const std::optional<std::string>& word) {
  if (word) object[key] = *word;
}

}  // namespace

std::string override_line(const char* command, const OverrideArguments& arguments) {
  boost::json::object object{{"command", command}};
  if (!arguments.members.empty()) {
    object["members"] = boost::json::value_from(arguments.members);
  }
  add_given(object, "pool", arguments.pool);
  add_given(object, "for", arguments.lasts);
  add_given(object, "reason", arguments.reason);
  if (arguments.force) object["force"] = true;
  return printable_json(std::move(object));
}

std::string status_line(const StatusArguments& arguments) {
  boost::json::object object{{"command", "status"}};
  add_given(object, "zone", arguments.zone);
  add_given(object, "pool", arguments.pool);
  add_given(object, "state", arguments.state);
  return printable_json(std::move(object));
}

std::string normal_line(const std::string& state, const OverrideArguments& arguments) {
  boost::json::object object{{"command", "normal"}, {"on", state == "on"}};
  add_given(object, "for", arguments.lasts);
  return printable_json(std::move(object));
}

}  // namespace rollcall::app
