#include "alert/named_fields.hpp"

#include <gmock/gmock.h>

#include "alert/sample_notices.hpp"

namespace rollcall::alert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FieldValues sample_values() {
  FieldValues values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = "value " + std::to_string(i);
  values[1] = "say \"{body}\" & \\ \n end";  // subject
  values[9] = "-rf";                         // pool
  return values;
}

TEST(NamedFields, AreFilledInOnce) {
  EXPECT_EQ(filled("{nameserver}: {subject}", sample_values(), Escape::none),
            "value 0: say \"{body}\" & \\ \n end");
  EXPECT_EQ(filled("{\"a\": {\"b\": \"{kind}\"}} {other} {", sample_values(), Escape::none),
            "{\"a\": {\"b\": \"value 3\"}} {other} {");
}

TEST(NamedFields, AreEscapedForTheText) {
  EXPECT_EQ(filled(R"({"text":"{subject}"})", sample_values(), Escape::json),
            R"({"text":"say \"{body}\" & \\ \n end"})");
  EXPECT_EQ(filled("text={subject}", sample_values(), Escape::form),
            "text=say%20%22%7Bbody%7D%22%20%26%20%5C%20%0A%20end");
}

TEST(NamedFields, OfABatchAreThoseOfTheGravest) {
  Batch batch{.id = "7", .at = kNow};
  batch.told = {comeback("b.example.com", "192.0.2.2"), fall("a.example.com", "192.0.2.1")};
  const FieldValues values = field_values(batch, "ns1");
  EXPECT_THAT(
      values,
      ElementsAre("ns1", "[ns1] a.example.com: 192.0.2.1 is down: connection refused; and 1 more",
                  HasSubstr("b.example.com"), "dropped", "warning", "firing", "2",
                  "2023-11-14T22:13:20.000Z", "7", "a.example.com", "192.0.2.1"));
}

TEST(NamedFields, UnknownOnesAreFound) {
  const auto unknown = find_unknown_field(R"({"a":"{sbuject}"})");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->offset, 6U);
  EXPECT_EQ(unknown->message, "unknown field {sbuject}, did you mean {subject}?");
  EXPECT_FALSE(find_unknown_field(R"({"a":"{subject}", "b": {}})"));
}

TEST(NamedFields, JsonIsChecked) {
  EXPECT_FALSE(find_json_fault(R"({"text": "{subject}", "n": {count}})"));
  const auto fault = find_json_fault("{\"text\": \"{subject}\",\n  x}");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, 24U);
  EXPECT_THAT(fault->message, HasSubstr("not JSON"));
  EXPECT_TRUE(find_json_fault(R"({"text": "{subject}")"));
  EXPECT_TRUE(find_json_fault("{} {}"));
  EXPECT_TRUE(find_json_fault(R"({"text": {subject}})"));  // only {count} is a number
}

TEST(NamedFields, NoValueBecomesAnOption) {
  EXPECT_THAT(filled_command({"/bin/page", "{pool}", "--to={pool}", "x{pool}", "-v", "{kind}"},
                             sample_values()),
              ElementsAre("/bin/page", " -rf", "--to=-rf", "x-rf", "-v", "value 3"));
  EXPECT_THAT(filled_command({"/bin/page", "{pool}-x"}, FieldValues{}),
              ElementsAre("/bin/page", " -x"));
}

std::string fault_of(const std::vector<std::string>& command, std::size_t index) {
  return argument_fault(command, index).value_or("");
}

TEST(NamedFields, CommandsThatLetAValueRunAreRefused) {
  EXPECT_EQ(fault_of({"/bin/page", "-s", "{subject}", "--text={body}", "{kind}"}, 2), "");
  EXPECT_EQ(fault_of({"/bin/page", "--text={body}"}, 1), "");
  EXPECT_THAT(fault_of({"/bin/{kind}"}, 0), HasSubstr("what is run"));
  EXPECT_THAT(fault_of({"/bin/page", "-{kind}"}, 1), HasSubstr("would become an option"));
  EXPECT_THAT(fault_of({"/bin/page", "--{kind}=1"}, 1), HasSubstr("would become an option"));
  EXPECT_THAT(fault_of({"/bin/page", "-s{kind}"}, 1), HasSubstr("would become an option"));
  EXPECT_THAT(fault_of({"/bin/sh", "-c", "page {subject}"}, 2), HasSubstr("part of the script"));
  EXPECT_THAT(fault_of({"/usr/bin/env", "{kind}"}, 1), HasSubstr("part of the script"));
  EXPECT_THAT(fault_of({"/usr/bin/perl", "-we", "{body}"}, 2), HasSubstr("part of the script"));
  EXPECT_EQ(fault_of({"/bin/sh", "-c", "page \"$1\"", "page", "{subject}"}, 4), "");
  EXPECT_THAT(fault_of({"/bin/page", "{subjekt}"}, 1), HasSubstr("did you mean {subject}?"));
}

}  // namespace
}  // namespace rollcall::alert
