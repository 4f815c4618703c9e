"""What an environment's NetworkPolicies make possible and what they cut, looked at once for all policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from pggitops.findings import Path, Violation
from pggitops.model import Cluster, Environment, Manifest
from pggitops.network.engine import End, Network, Pod, Port, network
from pggitops.network.needs import EVERY_PORT, Need, doubtful, needs
from pggitops.network.pods import ClusterPods, cluster_pods, operator_pod, workloads
from pggitops.network.rules import EGRESS, INGRESS, NetworkPolicy, network_policy
from pggitops.network.selectors import surely_selects
from pggitops.parts.names import PREFIX
from pggitops.record import mutable, record


@record
class Cut:
    """A need that is not met: the end at which it is denied, and the policies that deny it there."""

    need: Need
    direction: str
    denying: tuple[NetworkPolicy, ...]

    @property
    def blamed(self) -> NetworkPolicy | None:
        """The policy of somebody's own that is to blame; None where ours would have had to open it."""
        if any(not policy.source for policy in self.denying):
            return None
        return self.denying[0]


@mutable
class Reachability:
    """The policies and pods of one environment."""

    network: Network
    policies: tuple[NetworkPolicy, ...]
    clusters: tuple[ClusterPods, ...]
    operator: Pod | None
    workloads: tuple[tuple[str, Pod], ...]
    environment: Environment
    _cuts: dict[str, list[Cut]] | None = field(default=None)

    @property
    def foreign(self) -> tuple[NetworkPolicy, ...]:
        """The policies somebody wrote."""
        return tuple(policy for policy in self.policies if policy.source)

    @property
    def pods(self) -> list[Pod]:
        """Every pod that is known to exist in what is rendered."""
        found = [pod for pods in self.clusters for pod in pods.all]
        found += [self.operator] if self.operator else []
        return found + [pod for _, pod in self.workloads]

    def of(self, cluster: Cluster) -> Iterator[ClusterPods]:
        """The pods of a cluster."""
        return (pods for pods in self.clusters if pods.cluster is cluster)

    def needs(self) -> Iterator[Need]:
        """Every connection that must be possible."""
        return needs(self.environment, self.clusters, self.operator)

    def cuts(self, policy: str, cluster: str | None = None) -> list[Cut]:
        """The unmet needs of a policy: of one cluster, or of all pods of the environment."""
        if self._cuts is None:
            self._cuts = {}
            for need in self.needs() if self.foreign else doubtful(self.environment, self.clusters):
                cut = self.cut(need)
                if cut is not None:
                    self._cuts.setdefault(need.policy, []).append(cut)
        found = self._cuts.get(policy)
        if not found or cluster is None:
            return found or []
        return [cut for cut in found if cut.need.cluster == cluster]

    def cut(self, need: Need) -> Cut | None:
        """Where a need is denied; None if it is met."""
        denied = ""
        for target in need.targets:
            for port in need.ports:
                at = self._denied(need.source, target, port)
                if not at:
                    return None
                denied = at
        pod = need.source if denied == EGRESS else need.targets[-1]
        assert isinstance(pod, Pod)
        isolating = self.network.isolating(pod, denied)
        if pod.is_partial:
            isolating = tuple([one for one in isolating if surely_selects(one.pods, pod.labels, pod.lacks)])
        return Cut(need, denied, isolating)

    def _denied(self, source: End, target: End, port: Port) -> str:
        """The direction in which a connection is denied; empty if it is allowed."""
        allows = self._allows_some if port == EVERY_PORT else self.network.allows
        if source is target and isinstance(source, Pod) and source.replicas == 1:
            return ""
        if isinstance(source, Pod) and not allows(source, EGRESS, target, port):
            return EGRESS
        if isinstance(target, Pod) and not allows(target, INGRESS, source, port):
            return INGRESS
        return ""

    def _allows_some(self, pod: Pod, direction: str, other: End, port: Port) -> bool:
        """Whether any port is open to the other end."""
        isolating = self.network.isolating(pod, direction)
        return not isolating or any(
            rule.peers is None or any(self.network.matches(peer, policy.namespace, other) for peer in rule.peers)
            for policy in isolating
            for rule in policy.rules(direction)
        )

    def violations(self, policy: str, breaks: str, cluster: str | None = None) -> Iterator[Violation]:
        """What a policy says of its unmet needs, one finding for each cause; `breaks` is what no longer works."""
        causes: dict[tuple[str, Path], list[Cut]] = {}
        for cut in self.cuts(policy, cluster):
            causes.setdefault(_place(cut), []).append(cut)
        for (manifest, path), cuts in causes.items():
            first = cuts[0]
            sources = listed([cut.need.source.name for cut in cuts])
            targets = listed([cut.need.targets[0].name for cut in cuts])
            ports = " or ".join(_port(port) for port in first.need.ports)
            message = f"{breaks}: {sources} cannot reach {targets}{ports and f' on port {ports}'}; {_why(first)}"
            yield Violation(message, _fix(first), path, manifest=manifest)


