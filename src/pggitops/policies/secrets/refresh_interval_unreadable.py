"""External Secrets cannot read how often an ExternalSecret is to be refreshed.

## Why

The CRD takes any text there. External Secrets reads durations as Go does, which knows neither days nor blanks. Where
its webhook is on, it refuses the object; where it is not, it can read no ExternalSecret of the whole Kubernetes cluster
any more, for it reads them as one list (`RefreshInterval` of apis/externalsecrets/v1; `ParseDuration` of Go's time).

## How to fix

Write hours, minutes and seconds: `refreshInterval: 24h0m0s`.
"""

from collections.abc import Iterator

from pggitops import units
from pggitops.findings import Severity, Violation
from pggitops.policies import Facts
from pggitops.secret_sources import mapping

severity = Severity.ERROR
about = {"ready": ("ExternalSecret",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    for identity, manifest in facts.of_kind("ExternalSecret"):
        value = mapping(manifest.document, "spec").get("refreshInterval")
        if isinstance(value, str) and units.go_duration(value) is None:
            message = f'refreshInterval: External Secrets cannot read "{value}", and then no ExternalSecret at all'
            days = value.removesuffix("d")
            better = f"{int(days) * 24}h0m0s" if days != value and days.isdecimal() else "1h0m0s"
            yield Violation(message, f"Write `{better}`.", ("spec", "refreshInterval"), manifest=identity)
