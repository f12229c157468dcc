// psq: queues and pipes between processes, after Python's multiprocessing. All of the library;
// types that need cereal to travel need psq/codec_cereal.h beside it.
//
//   psq::Queue<Job> jobs{{.maxsize = 100}};
//   psq::Process worker{[&] { handle(jobs.get()); }};
//   jobs.put(job, 200ms);

#pragma once

#include "psq/joinable_queue.h"
#include "psq/pipe.h"
#include "psq/process.h"
#include "psq/simple_queue.h"
#include "psq/until.h"
