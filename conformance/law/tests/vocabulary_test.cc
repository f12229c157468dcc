// The tables of spec/operations.md and spec/outcomes.md, as C++ has them.
#include "law/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "law/clause.h"

namespace psq::conformance {
namespace {

TEST(Vocabulary, NamesAndEnumeratorsMeanEachOther) {
  for (const auto& [name, value] : names_of<Operation>()) {
    EXPECT_EQ(to_string(value), name);
    EXPECT_EQ(operation_from(name), value);
  }
  for (const auto& [name, value] : names_of<Outcome>()) EXPECT_EQ(outcome_from(name), value);
  EXPECT_EQ(outcome_from("splendid"), std::nullopt);
}

TEST(Vocabulary, ARowIsThatOfItsType) {
  const OperationRow* timed = find_operation(ObjectType::kQueue, Operation::kGet);
  const OperationRow* simple = find_operation(ObjectType::kSimpleQueue, Operation::kGet);
  ASSERT_NE(timed, nullptr);
  ASSERT_NE(simple, nullptr);
  EXPECT_TRUE(timed->fields.contains(Field::kTimeout));
  EXPECT_TRUE(timed->outcomes.contains(Outcome::kEmpty));
  EXPECT_FALSE(simple->fields.contains(Field::kTimeout));
  EXPECT_FALSE(simple->outcomes.contains(Outcome::kEmpty));
  EXPECT_EQ(find_operation(ObjectType::kConnection, Operation::kGet), nullptr);
}

TEST(Vocabulary, EveryOperationMayEndAsEveryOneMay) {
  for (const OperationRow& row : operation_rows()) {
    EXPECT_TRUE(row.outcomes.contains(Outcome::kOk)) << to_string(row.operation);
    EXPECT_TRUE(row.outcomes.contains(Outcome::kKilled)) << to_string(row.operation);
  }
}

TEST(Vocabulary, EverySectionOfAnOperationHasClauses) {
  for (const auto& [type_name, type] : names_of<ObjectType>()) {
    for (const auto& [name, operation] : names_of<Operation>()) {
      for (const std::string_view section : sections_of(type, operation)) {
        const bool there = std::ranges::any_of(clauses(), [&](const Clause& clause) {
          return clause.id.starts_with(std::string{section} + ".");
        });
        EXPECT_TRUE(there) << type_name << "." << name << ": " << section;
      }
    }
  }
  EXPECT_TRUE(sections_of(ObjectType::kProcess, Operation::kRun).empty());
  ASSERT_FALSE(sections_of(ObjectType::kSimpleQueue, Operation::kEmpty).empty());
  EXPECT_EQ(sections_of(ObjectType::kSimpleQueue, Operation::kEmpty).front(), "simple-queue.empty");
}

TEST(Vocabulary, WhatIsCreatedHasATypeInTheHello) {
  EXPECT_EQ(type_of(CreatedType::kPipe), ObjectType::kConnection);
  EXPECT_EQ(type_of(CreatedType::kSimpleQueue), ObjectType::kSimpleQueue);
}

TEST(Vocabulary, AHistoryTellsFewerOutcomesApart) {
  EXPECT_EQ(in_history(Outcome::kKilled), history::Result::kPending);
  EXPECT_EQ(in_history(Outcome::kWrongType), history::Result::kRefused);
  EXPECT_EQ(in_history(Operation::kRecvBytes), history::Operator::kGet);
  EXPECT_EQ(in_history(Operation::kSpawn), std::nullopt);
  EXPECT_EQ(name_of(history::Result::kPending), "crashed");
  EXPECT_EQ(name_of(history::Operator::kPut), "put");
}

TEST(Vocabulary, ControllersHaveOutcomesOfTheirOwn) {
  EXPECT_FALSE(sent_by_drivers(Outcome::kCrashed));
  EXPECT_FALSE(sent_by_drivers(Outcome::kKilled));
  EXPECT_TRUE(sent_by_drivers(Outcome::kBadRequest));
  EXPECT_TRUE(is_normal(Ending::kRaise));
  EXPECT_FALSE(is_normal(Ending::kExitNow));
}

}  // namespace
}  // namespace psq::conformance
