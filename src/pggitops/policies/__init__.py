"""Policies: one rule a file, `policies/<family>/<slug>.py`.

A policy is a module. Its docstring is its page: the first line says the bad thing, then come `Why` and `How to fix`.
It has `severity`, may have `lenient` (its severity in development and staging), `settings` (by name, with what they are
by default; a value of an overlay has the same type) and `about` (`concern.py`: where it is asked at all), and one
function by which the engine knows what it judges:

- `check_environment(facts) -> Iterator[Violation]`
- `check_cluster(facts, cluster) -> Iterator[Violation]`
- `check_fleet(summaries) -> Iterator[FleetViolation]`

Its id is the slug with dashes, so that a waiver reads as a sentence: it permits `backup-missing`.

All of this but the page and the function is in `registry.py` too, made by `make generate`: a run imports only those
policies that it asks.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from pggitops.committed import Committed
from pggitops.defects import failed
from pggitops.errors import CannotGoOn
from pggitops.exposure import WayIn, ways_in
from pggitops.findings import Path, Severity, Violation
from pggitops.model import EMPTY, Cluster, Environment, EnvironmentSummary, Manifest, is_lenient
from pggitops.network.reachability import Reachability, reachability
from pggitops.parts.secrets import NeededSecret, needed
from pggitops.plain_secrets import Kind as SecretKind
from pggitops.policies import concern, folder
from pggitops.policy_settings import Settings
from pggitops.record import mutable, record
from pggitops.secret_sources import GROUPS, SecretSource, sources
from pggitops.unknown import NotKnown

SCOPES = ("check_environment", "check_cluster", "check_fleet")


@mutable
class Facts:
    """What the policies of one environment share: its model and composed document, its manifests, the day."""

    environment: Environment
    document: Mapping[str, Any]
    manifests: Mapping[str, Manifest]
    """Every object, by what a violation calls it."""
    today: datetime.date
    scope_of: Callable[[dict[str, Any]], str | None]
    """Whether an object's kind is `Namespaced` or of the `Cluster`; None for an unknown kind."""
    shadowed: Callable[[Cluster], Iterable[tuple[Path, Path]]]
    """What a cluster's patch sets although a word is for it: the path in the patch, and the word's."""
    in_bases: Callable[[Path], Any]
    """What the environment's bases say at a path, whatever its own files say; None for nothing."""
    secrets: Callable[[], Iterable[Committed]]
    """The secrets in the environment's files."""
    not_judged: dict[str, str] = field(default_factory=dict)
    """The policies that asked for what is not known here, and what it was (`unknown`)."""
    _by_kind: dict[str, list[tuple[str, Manifest]]] = field(default_factory=dict)
    _resources: dict[str, tuple[str, Manifest]] = field(default_factory=dict)
    _needed: list[NeededSecret] | None = None
    _sources: list[SecretSource] | None = None
    _reachability: Reachability | None = None
    _committed: list[Committed] | None = None

    def of_kind(self, kind: str) -> list[tuple[str, Manifest]]:
        """The manifests of one kind, each with what a violation calls it."""
        return (self._by_kind or self._grouped()).get(kind, [])

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of objects there are."""
        return (self._by_kind or self._grouped()).keys()

    @property
    def ready(self) -> list[str]:
        """The kinds of the objects that somebody wrote as manifests."""
        return [manifest.document["kind"] for manifest in self.manifests.values() if manifest.source]

    def _grouped(self) -> Mapping[str, list[tuple[str, Manifest]]]:
        for name, manifest in self.manifests.items():
            self._by_kind.setdefault(manifest.document["kind"], []).append((name, manifest))
        return self._by_kind

    @property
    def needed_secrets(self) -> list[NeededSecret]:
        """The Secrets that the overlay's words ask for."""
        if self._needed is None:
            self._needed = needed(self.environment)
        return self._needed

    @property
    def secret_sources(self) -> list[SecretSource]:
        """The objects that make Secrets in the environment's namespace."""
        if self._sources is None:
            here = ("", self.environment.namespace.name)
            makers = [each for kind in GROUPS for each in self.of_kind(kind)]
            self._sources = [each for each in sources(makers) if each.namespace in here]
        return self._sources

    def committed(self, kind: SecretKind) -> Iterator[Committed]:
        """The secrets of one kind in the environment's files; of most there are none."""
        return (one for one in self._all_committed() if one.spot.kind is kind)

    @property
    def has_committed(self) -> bool:
        """Whether there is any secret in the environment's files."""
        return bool(self._all_committed())

    def _all_committed(self) -> list[Committed]:
        if self._committed is None:
            self._committed = list(self.secrets())
        return self._committed

    def resource(self, cluster: Cluster) -> tuple[str, Manifest]:
        """The cluster's PerconaPGCluster."""
        if not self._resources:
            resources = reversed(self.of_kind("PerconaPGCluster"))
            self._resources = {manifest.cluster: (name, manifest) for name, manifest in resources}
        return self._resources[cluster.name]

    def reachability(self) -> Reachability:
        """Who reaches whom by the NetworkPolicies, and what is cut."""
        if self._reachability is None:
            self._reachability = reachability(self.environment, self.manifests)
        return self._reachability

    def ways_in(self, cluster: Cluster) -> Iterator[WayIn]:
        """The Services in front of a cluster's pgBouncer."""
        name, resource = self.resource(cluster)
        services = self.of_kind("Service")
        pods = [each.pgbouncer for each in self.reachability().of(cluster)] if services else []
        labels = pods[0].labels if pods and pods[0] else {}
        return ways_in(name, resource.document["spec"], services, labels)

    def setting(self, policy: str, name: str) -> Any:
        """A setting of a policy, `policies: {shared-buffers-too-large: {share: 0.5}}`, else what the policy says."""
        own = self.environment.policies.get(policy)
        return own[name] if own and name in own else settings(policy)[name]


