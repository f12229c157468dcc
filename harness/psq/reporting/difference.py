"""What changed between two runs, on the console, as Markdown and as JSON."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from psq.results.comparable import Obstacle
from psq.results.difference import KINDS, REGRESSIONS, Change
from psq.results.run import Run


def facts(old: Run, new: Run, accepted: list[Obstacle], found: list[Change]) -> dict[str, Any]:
    """The content of every form, in plain values."""
    by_kind: dict[str, list[dict[str, str]]] = {kind: [] for kind in KINDS}
    for each in found:
        by_kind[each.kind].append(
            {
                "clause": each.clause,
                "level": each.level,
                "before": each.before,
                "after": each.after,
            }
        )
    return {
        "old": _run_facts(old),
        "new": _run_facts(new),
        "not_alike": [each.sentence for each in accepted],
        "regressions": sum(len(by_kind[kind]) for kind in REGRESSIONS),
        "changes": {kind.replace(" ", "_"): by_kind[kind] for kind in KINDS},
    }


def _run_facts(run: Run) -> dict[str, Any]:
    return {
        "results": str(run.path),
        "title": run.title,
        "implementation": run.implementation.get("implementation"),
        "version": run.implementation.get("version"),
        "start_method": run.implementation.get("start_method"),
        "clause_digest": run.plan.get("clause_digest"),
        "status": int(run.status()),
    }


def sentence(content: dict[str, Any]) -> str:
    """One line: how many clauses changed, by kind."""
    counts = [
        f"{len(rows)} {kind.replace('_', ' ')}" for kind, rows in content["changes"].items() if rows
    ]
    return ", ".join(counts) or "no clause has another result"


def as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def markdown(content: dict[str, Any]) -> str:
    lines = [f"# {_cell(content['old']['title'])} → {_cell(content['new']['title'])}", ""]
    lines += [f"- not alike: {_cell(each)}" for each in content["not_alike"]]
    lines += [f"{sentence(content)}.", ""]
    for kind, rows in content["changes"].items():
        if rows:
            lines += [f"## {kind.replace('_', ' ').capitalize()}", ""]
            lines += ["| clause | level | before | after |", "|---|---|---|---|"]
            lines += [
                f"| `{row['clause']}` | {row['level']} | {_cell(row['before'])} | {_cell(row['after'])} |"
                for row in rows
            ]
            lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def print_difference(content: dict[str, Any], console: Console) -> None:
    for each in content["not_alike"]:
        console.print(Text(f"not alike: {each}", style="yellow"), soft_wrap=True)
    for kind, rows in content["changes"].items():
        style = "bold red" if kind.replace("_", " ") in REGRESSIONS else ""
        for row in rows:
            line = f"{kind.replace('_', ' ')}: {row['clause']}"
            line += f" ({row['level']})" if row["level"] else ""
            console.print(
                Text(f"{line}: {row['before']} -> {row['after']}", style=style), soft_wrap=True
            )
    titles = f"{content['old']['title']} -> {content['new']['title']}"
    console.print(Text(f"{titles}: {sentence(content)}", style="bold"), soft_wrap=True)