def is_network_policy(document: Mapping[str, Any]) -> bool:
    """Whether an object is a NetworkPolicy of Kubernetes' own; Calico has a kind of that name too."""
    is_own: bool = document["kind"] == "NetworkPolicy" and document["apiVersion"].startswith("networking.k8s.io/")
    return is_own


def reachability(environment: Environment, manifests: Mapping[str, Manifest]) -> Reachability:
    """All there is to know of an environment's connections, from everything that is rendered for it."""
    policies: list[NetworkPolicy] = []
    namespaces: dict[str, Mapping[str, str]] = {}
    resources: dict[str, tuple[str, Manifest]] = {}
    has_foreign = False
    apart = False
    for identity, manifest in manifests.items():
        document = manifest.document
        kind = document["kind"]
        if kind == "NetworkPolicy" and is_network_policy(document):
            policies.append(network_policy(identity, document, environment.namespace.name, manifest.source))
        elif kind == "PerconaPGCluster" and not manifest.source:
            resources[manifest.cluster] = identity, manifest
        elif kind == "Namespace":
            namespaces[document["metadata"]["name"]] = document["metadata"].get("labels") or {}
        if manifest.source:
            has_foreign = True
            apart = apart or kind in ("NetworkPolicy", "Service")
    clusters = tuple(
        cluster_pods(environment, cluster, *resources[name], apart)
        for name, cluster in environment.clusters.items()
        if name in resources
    )
    own = tuple(workloads(environment, manifests)) if has_foreign else ()
    connected = network(policies, namespaces)
    return Reachability(connected, tuple(policies), clusters, operator_pod(environment), own, environment)


def _place(cut: Cut) -> tuple[str, Path]:
    if cut.blamed is not None:
        return cut.blamed.id, ("spec",)
    return cut.need.manifest, cut.need.path


def _why(cut: Cut) -> str:
    """Why a need is not met, in the author's words."""
    if cut.blamed is None:
        names = listed([policy.name for policy in cut.denying])
        return f"no {cut.direction} rule of {names} opens it"
    return f"the NetworkPolicy {cut.blamed.name} denies all {cut.direction} that no rule opens, and none opens this"


def _fix(cut: Cut) -> str:
    if cut.blamed is None:
        return cut.need.fix
    return f"Add to {cut.blamed.name}: {{{cut.direction}: [{_rule(cut)}]}}"


def _rule(cut: Cut) -> str:
    """The rule that would open a need, as YAML."""
    need = cut.need
    other = need.targets[0] if cut.direction == EGRESS else need.source
    end = "to" if cut.direction == EGRESS else "from"
    ports = ", ".join(f"{{port: {number}, protocol: {protocol}}}" for number, protocol in need.ports if number)
    parts = [f"ports: [{ports}]"] if ports else []
    if isinstance(other, Pod):
        parts.insert(0, f"{end}: [{_peer(other, cut.denying[0].namespace)}]")
    elif not other.any_of:
        blocks = ", ".join(f'{{ipBlock: {{cidr: "{cidr}"}}}}' for cidr in other.cidrs)
        parts.insert(0, f"{end}: [{blocks}]")
    return f"{{{', '.join(parts)}}}"


_SELECTED_BY = ("cluster", "data", "role", "pgbackrest")


def _peer(pod: Pod, namespace: str) -> str:
    own = {f"{PREFIX}/{key}": pod.labels[f"{PREFIX}/{key}"] for key in _SELECTED_BY if f"{PREFIX}/{key}" in pod.labels}
    if f"{PREFIX}/data" in own:
        own = {key: value for key, value in own.items() if key in (f"{PREFIX}/cluster", f"{PREFIX}/data")}
    labels: Mapping[str, Any] = own or pod.labels
    shown = ", ".join(f'{key}: "{labels[key]}"' if not labels[key] else f"{key}: {labels[key]}" for key in labels)
    parts = [f"podSelector: {{matchLabels: {{{shown}}}}}"] if labels else []
    if pod.namespace != namespace:
        parts.insert(0, f"namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {pod.namespace}}}}}")
    return f"{{{', '.join(parts) or 'podSelector: {}'}}}"


def _port(port: Port) -> str:
    number, protocol = port
    if not number:
        return ""
    return f"{number}" if protocol == "TCP" else f"{number}/{protocol}"


def listed(names: list[str]) -> str:
    """Names once each: `a, b and c`."""
    once = list(dict.fromkeys(names))
    return once[0] if len(once) == 1 else f"{', '.join(once[:-1])} and {once[-1]}"
