"""Something needs a Secret that nothing makes.

## Why

A pod waits for a Secret it mounts until it is there. A user's Secret that is missing is made by the operator, with a
password that nobody chose, and what comes later is too late.

## How to fix

Commit the file, sealed or encrypted: `pggitops secrets ENV` shows the command. If somebody else makes it, say so:
`secrets: {except: {name: external}}`. An operator that environments share runs in a namespace of its own: nothing is
rendered there that makes its Secrets.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.parts.secrets import provider_of
from pggitops.policies import Facts
from pggitops.secret_sources import GROUPS, OPERATORS_OWN, references
from pggitops.secrets_elsewhere import of_shared_operator

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    environment = facts.environment
    made = {source.name for source in facts.secret_sources}
    for one in facts.needed_secrets:
        if one.name not in made and not (
            one.provider == "external" or (one.provider == "external-secrets" and one.values)
        ):
            yield Violation(f"nothing makes the Secret {one.name} ({one.why})", _fix(one.name), one.item)
    for one in of_shared_operator(environment):
        message = f"nothing makes the Secret {one.name} in {one.namespace} ({one.why})"
        fix = f"Make it there before the first sync: `pggitops secrets {environment.name}` shows the command."
        yield Violation(message, fix, one.item, severity=Severity.INFO)
    patched = {name for name, cluster in environment.clusters.items() if cluster.patch}
    others = [
        (identity, manifest)
        for identity, manifest in facts.manifests.items()
        if not manifest.template or manifest.cluster in patched
    ]
    if not others:
        return
    made |= {one.name for one in facts.needed_secrets}
    made |= {f"{cluster}-{each}" for cluster in environment.clusters for each in (*OPERATORS_OWN, "pguser-monitor")}
    made |= {f"{name}-pguser-{name}" for name, cluster in environment.clusters.items() if not cluster.users}
    for identity, manifest in others:
        # what the engine reads lies in its own namespace
        if manifest.output or manifest.document["kind"] in GROUPS:
            continue
        for path, name in references(manifest.document):
            if name not in made and provider_of(environment, name) != "external":
                yield Violation(f"nothing makes the Secret {name}", _fix(name), path, manifest=identity)


def _fix(name: str) -> str:
    return f"Add it to `manifests/`, or say that somebody else makes it: `secrets: {{except: {{{name}: external}}}}`."
