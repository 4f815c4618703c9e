"""A policy that fails is a defect of that policy: said as a finding, while the others go on."""

from __future__ import annotations

from pathlib import Path as File

from pggitops import __version__
from pggitops.findings import Finding, Path, Severity, Violation

POLICY_FAILED = "policy-failed"
OWN_POLICY_FAILED = "own-policy-failed"
"""The same of a policy of the repository's own."""


def failed(policy: str, error: Exception, where: str, path: Path = ()) -> Violation:
    """What is said of a policy that raised; `where` is what it was judging: `cluster payments`."""
    said = f"{type(error).__name__}: {error}"[:500].rstrip(": ")
    message = f"the policy {policy} failed on {where}: {said}{_raised_at(error)}"
    fix = (
        f"This is a defect of pggitops {__version__}, not of what it judged: report it with this message. Until it is"
        f" mended, a base can switch the policy off: `policies: {{{policy}: off}}`."
    )
    return Violation(message, fix, path, POLICY_FAILED, severity=Severity.ERROR)


def own_failed(policy: str, said: str, fix: str, where: str) -> tuple[str, str]:
    """What is said of a policy of the repository's own that failed, and the fix; `where` as above, or empty."""
    message = f"the policy {policy} failed{f' on {where}' if where else ''}: {said}"
    return message, f"{fix} Until it is mended, a base can switch the policy off: `policies: {{{policy}: off}}`."


def _raised_at(error: Exception) -> str:
    """The innermost line of ours."""
    package, found, trace = File(__file__).parent, "", error.__traceback__
    while trace is not None:
        file = File(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(package):
            found = f" ({file.relative_to(package).as_posix()}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found


def any_failed(findings: list[Finding]) -> bool:
    """Whether a policy failed: then nobody knows what it would have found."""
    return any(finding.policy in (POLICY_FAILED, OWN_POLICY_FAILED) for finding in findings)
