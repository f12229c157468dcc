// psq: queues and pipes between processes, after Python's multiprocessing.
//
// Includes the whole library but psq/codec_cereal.h, which types that travel through cereal need.
//
//   psq::Queue<Job> jobs{{.maxsize = 100}};
//   psq::Process worker{[&] { handle(jobs.get()); }};
//   jobs.put(job, 200ms);

#pragma once

#include "psq/interruptible.h"
#include "psq/joinable_queue.h"
#include "psq/loan.h"
#include "psq/pipe.h"
#include "psq/process.h"
#include "psq/simple_queue.h"
#include "psq/until.h"
#include "psq/version.h"
