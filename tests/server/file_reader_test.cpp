#include "server/file_reader.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "temporary_folder.hpp"

namespace rollcall::server {
namespace {

class Folder : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path();
};

TEST_F(Folder, GivesEveryOctet) {
  std::string large(700'001, 'x');
  large[5] = '\0';
  EXPECT_EQ(read_text_file(write("large", large)).value(), large);
  EXPECT_EQ(read_text_file(write("empty", "")).value(), "");
}

TEST_F(Folder, SaysWhyNot) {
  const std::string missing = (path_ / "missing").string();
  EXPECT_EQ(read_text_file(missing).error().message, missing + ": No such file or directory");
  EXPECT_EQ(read_text_file(path_.string()).error().message, path_.string() + ": Is a directory");
}

TEST_F(Folder, ALimitHoldsForFilesWithoutASizeToo) {
  const std::string file = write("four", "1234");
  EXPECT_EQ(read_text_file(file, 4).value(), "1234");
  EXPECT_EQ(read_text_file(file, 3).error().message, file + ": larger than 3 octets");
  EXPECT_EQ(read_text_file("/dev/zero", 1000).error().message,
            "/dev/zero: larger than 1000 octets");
}

TEST_F(Folder, IncludesStandBesideTheirZone) {
  const std::string zone = write("zones/db", "zone");
  write("zones/more/part", "part");
  const std::string elsewhere = write("elsewhere", "else");
  const zone::ReadFile read = reader_beside(zone);
  EXPECT_EQ(read(zone).value(), "zone");
  EXPECT_EQ(read("more/part").value(), "part");
  EXPECT_EQ(read(elsewhere).value(), "else");
  EXPECT_FALSE(read("nothing"));
}

TEST(ServicePort, KnowsWhatTheMachineKnows) {
  EXPECT_FALSE(find_service_port("no-such-service-here"));
  EXPECT_FALSE(find_service_port(""));
  if (std::filesystem::exists("/etc/services")) {
    EXPECT_EQ(find_service_port("smtp"), 25);
    EXPECT_EQ(find_service_port("pop3"), 110);
  }
}

}  // namespace
}  // namespace rollcall::server
