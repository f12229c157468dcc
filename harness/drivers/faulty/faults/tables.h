// The tables of faults.
#pragma once

#include <vector>

#include "fault.h"

namespace psq::faulty {

[[nodiscard]] std::vector<Fault> beside_faults();
[[nodiscard]] std::vector<Fault> failure_faults();
[[nodiscard]] std::vector<Fault> failure_pipe_faults();
[[nodiscard]] std::vector<Fault> interruption_faults();
[[nodiscard]] std::vector<Fault> pipe_order_faults();
[[nodiscard]] std::vector<Fault> pipe_message_faults();
[[nodiscard]] std::vector<Fault> pipe_send_faults();
[[nodiscard]] std::vector<Fault> pipe_send_bytes_faults();
[[nodiscard]] std::vector<Fault> pipe_recv_faults();
[[nodiscard]] std::vector<Fault> pipe_recv_bytes_faults();
[[nodiscard]] std::vector<Fault> pipe_recv_bytes_into_faults();
[[nodiscard]] std::vector<Fault> pipe_poll_faults();
[[nodiscard]] std::vector<Fault> pipe_wait_faults();
[[nodiscard]] std::vector<Fault> pipe_create_faults();
[[nodiscard]] std::vector<Fault> pipe_close_faults();
[[nodiscard]] std::vector<Fault> pipe_send_connection_faults();
[[nodiscard]] std::vector<Fault> process_children_faults();
[[nodiscard]] std::vector<Fault> process_hygiene_faults();
[[nodiscard]] std::vector<Fault> process_life_faults();
[[nodiscard]] std::vector<Fault> queue_put_faults();
[[nodiscard]] std::vector<Fault> queue_get_faults();
[[nodiscard]] std::vector<Fault> queue_item_faults();
[[nodiscard]] std::vector<Fault> queue_state_faults();
[[nodiscard]] std::vector<Fault> queue_close_faults();
[[nodiscard]] std::vector<Fault> queue_end_faults();
[[nodiscard]] std::vector<Fault> joinable_queue_faults();
[[nodiscard]] std::vector<Fault> serializing_faults();
[[nodiscard]] std::vector<Fault> simple_queue_faults();
[[nodiscard]] std::vector<Fault> rare_faults();

inline constexpr std::vector<Fault> (*kTables[])() = {
    beside_faults,
    failure_faults,
    failure_pipe_faults,
    interruption_faults,
    pipe_order_faults,
    pipe_message_faults,
    pipe_send_faults,
    pipe_send_bytes_faults,
    pipe_recv_faults,
    pipe_recv_bytes_faults,
    pipe_recv_bytes_into_faults,
    pipe_poll_faults,
    pipe_wait_faults,
    pipe_create_faults,
    pipe_close_faults,
    pipe_send_connection_faults,
    process_children_faults,
    process_hygiene_faults,
    process_life_faults,
    queue_put_faults,
    queue_get_faults,
    queue_item_faults,
    queue_state_faults,
    queue_close_faults,
    queue_end_faults,
    joinable_queue_faults,
    serializing_faults,
    simple_queue_faults,
    rare_faults,
};

}  // namespace psq::faulty
