#!/bin/sh
# placed.sh PROCESSORS NICENESS COMMAND...: runs the command on these processors at this niceness.
# Where the kernel shares the processor among sessions (autogroup), niceness counts within a session alone, and that of
# the session is set apart: by the process that leads it. Any other would slow its caller down, and for good.
processors=$1
niceness=$2
shift 2
session=$(cut -d ' ' -f 6 "/proc/$$/stat")
if [ "$niceness" -gt 0 ] && [ "$session" = "$$" ] && [ -w /proc/self/autogroup ]; then
  echo "$niceness" 2>/dev/null >/proc/self/autogroup || true
fi
exec taskset -c "$processors" nice -n "$niceness" "$@"
