#include "convert/conversion.hpp"

#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

TEST(Conversion, KnowsItsFormats) {
  EXPECT_EQ(parse_format("phonax"), Format::phonax);
  EXPECT_EQ(parse_format("pdns-lua"), Format::pdns_lua);
  EXPECT_EQ(parse_format("tinydns"), std::nullopt);
}

TEST(Conversion, ReportsInTheOrderOfTheFiles) {
  Conversion conversion;
  conversion.report = {{{"b", 2, 1}, true, "x"}, {{"a", 0, 0}, false, "y\n\x1b"}};
  EXPECT_EQ(report_text(conversion),
            "b:2:1: taken over: x\na: NOT taken over: y\\n\\x1b\n1 taken over, 1 not\n");
}

TEST(Conversion, NeedsAZone) {
  for (const Format format :
       {Format::phonax, Format::gdnsd, Format::bind, Format::route53, Format::pdns_lua}) {
    const auto made = convert_files(format, {});
    EXPECT_EQ(yaml_of(made), "error: none of the files gives a zone that could be served\n");
  }
}

}  // namespace
}  // namespace rollcall::convert
