"""What the fleet needs to know of an environment and its clusters: small, and one object for all that are alike.

The facts of a cluster name neither it nor its environment, so that thousands of clusters share a handful of them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pggitops import placement, sizing
from pggitops.model import (
    EMPTY,
    Cluster,
    ClusterFacts,
    Environment,
    EnvironmentSummary,
    Following,
    Kind,
    Manifest,
    NodePool,
    Operator,
    Repo,
    RepositoryFacts,
    Target,
)
from pggitops.parts.backups import is_encrypted, storage
from pggitops.parts.names import operator_namespace

LIMITS = {
    "max_connections": 100,
    "max_locks_per_transaction": 64,
    "max_prepared_transactions": 0,
    "max_wal_senders": 10,
    "max_worker_processes": 8,
}
"""What a standby must not have less of than its primary (PostgreSQL's manual, "Hot Standby"); Patroni's defaults."""


def of(
    environment: Environment, kinds: frozenset[Kind], manifests: Iterable[Manifest], between: frozenset[str]
) -> EnvironmentSummary:
    """The summary of an environment with those kinds of objects; `between` are the policies between environments."""
    operator, pools = environment.operator, _pools(environment.target)
    is_shared = operator.scope == "cluster"
    home = operator_namespace(environment)
    own: Kind = ("", "Namespace", environment.namespace.name)
    named = [kind for kind in kinds if kind[2]]
    said = {name: environment.policies[name] for name in sorted(between & environment.policies.keys())}
    return EnvironmentSummary(
        environment.name,
        sys.intern(environment.target.name),
        environment.namespace.name,
        tuple(map(sys.intern, environment.clusters)),
        sys.intern(operator.version),
        environment.delivery,
        kinds.difference(named),
        own in named,
        tuple(sorted([kind for kind in named if kind != own])),
        sys.intern(operator.crds) if operator.install else None,
        home if operator.install else None,
        _watched(operator, home) if is_shared else None,
        (operator.version, home, operator.image, str(operator.install)) if is_shared else (),
        replace(environment, clusters={}) if is_shared and operator.install else None,
        tuple([facts_of(environment, cluster) for cluster in environment.clusters.values()]),
        pools,
        placement.of(environment, manifests) if pools else (),
        environment.tier,
        {name: own["severity"] for name, own in said.items() if "severity" in own} or EMPTY,
        {name: one for name, one in environment.waivers.items() if one.policy in between} or EMPTY,
        environment.waiver_rules,
        tuple([name for name, cluster in environment.clusters.items() if cluster.upgrade]),
    )


def _watched(operator: Operator, home: str) -> tuple[str, ...]:
    # a list must hold the operator's own namespace: it reads its own pod through the same cache
    return (home, *operator.watch) if operator.install else tuple(operator.watch)


# environments on one base have one target, and the summaries of all hold one tuple
@functools.lru_cache(maxsize=64)
def _pools(target: Target) -> tuple[NodePool, ...]:
    return tuple(target.node_pools.values())


def facts_of(environment: Environment, cluster: Cluster) -> ClusterFacts:
    """The facts of one cluster."""
    own, sets = cluster.standby, cluster.instances.all
    following = Following(own.enabled, own.host, own.repo, own.of) if own else None
    parameters = cluster.postgres.parameters
    limits = [_whole(parameters[name], default) if name in parameters else default for name, default in LIMITS.items()]
    return ClusterFacts(
        sys.intern(environment.tier_of(cluster)),
        cluster.postgres.version,
        tuple(map(_repository, cluster.backups.ordered)) if cluster.backups.enabled else (),
        following,
        tuple(sorted(cluster.users)),
        tuple(limits),
        cluster.pause,
        int(min([sizing.amount(instance_set.storage) or 0 for instance_set in sets])),
        tuple([name for name in sorted(sets[0].tablespaces) if all(name in each.tablespaces for each in sets)]),
    )


def _whole(value: object, default: int) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else default


def _repository(repo: Repo) -> RepositoryFacts:
    place = ""
    if repo.is_cloud:
        ((kind, where),) = storage(repo).items()
        place = " ".join([kind, *(str(where[word]) for word in ("endpoint", "bucket", "container") if word in where)])
    full = repo.schedules.full
    return RepositoryFacts(
        repo.name, sys.intern(place), repo.path, is_encrypted(repo), sys.intern(full) if full else None
    )


def path_of(environment: str, cluster: str, repository: RepositoryFacts) -> str:
    """Where in its store a repository lies: as it is written, else where no other one does."""
    return repository.path or f"/{environment}/{cluster}/{repository.name}"


def interned(summary: EnvironmentSummary, seen: dict[Any, Any]) -> EnvironmentSummary:
    """The summary with what many have alike held once: ten thousand are kept. What was held before is in `seen`."""
    alike = seen.setdefault
    if summary.facts not in seen:
        facts = tuple([_interned(each, seen) for each in summary.facts])
        seen[facts] = facts
    return replace(
        summary,
        clusters=alike(summary.clusters, summary.clusters),
        delivery=_first(summary.delivery, seen),
        kinds=alike(summary.kinds, summary.kinds),
        operator=alike(summary.operator, summary.operator),
        watched=summary.watched and alike(summary.watched, summary.watched),
        # an operator that is shared is rendered of the first environment that names it
        shares=summary.shares and alike((EnvironmentSummary, summary.target), summary.shares),
        facts=seen[summary.facts],
        node_pools=_first(summary.node_pools, seen),
        pods=alike(summary.pods, summary.pods),
        severities=_first(summary.severities, seen),
        waiver_rules=_first(summary.waiver_rules, seen),
    )


def _first(value: Any, seen: dict[Any, Any]) -> Any:
    """The first value that says the same, where equal ones do not know that they are; mostly it is that one itself."""
    # keys that nothing else of a summary can equal
    identity = _first, id(value)
    if identity in seen:
        return value
    first = seen.setdefault((_first, repr(value)), value)
    # what is held cannot lose its identity to another
    if first is value:
        seen[identity] = value
    return first


def _interned(facts: ClusterFacts, seen: dict[Any, Any]) -> ClusterFacts:
    alike = seen.setdefault
    return facts._replace(
        repositories=alike(facts.repositories, facts.repositories),
        users=alike(facts.users, facts.users),
        limits=alike(facts.limits, facts.limits),
        room=alike(facts.room, facts.room),
    )
