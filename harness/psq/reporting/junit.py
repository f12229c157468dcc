"""JUnit XML: every planned test is a case, and every verdict but pass has an element of its own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from psq.base.status import Status
from psq.results.defects import defects_of
from psq.results.run import Record, Run

# Characters that no XML document can hold; the text of a driver may.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ELEMENT = {
    "fail": "failure",
    "unexpected-pass": "failure",
    "blocked": "error",
    "inconclusive": "error",
    "driver-error": "error",
    "internal-error": "error",
    "unsupported": "skipped",
    "expected-fail": "skipped",
    "deviates": "skipped",
}


def render(runs: list[Run]) -> str:
    root = ElementTree.Element("testsuites", name="psq")
    for run in runs:
        root.append(_suite(run))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(run: Run) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=run.name)
    _add_properties(suite, run)
    for test in run.planned:
        suite.append(_case(run.name, test, run.tests.get(test)))
    if run.status() == Status.INTERNAL or run.problems or run.unmet:
        suite.append(_run_case(run))
    for kind in ("failure", "error", "skipped"):
        attribute = {"failure": "failures", "error": "errors", "skipped": "skipped"}[kind]
        suite.set(attribute, str(sum(1 for case in suite if case.find(kind) is not None)))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("time", f"{sum(r.get('seconds') or 0 for r in run.tests.values()):.3f}")
    return suite


def _add_properties(suite: ElementTree.Element, run: Run) -> None:
    """One property a root cause, as many cases may come from one, and one an option that left out tests."""
    found = [("defect", defect.sentence) for defect in defects_of(run)]
    found += [("selection", option) for option in [*run.selection, run.stopped] if option]
    if found:
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in found:
            ElementTree.SubElement(properties, "property", name=name, value=_text(value))


def _case(run: str, test: str, record: Record | None) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_text(run), name=_text(test))
    if record is None:
        _add(case, "error", "not-run", "planned, but it did not run", "")
        return case
    case.set("time", f"{record.get('seconds') or 0:.3f}")
    verdict = record["verdict"]
    if verdict in _ELEMENT:
        message = record.get("message") or verdict
        _add(case, _ELEMENT[verdict], verdict, message, record.get("card") or "")
    if record.get("earlier"):
        first = ElementTree.SubElement(case, "system-out")
        first.text = _text(
            f"at first {record['earlier']['verdict']}: {record['earlier']['message']}"
        )
    return case


def _run_case(run: Run) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_text(run.name), name="(the run itself)")
    what = "\n".join([*run.problems, *run.unmet]) or "planned tests did not run"
    _add(case, "error", "internal", what, "")
    return case


def _add(case: ElementTree.Element, kind: str, type_: str, message: str, body: str) -> None:
    element = ElementTree.SubElement(case, kind, type=type_, message=_text(message))
    element.text = _text(body) or None


def _text(text: str) -> str:
    return _UNSPEAKABLE.sub("\ufffd", text)
