#include "alert/batch_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alert/matters.hpp"
#include "core/counted.hpp"
#include "core/printable.hpp"

namespace rollcall::alert {
namespace {

std::string missed_line(const Missed& missed) {
  return fmt::format("{} not delivered, {} to {}",
                     counted(missed.count, "earlier alert was", "earlier alerts were"),
                     date_and_time(missed.from), date_and_time(missed.to));
}

void add(std::string& text, std::string_view label, std::string_view value) {
  while (!value.empty() && value.back() == '\n') value.remove_suffix(1);
  if (value.empty()) return;
  text += fmt::format("  {:<8}", label);
  for (;;) {
    const std::size_t end = value.find('\n');
    text.append(value.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    value.remove_prefix(end + 1);
    text += "          ";
  }
}

/// The command that serves all members of a matter.
std::string command_of(const Matter& matter) {
  const Told& first = *matter.told.front();
  if (matter.told.size() == 1) return first.command;
  if (first.command.starts_with("rollcallctl status")) return "rollcallctl status --state down";
  return first.command;
}

std::string paragraph(const Matter& matter) {
  const Told& first = *matter.told.front();
  WallTime since = first.first;
  WallTime until = first.at;
  for (const Told* told : matter.told) {
    since = std::min(since, told->first);
    until = std::max(until, told->at);
  }
  std::string text = matter.line + "\n";
  add(text, "among:", matter.among);
  if (since != until) {
    add(text, "when:", date_and_time(since) + " to " + date_and_time(until));
  } else {
    add(text, first.course == pool::Course::begins ? "since:" : "when:", date_and_time(since));
  }
  if (matter.told.size() == 1 && first.lasted) {
    add(text, "lasted:",
        format_duration(std::max<Duration>(
            std::chrono::seconds(1), std::chrono::round<std::chrono::seconds>(*first.lasted))));
  }
  const bool quoted = first.kind.starts_with("restart") || first.kind.starts_with("zone") ||
                      first.kind.starts_with("secondary");
  const std::string each = matter.told.size() > 1 ? "each: " : "";
  if (!first.detail.empty()) add(text, quoted ? "detail:" : "done:", each + first.detail);
  if (!first.next.empty()) add(text, "next:", each + first.next);
  add(text, "to act:", command_of(matter));
  return text;
}

void add_rest(std::string& text, const Batch& batch) {
  const auto blank_line = [&text] { text += text.empty() ? "" : "\n"; };
  for (const auto& [kind, count] : batch.more) {
    blank_line();
    text += fmt::format("only counted: {} more of the kind \"{}\"\n", count, printable(kind));
  }
  if (batch.missed.count == 0) return;
  blank_line();
  text += fmt::format("{}:\n", missed_line(batch.missed));
  for (const std::string& line : batch.missed.lines) text += "  " + line + "\n";
  if (batch.missed.count > batch.missed.lines.size()) {
    text += fmt::format("  and {} more\n", batch.missed.count - batch.missed.lines.size());
  }
}

}  // namespace

std::string subject_of(const Batch& batch, const std::string& nameserver) {
  const std::vector<Matter> matters = matters_of(batch);
  std::string line;
  if (matters.empty()) {
    line = batch.missed.count != 0 ? missed_line(batch.missed)
                                   : counted(count_of(batch), "alert", "alerts");
  } else {
    std::size_t others = matters.size() - 1;
    for (const auto& [kind, count] : batch.more) others += count;
    const std::string rest = others > 0 ? fmt::format("; and {} more", others) : "";
    const std::string start = fmt::format("[{}] {}", nameserver, batch.reminder ? "still: " : "");
    const std::size_t room =
        kSubjectLimit - std::min(kSubjectLimit / 2, start.size() + rest.size());
    return printable(start + shortened(matters.front().line, room) + rest);
  }
  return printable(shortened(fmt::format("[{}] {}", nameserver, line), kSubjectLimit));
}

std::string body_of(const Batch& batch, const std::string& nameserver) {
  const std::vector<Matter> matters = matters_of(batch);
  std::string text;
  if (batch.reminder) text += "A reminder: this is not over.\n\n";
  if (batch.summary) {
    text += fmt::format("A summary of {}: the limit of messages an hour has held it back.\n\n",
                        counted(count_of(batch), "alert", "alerts"));
  }
  std::size_t shown = 0;
  for (const Matter& matter : matters) {
    const std::string next = paragraph(matter);
    if (shown == kMattersShown || text.size() + next.size() > kBodyLimit - 8192) break;
    text += (shown++ == 0 ? "" : "\n") + next;
  }
  if (shown < matters.size()) text += fmt::format("\nand {} more\n", matters.size() - shown);
  add_rest(text, batch);
  text += fmt::format("\nnameserver {}, {}\n", printable(nameserver), date_and_time(batch.at));
  return text;
}

}  // namespace rollcall::alert
