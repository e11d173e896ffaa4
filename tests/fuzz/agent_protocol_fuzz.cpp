/// What an agent and a nameserver say to each other, as text.
#include <cstdint>
#include <string_view>

#include "agent_link/agent_protocol.hpp"
#include "core/printable.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rollcall;
  using fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const auto report = agent_link::read_restart_report(text);
  require(report || !report.error().message.empty(), "a refused report has a reason");
  if (report) {
    require(report->output.size() <= agent_link::kReportTextLimit, "its texts are bounded");
    if (report->unit) {
      require(report->unit->journal.size() <= agent_link::kReportTextLimit, "a journal, too");
      require(rollcall::is_printable(report->unit->result), "its words are one line");
    }
  }
  static_cast<void>(agent_link::read_watch_begun(text));
  const std::string quoted = agent_link::quote_foreign(text);
  require(quoted.size() >= 2 && quoted.front() == '"' && quoted.back() == '"', "it is quoted");
  require(quoted.find('\n') == std::string::npos, "it is one line");
  if (const auto service = agent_link::read_service_request(text)) {
    require(agent_link::read_service_request(agent_link::service_request(*service)).has_value(),
            "what is asked is read");
  }
  return 0;
}
