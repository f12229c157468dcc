#!/bin/sh
# placed.sh PROCESSORS NICENESS COMMAND...: runs the command on these processors at this niceness.
# Where the kernel shares the processor among sessions (autogroup), niceness counts within a session alone, and that of
# the session is set apart.
processors=$1
niceness=$2
shift 2
if [ "$niceness" -gt 0 ] && [ -w /proc/self/autogroup ]; then
  echo "$niceness" 2>/dev/null >/proc/self/autogroup || true
fi
exec taskset -c "$processors" nice -n "$niceness" "$@"
