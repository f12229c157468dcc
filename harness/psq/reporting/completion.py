"""Completion for bash, as a script that starts nothing: it has the commands, options, names and clauses in it."""

from __future__ import annotations

import argparse
from typing import Iterable, Mapping

FILES = "files"

_SCRIPT = """\
# Completion of psq {version} for bash, made by 'psq completion bash'; for zsh after 'bashcompinit'.
_psq() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} all
  # bash parts words at colons, which names of drivers have.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n : -c word -p before
  fi
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "{commands} --help --version" -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}} $before" in
{options}
    *) case ${{COMP_WORDS[1]}} in
{positionals}
      *) return ;;
    esac ;;
  esac
  if [[ $all == {files} ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -W "$all" -- "$word"))
  fi
  if declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "$word"
  fi
}}
complete -o filenames -F _psq psq
"""


def bash(
    commands: Mapping[str, argparse.ArgumentParser],
    values: Mapping[str, Iterable[str]],
    version: str,
) -> str:
    """The script; `values` has what may stand for an option, such as --test, or a metavar, such as DRIVER."""
    options, positionals = [], []
    for name, parser in commands.items():
        flags = []
        words: list[str] = []
        for action in parser._actions:
            found = _words(action, values)
            flags += [option for option in action.option_strings if option.startswith("--")]
            if not action.option_strings:
                words += found or [FILES]
            elif action.nargs != 0:
                pattern = "|".join(f'"{name} {option}"' for option in action.option_strings)
                options.append(f'    {pattern}) all="{" ".join(found) or FILES}" ;;')
        positionals.append(_positional(name, flags, words))
    return _SCRIPT.format(
        version=version,
        commands=" ".join(commands),
        options="\n".join(options),
        positionals="\n".join(positionals),
        files=FILES,
    )


def _positional(name: str, flags: list[str], words: list[str]) -> str:
    """Options after a dash, and else the names that may stand there."""
    others = [word for word in words if word != FILES]
    wanted = " ".join(others) if others else FILES
    return (
        f'      {name}) if [[ $word == -* ]]; then all="{" ".join(flags)}"; '
        f'else all="{wanted}"; fi ;;'
    )


def _words(action: argparse.Action, values: Mapping[str, Iterable[str]]) -> list[str]:
    if action.choices:
        return [str(each) for each in action.choices]
    for option in action.option_strings:
        if option in values:
            return list(values[option])
    return list(values.get(str(action.metavar), ())) if not action.option_strings else []
