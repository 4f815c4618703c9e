"""A Secret does not hold the keys, or is not of the type, it is needed for.

## Why

The operator reads a user's `password` and certificates under fixed names, and finds nothing under others. A user's
Secret without `password`, or with an empty one, gets one that nobody knows; a certificate that is not found stops the
cluster from being changed at all.

Nodes take the credentials of a registry from a Secret of one type alone, and pull without them where it is of another.
The API server refuses a Secret of a type whose keys are not in it. Where a template takes a value that `data` does not
bring, External Secrets makes no Secret (`missingkey=error` of its runtime/template/v2), or one with a gap (`index`).

## How to fix

Make the Secret with the keys and of the type that `pggitops secrets ENV` lists; where it names no type, leave it out.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation, did_you_mean
from pggitops.policies import Facts
from pggitops.secret_sources import DEMANDED, SecretSource, given_keys, unfilled

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    needed = facts.needed_secrets
    # what is rendered has all keys
    for source in [each for each in facts.secret_sources if each.file]:
        yield from _refused(source)
        for key, hole in unfilled(source):
            what = f"of the ExternalSecret {source.document['metadata']['name']}"
            message = f"no item of data {what} is {hole}{did_you_mean(hole, given_keys(source.document))}"
            yield Violation(
                message, "Add it, or correct the name.", (*source.texts_path, key), manifest=source.manifest
            )
        one = next((one for one in needed if one.name == source.name and one.use != "backup"), None)
        keys = source.keys
        if one is None:
            continue
        # kubernetes/kubernetes v1.34.0, pkg/credentialprovider/secrets/secrets.go
        if one.use == "pull" and source.type != one.type:
            message = f"the Secret {one.name} ({one.why}) is of type {source.type}, and nodes take {one.type} alone"
            yield Violation(message, f"Make it of type {one.type}.", source.type_path, manifest=source.manifest)
        if keys is None:
            continue
        for key in one.keys:
            if key not in keys:
                message = f"the Secret {one.name} ({one.why}) has no key {key}{did_you_mean(key, keys)}"
                fix = f"It needs {', '.join(one.keys)}."
                yield Violation(message, fix, source.path, manifest=source.manifest)
            elif key in source.empty:
                message = f"{key} of the Secret {one.name} ({one.why}) holds nothing, which counts as missing"
                yield Violation(message, "Write the value.", source.empty[key], manifest=source.manifest)


def _refused(source: SecretSource) -> Iterator[Violation]:
    keys = source.keys
    for key in DEMANDED.get(source.type, ()):
        if keys is not None and key not in keys:
            message = f"the Secret {source.name} is of type {source.type} and has no key {key}"
            fix = "Leave the type out, or add the key: the API server refuses it so."
            yield Violation(message, fix, source.type_path, manifest=source.manifest)
