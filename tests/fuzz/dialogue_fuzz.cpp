/// What mail servers and others say to a check: dialogues and scripts end, in whatever pieces the
/// member speaks, and an expectation is not met by a line that is not whole where it must be.
#include <string>
#include <string_view>

#include "health/mail_dialogue.hpp"
#include "health/script.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

/// Plays to the end: the member says `said` in pieces, then closes.
template <class Dialogue>
bool plays(Dialogue& dialogue, std::string_view said, std::size_t size) {
  using Next = typename Dialogue::Next;
  const std::size_t most = said.size() + 64;
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= most, "it ends");
    switch (dialogue.next()) {
      case Next::done:
        return true;
      case Next::failed:
        require(!dialogue.failure().empty(), "it says why");
        return false;
      case Next::send:
        require(dialogue.line().ends_with("\r\n"), "what is sent is a line");
        break;
      case Next::receive:
        static_cast<void>(dialogue.pending());
        if (said.empty()) {
          dialogue.ended();
        } else {
          dialogue.received(said.substr(0, size));
          said.remove_prefix(std::min(size, said.size()));
        }
    }
  }
}

}  // namespace

/// @param data the size of the pieces, then what the member says
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using enum health::ScriptStep::Kind;
  using health::TextPattern;
  if (size < 1) return 0;
  const std::string_view said(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1U + data[0];
  for (const auto protocol :
       {health::MailProtocol::smtp, health::MailProtocol::imap, health::MailProtocol::pop3}) {
    using Part = health::MailDialogue::Part;
    for (const Part part : {Part::wait, Part::greeting, Part::starttls, Part::farewell}) {
      health::MailDialogue dialogue(protocol, part);
      plays(dialogue, said, piece);
      require(dialogue.greeting().size() <= said.size(), "a greeting is what was said");
    }
  }
  static const std::vector<health::ScriptStep> steps{
      {expect, "^220"}, {send, "A"}, {expect, *TextPattern::regex("^2.0")}, {expect, "bye$"}};
  static const TextPattern nothing;
  static const TextPattern reject("^5");
  for (const TextPattern* const rejected : {&nothing, &reject}) {
    health::Script whole(steps, *rejected);
    health::Script pieces(steps, *rejected);
    // Where something is rejected, what comes behind the last line that counts may be in the piece.
    const bool one = plays(whole, said, size);
    const bool other = plays(pieces, said, piece);
    require(one == other || rejected == &reject, "pieces change nothing");
  }
  return 0;
}
