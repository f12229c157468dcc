# Functions for ci/test and ci/conformance, which source this file. Sets `root`, `script` and `jobs`.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=ci/$(basename "$0")
jobs=$(nproc)

say() { printf '%s: %s\n' "$script" "$*"; }

# Prints the last line of the script, its verdict, and exits with the status in the second argument.
verdict() {
  say "$1"
  exit "$2"
}

# quietly LOG COMMAND...: writes the output to a log, and its end to the screen when the command fails.
quietly() {
  local log=$root/build/logs/$1.log
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    say "failed: $* (whole log: $log)" >&2
    return 1
  fi
}

# build PRESET [TARGET...]: configures, and builds the targets or everything, in the folder of the preset.
build() {
  local preset=$1
  shift
  [[ $# -gt 0 ]] || set -- all
  say "building ($preset: $*)"
  quietly "configure-$preset" cmake -S "$root" --preset "$preset" &&
    quietly "build-$preset" cmake --build "$(folder_of "$preset")" --parallel "$jobs" --target "$@"
}

folder_of() {
  if [[ $1 == dev ]]; then printf '%s/build' "$root"; else printf '%s/build-%s' "$root" "$1"; fi
}

set_up() {
  "$root/ci/setup" "$@" || verdict "FAILED: the setup is incomplete (see above)" $?
}
