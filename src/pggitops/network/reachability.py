"""What an environment's NetworkPolicies make possible and what they cut, looked at once for all policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path, Violation
from pggitops.model import Cluster, Environment, Manifest
from pggitops.network.engine import End, Network, Pod, Port, network
from pggitops.network.needs import EVERY_PORT, Need, doubtful, is_settled, needs
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
    """The policies and pods of one environment, read when they are first asked for: mostly nothing is doubtful.

    `ready` has the kinds of what somebody wrote as manifests, `resources` the PerconaPGClusters that are rendered, by
    cluster.
    """

    environment: Environment
    manifests: Mapping[str, Manifest]
    ready: frozenset[str]
    resources: Mapping[str, tuple[str, Manifest]]
    _policies: tuple[NetworkPolicy, ...] | None = None
    _network: Network | None = None
    _clusters: tuple[ClusterPods, ...] | None = None
    _operator: tuple[Pod | None, ...] = ()
    _workloads: tuple[tuple[str, Pod], ...] | None = None
    _cuts: dict[str, list[Cut]] | None = None

    @property
    def policies(self) -> tuple[NetworkPolicy, ...]:
        """All NetworkPolicies."""
        if self._policies is None:
            own = self.environment.namespace.name
            self._policies = tuple(
                network_policy(identity, manifest.document, own, manifest.source)
                for identity, manifest in self.manifests.items()
                if is_network_policy(manifest.document)
            )
        return self._policies

    @property
    def network(self) -> Network:
        """The policies together with what is known of namespaces."""
        if self._network is None:
            all_metadata = [
                manifest.document["metadata"]
                for manifest in self.manifests.values()
                if manifest.document["kind"] == "Namespace"
            ]
            namespaces = {metadata["name"]: metadata.get("labels") or {} for metadata in all_metadata}
            self._network = network(self.policies, namespaces)
        return self._network

    @property
    def clusters(self) -> tuple[ClusterPods, ...]:
        """The pods of each cluster."""
        if self._clusters is None:
            apart = not self.ready.isdisjoint(("NetworkPolicy", "Service"))
            resources = self.resources
            self._clusters = tuple(
                cluster_pods(self.environment, cluster, *resources[name], apart)
                for name, cluster in self.environment.clusters.items()
                if name in resources
            )
        return self._clusters

    @property
    def operator(self) -> Pod | None:
        """The operator, if it runs in the environment's namespace."""
        # a pod is told apart by its identity
        self._operator = self._operator or (operator_pod(self.environment),)
        return self._operator[0]

    @property
    def workloads(self) -> tuple[tuple[str, Pod], ...]:
        """The pods of what somebody wrote, each with what a violation calls its manifest."""
        if self._workloads is None:
            self._workloads = tuple(workloads(self.environment, self.manifests)) if self.ready else ()
        return self._workloads

    @property
    def foreign(self) -> tuple[NetworkPolicy, ...]:
        """The policies somebody wrote."""
        if "NetworkPolicy" not in self.ready:
            return ()
        return tuple(policy for policy in self.policies if policy.source)

    def _doubtful(self) -> Iterator[Need]:
        """The needs that are to be proven."""
        if self.foreign:
            return self.needs()
        clusters, resources = self.environment.clusters, self.resources.items()
        if all(is_settled(self.environment, clusters[name], each.document["spec"]) for name, (_, each) in resources):
            return iter(())
        return doubtful(self.environment, self.clusters)

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

    @property
    def has_cuts(self) -> bool:
        """Whether any need is not met."""
        return bool(self._all_cuts())

    def _all_cuts(self) -> dict[str, list[Cut]]:
        """The unmet needs of each policy."""
        if self._cuts is None:
            cuts: dict[str, list[Cut]] = {}
            for need in self._doubtful():
                cut = self.cut(need)
                if cut is not None:
                    cuts.setdefault(need.policy, []).append(cut)
            # what is not known ends it before: nothing may seem to be met then
            self._cuts = cuts
        return self._cuts

    def cuts(self, policy: str, cluster: str | None = None) -> list[Cut]:
        """The unmet needs of a policy: of one cluster, or of all pods of the environment."""
        found = self._all_cuts().get(policy)
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
    ready, resources = set(), {}
    for identity, manifest in manifests.items():
        kind = manifest.document["kind"]
        if manifest.source:
            ready.add(kind)
        elif kind == "PerconaPGCluster":
            resources[manifest.cluster] = (identity, manifest)
    return Reachability(environment, manifests, frozenset(ready), resources)


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
