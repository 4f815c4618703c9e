"""A cluster can start before a Secret with the password of its user is there.

## Why

The operator makes up a password where it finds none, and keeps the verifier it has made of it. The right password then
comes into the Secret, applications read it, and PostgreSQL refuses it.

## How to fix

With `secrets: {provider: external-secrets}` the Secret comes first: leave the sync waves as they are rendered. For
a Secret that somebody else makes, make it before the first sync; if it came too late, remove `verifier` from it. Where
no engine applies what is rendered, apply `rendered/ENV/CLUSTER/secrets/` first, and wait.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, Manifest
from pggitops.parts.names import user_secret
from pggitops.policies import Facts
from pggitops.secret_sources import SecretSource, mapping

severity = Severity.ERROR

_FIRST = "Apply `secrets/` of the cluster before the rest, and wait until the Secret is there."
WAVE = "argocd.argoproj.io/sync-wave"


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    # what serves for more than a password is told of by another policy
    alone = {one.name for one in facts.needed_secrets if one.use == "user"}
    users = {user_secret(cluster, user): user.name for user in cluster.users.values()}
    names = {name: user for name, user in users.items() if name in alone}
    found = {source.name: source for source in facts.secret_sources if source.name in names}
    identity, resource = facts.resource(cluster)
    own = _wave(resource)
    for name, source in found.items():
        if not source.file and facts.environment.delivery.engine == "argocd":
            secret = _wave(facts.manifests[source.manifest])
            if secret >= own:
                message = f"the cluster is of the sync wave {own}, the Secret {name} comes with wave {secret}"
                at = ("metadata", "annotations", WAVE)
                yield Violation(message, f"Remove the annotation {WAVE}.", at, manifest=identity)
        elif source.file:
            yield from _merged(source)
        elif facts.environment.delivery.engine == "none":
            word = ("clusters", cluster.name, "users", names[name])
            message = f"no engine puts the Secret {name} before the cluster"
            yield Violation(message, _FIRST, word, severity=Severity.INFO)
    for one in facts.needed_secrets:
        if one.name in names and one.provider == "external" and one.required and one.name not in found:
            message = f"nothing waits for {one.name}, which somebody else makes"
            fix = "Make it before the first sync."
            yield Violation(message, fix, ("clusters", cluster.name, "users", names[one.name]), severity=Severity.INFO)


def _wave(manifest: Manifest) -> int:
    text = str(mapping(manifest.document["metadata"], "annotations").get(WAVE, "0"))
    return int(text) if text.lstrip("-").isdigit() else 0


def _merged(source: SecretSource) -> Iterator[Violation]:
    target = mapping(mapping(source.document, "spec"), "target")
    if source.maker == "external-secrets" and target.get("creationPolicy") == "Merge":
        message = f"External Secrets waits for somebody else to make {source.name}, which the operator then does"
        at = ("spec", "target", "creationPolicy")
        yield Violation(message, "Set `creationPolicy: Orphan`.", at, manifest=source.manifest)
