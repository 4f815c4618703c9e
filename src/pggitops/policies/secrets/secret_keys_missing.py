"""A Secret does not hold the keys it is needed for.

## Why

The operator reads a user's `password` and certificates under fixed names, and finds nothing under others. A user's
Secret without `password` gets one that nobody knows; a certificate that is not found stops the cluster from being
changed at all.

## How to fix

Make the Secret with the keys that `pggitops secrets ENV` lists.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    needed = facts.needed_secrets
    # what is rendered has all keys
    for source in [each for each in facts.secret_sources if each.file]:
        one = next((one for one in needed if one.name == source.name and one.use != "backup"), None)
        keys = source.keys
        if one is None or keys is None:
            continue
        for key in one.keys:
            if key not in keys:
                message = f"the Secret {one.name} ({one.why}) has no key {key}{did_you_mean(key, keys)}"
                fix = f"It needs {', '.join(one.keys)}."
                yield Violation(message, fix, source.path, manifest=source.manifest)
