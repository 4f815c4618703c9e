"""The Secrets that must exist outside the environment's namespace: what Flux reads, what pulls a shared operator.

Nothing here makes them: the engine reads them before it can apply anything, and the operator before it can run. Keys as
of source-controller v1.9 (docs/spec/v1/gitrepositories.md, ocirepositories.md) and kustomize-controller v1.9
(docs/spec/v1/kustomizations.md).
"""

from __future__ import annotations

from collections.abc import Iterator

from pggitops.model import Environment
from pggitops.parts.engines import engine_namespace
from pggitops.parts.flux import tenant
from pggitops.parts.names import operator_namespace
from pggitops.parts.secrets import PULL_KEYS, PULL_TYPE, Line, NeededSecret, Steps, Value

Keys = dict[str, tuple[Line, ...]]


def elsewhere(environment: Environment) -> Iterator[NeededSecret]:
    """Each of them, one for every namespace it is needed in."""
    yield from of_shared_operator(environment)
    if environment.delivery.engine == "flux":
        yield from _engines(environment)


def of_shared_operator(environment: Environment) -> Iterator[NeededSecret]:
    """What nodes pull its image with: its pods are in another namespace than those of the databases."""
    operator, namespace = environment.operator, operator_namespace(environment)
    if operator.scope == "cluster" and operator.install and namespace != environment.namespace.name:
        for index, name in enumerate(environment.image_pull_secrets):
            why, item = "pulls the image of the operator", ("imagePullSecrets", index)
            yield _one(name, namespace, item, why, PULL_KEYS, PULL_TYPE)


def _engines(environment: Environment) -> Iterator[NeededSecret]:
    delivery = environment.delivery
    own, engines = tenant(delivery), engine_namespace(delivery)
    both = dict.fromkeys((engines, own))
    if delivery.secret:
        keys, kind = _source(delivery.repository or "")
        for namespace in both:
            yield _one(delivery.secret, namespace, ("delivery", "secret"), "lets Flux read the repository", keys, kind)
    if delivery.kube_config:
        keys = {"value": (("", Value("value", f"a kubeconfig of {environment.target.name}")),)}
        for namespace in both:
            yield _one(delivery.kube_config, namespace, ("delivery", "kubeConfig"), "lets Flux reach the target", keys)
    if delivery.decryption:
        # a key's name ends in .agekey, or in .asc where it is one of PGP
        keys = {"age.agekey": (("", Value("age.agekey", "the age key that decrypts")),)}
        yield _one(delivery.decryption, own, ("delivery", "decryption"), "lets Flux decrypt SOPS files", keys)


def _source(url: str) -> tuple[Keys, str]:
    if url.startswith("oci://"):
        return PULL_KEYS, PULL_TYPE
    if url.startswith("http"):
        names = {"username": "a user who may read it", "password": "a password or token"}
    else:
        names = {"identity": "a private SSH key that may read it", "known_hosts": "the host's public keys"}
    return {name: (("", Value(name, what)),) for name, what in names.items()}, "Opaque"


def _one(name: str, namespace: str, item: Steps, why: str, keys: Keys, kind: str = "Opaque") -> NeededSecret:
    return NeededSecret(name, namespace, (), "elsewhere", item, why, keys, "external", "", type=kind)
