#include "config/control_path.hpp"

#include "config/options.hpp"
#include "config/sections.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::config {

Result<std::string> control_socket_of(const std::string& text, const std::string& file) {
  yaml::Report report(file);
  const std::optional<yaml::Value> root = yaml::read_document(text, report);
  if (!root) return fail(to_string(report.take().front()));
  ControlOptions options;
  if (!root->is_map()) return options.socket;
  for (const yaml::Entry& entry : root->entries()) {
    if (entry.key == "control") read_control(entry.value, options);
  }
  if (options.socket.empty()) return fail(file + ": control.socket is not a path");
  return options.socket;
}

}  // namespace rollcall::config
