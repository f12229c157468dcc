// The deliberate faults: what each enumerator of fault_seam.h is called, which clause it breaks,
// and how. One table for each page of the law; the order within them means nothing.

#ifndef PSQ_SRC_FAULTS_TABLES_H_
#define PSQ_SRC_FAULTS_TABLES_H_

#ifdef PSQ_FAULTS

#include <span>

#include "psq/fault.h"
#include "src/fault_seam.h"

namespace psq::detail {

struct FaultRow {
  Fault fault;
  FaultInfo info;
};

std::span<const FaultRow> failure_faults() noexcept;
std::span<const FaultRow> joinable_queue_faults() noexcept;
std::span<const FaultRow> queue_faults() noexcept;
std::span<const FaultRow> rare_faults() noexcept;
std::span<const FaultRow> simple_queue_faults() noexcept;

}  // namespace psq::detail

#endif  // PSQ_FAULTS

#endif  // PSQ_SRC_FAULTS_TABLES_H_