@record
class FleetViolation:
    """A problem between environments: the place is the path in the document of the environment named first."""

    environment: str
    violation: Violation
    others: tuple[str, ...] = ()


def _judged_elsewhere(*given: Any) -> Iterable[Any]:
    """What stands for the function of a policy without a module (`own_policies`)."""
    return ()


@mutable
class Policy:
    """One policy: what is known of it beforehand; its page and the function that judges are its module's."""

    id: str
    family: str
    severity: Severity
    lenient: Severity
    scope: str
    settings: Settings = EMPTY
    about: concern.About | None = None
    check: Callable[..., Iterable[Any]] = _judged_elsewhere
    written: str | None = None
    """The page of a policy without a module."""

    @property
    def page(self) -> str:
        """What is wrong, why, and how to fix it; asking for it imports the policy."""
        return folder.page(self.family, self.id) if self.written is None else self.written

    @property
    def summary(self) -> str:
        """The page's first line: the bad thing."""
        return self.page.partition("\n")[0]

    def severity_in(self, environment: Environment, cluster: Cluster | None) -> Severity:
        """What a finding weighs there: the overlay's word, else the policy's own for the tier."""
        own = environment.policies.get(self.id)
        if own and "severity" in own:
            return Severity.parse(own["severity"])
        return self.severity_of(environment.tier_of(cluster) if cluster else environment.tier)

    def severity_between(self, environments: Iterable[EnvironmentSummary]) -> Severity:
        """What a finding weighs that concerns several environments: as much as where it weighs most."""
        return max(
            Severity.parse(one.severities[self.id]) if self.id in one.severities else self.severity_of(one.tier)
            for one in environments
        )

    def severity_of(self, tier: str) -> Severity:
        """The policy's own severity for a tier."""
        return self.lenient if is_lenient(tier) else self.severity


@functools.cache
def ids() -> frozenset[str]:
    """The ids of all policies; none is imported for it."""
    return frozenset(_registry())


@functools.cache
def catalogue() -> tuple[Policy, ...]:
    """Every policy of the registry, by id; none is imported for it."""
    weights = {str(severity): severity for severity in Severity}
    policies = []
    for id, (family, scope, severity, lenient, about, settings) in _registry().items():
        policy = Policy(id, family, weights[severity], weights[lenient], scope, settings or EMPTY, about)
        policy.check = imported(policy)
        policies.append(policy)
    return tuple(policies)


@functools.cache
def _registry() -> Mapping[str, folder.Row]:
    # not above: a registry that cannot be imported is mended by what imports this package
    from pggitops.policies.registry import POLICIES

    return POLICIES


def imported(policy: Policy) -> Callable[..., Iterable[Any]]:
    """What imports a policy when it is first asked, and from then on leaves its place to the policy's own function."""

    def check(*given: Any) -> Iterable[Any]:
        policy.check = getattr(folder.module(policy.family, policy.id), policy.scope)
        return policy.check(*given)

    return check


def settings(id: str) -> Settings:
    """The settings of a policy, with what they are by default; it is not imported for it."""
    return _registry()[id][-1] or EMPTY


@functools.cache
def _of_scope(scope: str) -> tuple[Policy, ...]:
    return tuple(policy for policy in catalogue() if policy.scope == scope)


@functools.cache
def _names(scope: str) -> concern.Names:
    return concern.names(policy.about for policy in _of_scope(scope) if policy.about)


