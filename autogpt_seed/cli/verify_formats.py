"""The report of `verify` for machines: JUnit's XML, and the Test Anything Protocol, version 14.

JUnit's format is that of the `testsuite` element which CI servers read; TAP is as described at
https://testanything.org/tap-version-14-specification.html.
"""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autogpt_seed.verification import Check, Outcome, VerificationReport

_UNFIT = {number: None for number in range(32) if chr(number) not in "\t\n\r"}
"""What XML cannot hold."""


def as_junit(report: VerificationReport) -> str:
    """One test case for each check; failed is a failure, inconclusive an error."""
    counts = Counter(check.outcome for check in report.checks)
    suite = Element(
        "testsuite",
        name="autogpt-seed verify",
        tests=str(len(report.checks)),
        failures=str(counts[Outcome.FAILED]),
        errors=str(counts[Outcome.INCONCLUSIVE]),
        skipped="0",
        time=f"{report.seconds:.3f}",
    )
    for check in report.checks:
        case = SubElement(suite, "testcase", classname=f"verify.{check.code}", name=_name(check))
        text = "\n".join(_lines(check)).translate(_UNFIT)
        kind = {Outcome.FAILED: "failure", Outcome.INCONCLUSIVE: "error"}.get(check.outcome)
        if kind:
            SubElement(
                case, kind, message=check.title.translate(_UNFIT), type=check.code
            ).text = text
        else:
            SubElement(case, "system-out").text = f"{check.outcome.value}: {check.title}\n{text}"
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode")


def as_tap(report: VerificationReport) -> str:
    """One test point for each check, with its evidence as YAML. A warning is ok, and says so."""
    lines = ["TAP version 14", f"1..{len(report.checks)}"]
    for number, check in enumerate(report.checks, 1):
        good = check.outcome in (Outcome.PASSED, Outcome.WARNING)
        title = _escaped(f"{check.code}: {check.title}")
        lines.append(f"{'ok' if good else 'not ok'} {number} - {title}")
        lines += ["  ---", f"  outcome: {check.outcome.value}"]
        if check.evidence:
            lines += ["  evidence:", *(f"    - {_quoted(line)}" for line in check.evidence)]
        if check.remedy:
            lines.append(f"  remedy: {_quoted(check.remedy)}")
        lines.append("  ...")
    return "\n".join(lines)


def _name(check: Check) -> str:
    return f"{check.code} {check.subject}".strip()


def _lines(check: Check) -> list[str]:
    return [*check.evidence, *([f"To do: {check.remedy}"] if check.remedy else [])]


def _escaped(text: str) -> str:
    """A description may not hold a bare `#`, which begins a directive."""
    return " ".join(text.replace("\\", "\\\\").replace("#", "\\#").split())


def _quoted(text: str) -> str:
    """A YAML scalar in double quotes."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(plain.split()) + '"'
