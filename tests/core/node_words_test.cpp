#include "core/node_words.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

using State = NodeWords::State;

TEST(NodeWords, Table) {
  const std::pair<const char*, NodeWords> rows[] = {
      {"", {State::none, {}}},
      {"# up", {State::none, {}}},
      {"up", {State::up, {}}},
      {"READY,75%\n", {State::up, 75}},
      {"up 250%", {State::up, 100}},
      {"maxconn:30", {State::up, {}}},
      {"drain up", {State::drain, {}}},
      {"0%", {State::drain, 0}},
      {"maint # disk", {State::drain, {}}},
      {"drain down", {State::down, {}}},
      {"up\ndown", {State::up, {}}},
      {"drian", {State::unknown, {}}},
      {"down -5%", {State::unknown, {}}},
  };
  for (const auto& [text, words] : rows) EXPECT_EQ(read_node_words(text), words) << text;
}

}  // namespace
}  // namespace rollcall