# environments are much alike, so that few sets of names are ever seen
@functools.lru_cache(maxsize=1024)
def _concerned(scope: str, there: tuple[frozenset[str], ...], off: frozenset[str]) -> tuple[Policy, ...]:
    asked = (policy for policy in _of_scope(scope) if policy.id not in off)
    return tuple(policy for policy in asked if concern.is_concerned(policy.about, there))


Judgement = tuple[Policy, Severity, Cluster | None, Violation]
"""What a policy says, with the severity it has there, and of which cluster it says it."""


@record
class _Asked:
    """Whom policies are asked about: an environment, or a cluster of it; what they say joins `said`."""

    facts: Facts
    cluster: Cluster | None
    said: list[Judgement] = field(default_factory=list)


def judge(every: Sequence[Facts]) -> list[list[Judgement]]:
    """What the policies say of each of some environments.

    A policy is asked about all of them before the next one is, for its code then lies in the processor's caches.
    """
    asked = []
    rounds: dict[tuple[Policy, ...], list[_Asked]] = {}
    for facts in every:
        off, wrong = _off(facts.environment), concern.problems(facts)
        asked.append([_Asked(facts, cluster) for cluster in (None, *facts.environment.clusters.values())])
        for one in asked[-1]:
            scope = "check_cluster" if one.cluster else "check_environment"
            there = concern.there(_names(scope), facts, wrong, one.cluster)
            rounds.setdefault(_concerned(scope, there, off), []).append(one)
    for policies, together in rounds.items():
        _ask(policies, together)
    return [[judgement for one in own for judgement in one.said] for own in asked]


def judge_by_all(facts: Facts) -> list[Judgement]:
    """The same of one with every policy asked, where not all is known that they are about.

    `judge` is held against it.
    """
    off = _off(facts.environment)
    asked = [_Asked(facts, cluster) for cluster in (None, *facts.environment.clusters.values())]
    for scope, those in (("check_environment", asked[:1]), ("check_cluster", asked[1:])):
        _ask([policy for policy in _of_scope(scope) if policy.id not in off], those)
    return [judgement for one in asked for judgement in one.said]


def _off(environment: Environment) -> frozenset[str]:
    """The policies that the overlay turns off; none is off by itself."""
    weights = {id: own["severity"] for id, own in environment.policies.items() if "severity" in own}
    return frozenset([id for id, weight in weights.items() if Severity.parse(weight) is Severity.OFF])


def _ask(policies: Iterable[Policy], asked: Sequence[_Asked]) -> None:
    """Let policies say what they say; that one raises is a defect of it, which is told, and stops no other."""
    each = [(one, (one.facts,) if one.cluster is None else (one.facts, one.cluster)) for one in asked]
    for policy in policies:
        for one, given in each:
            try:
                for violation in policy.check(*given):
                    one.said.append((policy, _severity(policy, one), one.cluster, violation))
            except NotKnown as what:
                one.facts.not_judged[policy.id] = str(what)
            except CannotGoOn:
                raise
            except Exception as error:
                where = f"cluster {one.cluster.name}" if one.cluster else "the environment"
                defect = failed(policy.id, error, where, ("clusters", one.cluster.name) if one.cluster else ())
                one.said.append((policy, _severity(policy, one), one.cluster, defect))


def _severity(policy: Policy, asked: _Asked) -> Severity:
    return policy.severity_in(asked.facts.environment, asked.cluster)


@functools.cache
def between_environments() -> frozenset[str]:
    """The ids of the policies that look at all environments together."""
    return frozenset(policy.id for policy in _of_scope("check_fleet"))


def _found_between(policy: Policy, summaries: Sequence[EnvironmentSummary]) -> list[FleetViolation]:
    found: list[FleetViolation] = []
    try:
        found.extend(policy.check(summaries))
    except CannotGoOn:
        raise
    except Exception as error:
        found.append(FleetViolation(summaries[0].name, failed(policy.id, error, "the fleet")))
    return found


@functools.cache
def of_clusters() -> frozenset[str]:
    """The ids of the policies that look at a cluster."""
    return frozenset(policy.id for policy in _of_scope("check_cluster"))


def judge_fleet(summaries: Sequence[EnvironmentSummary]) -> Iterator[tuple[Policy, Severity, FleetViolation]]:
    """What the policies say of all environments together, with the severity each finding has there."""
    known = {summary.name: summary for summary in summaries}
    for policy in _of_scope("check_fleet"):
        for found in _found_between(policy, summaries):
            concerned = (found.environment, *(name for name in found.others if name in known))
            severity = policy.severity_between(known[name] for name in concerned)
            if severity is not Severity.OFF:
                yield policy, severity, found
