"""NetworkPolicies: pgBouncer is the only way in, and nothing the database needs is cut.

Who talks to whom on which port is read from the operator (internal/naming, internal/patroni/rbac.go, cmd/pgbackrest).
Only standard NetworkPolicy is rendered. Without `target.apiServer` no egress is restricted: Patroni would lose its
leader lock, and with it the primary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pggitops.model import Cluster, Dns, Environment, Expose, ObjectStore, Target
from pggitops.parts.backups import identities
from pggitops.parts.names import PREFIX, pods
from pggitops.parts.sharing import shared

Peer = dict[str, Any]
Rule = dict[str, Any]

POSTGRES, PATRONI, PGBACKREST = 5432, 8008, 8432

# What is not the internet: private, shared, loopback and link-local addresses (RFC 1918, 6598, 1122, 3927, 4193, 4291)
_NOT_PUBLIC_4 = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
_NOT_PUBLIC_6 = ("::1/128", "fc00::/7", "fe80::/10")
PUBLIC = (("0.0.0.0/0", _NOT_PUBLIC_4), ("::/0", _NOT_PUBLIC_6))
"""The ranges of the internet, and what is none of it."""

# Where pods get their cloud identity, by platform (`backups.repos.*.credentials.workloadIdentity`)
_METADATA = {
    "gke": [("169.254.169.254/32", 80), ("169.254.169.252/32", 988)],
    "eks": [("169.254.170.23/32", 80)],
}

_KUBE_DNS = Dns(pods={"k8s-app": "kube-dns"})
_DNS = {
    "gke": Dns(pods={"k8s-app": "kube-dns"}, cidrs=("169.254.20.10/32",)),
    "openshift": Dns("openshift-dns", {"dns.operator.openshift.io/daemonset-dns": "default"}, (5353,)),
}


def dns_of(target: Target) -> Dns:
    """Where pods of this target resolve names: the overlay's fact, else what the platform ships."""
    return target.dns or _DNS.get(target.platform, _KUBE_DNS)


def restricts_egress(environment: Environment) -> bool:
    """Whether egress policies are rendered: only where the API server's address is known."""
    return environment.target.api_server is not None


def policy_types(environment: Environment) -> list[str]:
    """The directions the policies decide on."""
    return ["Ingress", "Egress"] if restricts_egress(environment) else ["Ingress"]


def _pod_peer(cluster: str, label: str, value: str) -> Peer:
    return {"podSelector": {"matchLabels": pods(cluster, **{label: value})}}


_INSTANCES, _PGBOUNCER, _REPO_HOST = ("data", "postgres"), ("role", "pgbouncer"), ("data", "pgbackrest")


@shared
def _pods_rule(cluster: str, way: str, labels: tuple[tuple[str, str], ...], *ports: int) -> Rule:
    """A rule for pods of one cluster, by the label that tells each kind of them: `way` is "from" or "to"."""
    return {way: [_pod_peer(cluster, *label) for label in labels], "ports": _ports(*ports)}


def namespace_peer(namespace: str, labels: Mapping[str, str]) -> Peer:
    """Pods of a namespace: those with the labels, or all of them."""
    peer: Peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return peer | {"podSelector": {"matchLabels": dict(labels)}} if labels else peer


def _blocks(cidrs: Iterable[str]) -> list[Peer]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]


def _ports(*ports: int, protocols: tuple[str, ...] = ("TCP",)) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": protocol} for port in ports for protocol in protocols]


def _from(peers: list[Peer], *ports: int) -> Rule:
    return {"from": peers, "ports": _ports(*ports)}


def _to(peers: list[Peer], *ports: int) -> Rule:
    return {"to": peers, "ports": _ports(*ports)}


def postgres_ingress(cluster: Cluster) -> list[Rule]:
    """To the instances: pgBouncer, their peers, the repository host; Prometheus where it is declared."""
    name = cluster.name
    rules = [
        _pods_rule(name, "from", (_PGBOUNCER, _INSTANCES), POSTGRES),
        _pods_rule(name, "from", (_INSTANCES,), PATRONI),
        _pods_rule(name, "from", (_REPO_HOST,), PGBACKREST),
    ]
    prometheus = cluster.monitoring.prometheus
    if prometheus:
        rules.append(_from([namespace_peer(prometheus.namespace, prometheus.pods)], PATRONI))
    return rules


def pgbouncer_ingress(environment: Environment, cluster: Cluster) -> list[Rule]:
    """To pgBouncer: its clients, and whom a load balancer or node port forwards."""
    own = cluster.pgbouncer
    peers: list[Peer] = []
    for name in sorted(own.clients):
        client = own.clients[name]
        if client.namespace:
            peers.append(namespace_peer(client.namespace, client.pods))
        peers += _blocks(client.cidrs)
    peers += _forwarded(environment, own.expose)
    return [_from(peers, POSTGRES)] if peers else []


def _forwarded(environment: Environment, expose: Expose) -> list[Peer]:
    """A forwarding node's address may replace the client's: nodes are let in too, and source ranges filter before."""
    if expose.type == "ClusterIP":
        return []
    nodes = environment.target.nodes
    return _blocks(expose.source_ranges) + _blocks(nodes.cidrs if nodes else ())


def repo_host_ingress(environment: Environment, cluster: Cluster) -> list[Rule]:
    """To the repository host: the instances, restore jobs, and the clusters of this environment that start from it."""
    name = cluster.name
    peers = [_pod_peer(name, *_INSTANCES), _jobs_peer(name)]
    for other in sorted(environment.clusters):
        bootstrap = environment.clusters[other].bootstrap
        here = bootstrap and bootstrap.namespace in (None, environment.namespace.name)
        if bootstrap and here and bootstrap.cluster == name and other != name:
            peers += [_pod_peer(other, *_INSTANCES), _jobs_peer(other)]
    return [_from(peers, PGBACKREST)]


@shared
def jobs_selector(cluster: str) -> dict[str, Any]:
    """The backup and restore jobs' pods: of pgBackRest, and not the repository host."""
    return {
        "matchLabels": pods(cluster),
        "matchExpressions": [
            {"key": f"{PREFIX}/pgbackrest", "operator": "Exists"},
            {"key": f"{PREFIX}/pgbackrest-dedicated", "operator": "DoesNotExist"},
        ],
    }


@shared
def _jobs_peer(cluster: str) -> Peer:
    return {"podSelector": jobs_selector(cluster)}


def postgres_egress(environment: Environment, cluster: Cluster) -> list[Rule] | None:
    """From the instances: names, API server (Patroni's store), peers, repository host, object store, PMM, primary."""
    if not restricts_egress(environment):
        return None
    rules = [
        *_common(environment),
        _pods_rule(cluster.name, "to", (_INSTANCES,), POSTGRES, PATRONI),
        _repo_hosts(environment, cluster),
        *_store(environment, cluster),
    ]
    if cluster.monitoring.pmm:
        rules.append(_pmm(cluster.monitoring.pmm.server))
    if cluster.standby and cluster.standby.host:
        rules.append({"ports": _ports(cluster.standby.port or POSTGRES)})
    return rules


def _repo_hosts(environment: Environment, cluster: Cluster) -> Rule:
    """To the cluster's repository host, and to that of the cluster this one starts from."""
    bootstrap = cluster.bootstrap
    if not bootstrap or not bootstrap.cluster:
        return _pods_rule(cluster.name, "to", (_REPO_HOST,), PGBACKREST)
    source = _pod_peer(bootstrap.cluster, *_REPO_HOST)
    namespace = bootstrap.namespace
    if namespace and namespace != environment.namespace.name:
        source = source | {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return _to([_pod_peer(cluster.name, *_REPO_HOST), source], PGBACKREST)


def pgbouncer_egress(environment: Environment, cluster: Cluster) -> list[Rule] | None:
    """From pgBouncer: names and the instances."""
    if not restricts_egress(environment):
        return None
    return [_dns(environment.target), _pods_rule(cluster.name, "to", (_INSTANCES,), POSTGRES)]


def repo_host_egress(environment: Environment, cluster: Cluster) -> list[Rule] | None:
    """From the repository host: names, the instances' pgBackRest servers, the object store."""
    if not restricts_egress(environment):
        return None
    instances = _pods_rule(cluster.name, "to", (_INSTANCES,), PGBACKREST)
    return [_dns(environment.target), instances, *_store(environment, cluster)]


def jobs_egress(environment: Environment, cluster: Cluster) -> list[Rule] | None:
    """From jobs: names, the API server (backups exec through it), repository hosts, the object store."""
    if not restricts_egress(environment):
        return None
    return [*_common(environment), _repo_hosts(environment, cluster), *_store(environment, cluster)]


def operator_egress(environment: Environment) -> list[Rule] | None:
    """From the operator: names and the API server; telemetry where it is on."""
    if not restricts_egress(environment):
        return None
    telemetry = [_internet(443)] if environment.operator.telemetry else []
    return [*_common(environment), *telemetry]


def deny_egress(environment: Environment) -> list[Rule] | None:
    """No egress at all, where egress is restricted."""
    return [] if restricts_egress(environment) else None


# ---- what only facts about the target decide: the same for all environments that share them ----


def _common(environment: Environment) -> list[Rule]:
    return [_dns(environment.target), _api_server(environment.target)]


@shared
def _dns(target: Target) -> Rule:
    dns = dns_of(target)
    peers = [namespace_peer(dns.namespace, dns.pods), *_blocks(dns.cidrs)]
    return {"to": peers, "ports": _ports(*dns.ports, protocols=("UDP", "TCP"))}


@shared
def _api_server(target: Target) -> Rule:
    """The API server by address where the CNI can match it; Cilium and unknown ones cannot: then by port alone."""
    server = target.api_server
    if server is None:
        return {}
    matches = target.cni not in ("cilium", "unknown") and server.cidrs
    return _to(_blocks(server.cidrs), server.port) if matches else {"ports": _ports(server.port)}


@shared
def _object_store(store: ObjectStore) -> Rule:
    peers = _blocks(store.cidrs)
    if store.namespace:
        peers.append(namespace_peer(store.namespace, store.pods))
    return _to(peers or _public(), *store.ports)


@shared
def _address(cidr: str, port: int) -> Rule:
    return _to(_blocks([cidr]), port)


@shared
def _internet(port: int) -> Rule:
    return _to(_public(), port)


def _identity(target: Target) -> list[Rule]:
    """Where pods get their cloud identity."""
    rules = [_address(cidr, port) for cidr, port in _METADATA.get(target.platform, [])]
    store = target.object_store
    if target.platform == "eks" and (store.cidrs or store.namespace):
        # a web identity is exchanged at AWS's token service, which is not where the bucket is
        rules.append(_internet(443))
    return rules


def _store(environment: Environment, cluster: Cluster) -> list[Rule]:
    """The object store of the cluster's cloud repositories and own extensions, and where its identity comes from."""
    repos = [repo for repo in cluster.backups.ordered if repo.is_cloud]
    source = cluster.bootstrap.from_ if cluster.bootstrap else None
    needed = repos or cluster.postgres.extensions.custom or (source and source.volume is None)
    if not needed:
        return []
    identity = _identity(environment.target) if identities(cluster) else []
    return [_object_store(environment.target.object_store), *identity]


def _public() -> list[Peer]:
    return [{"ipBlock": {"cidr": cidr, "except": list(exceptions)}} for cidr, exceptions in PUBLIC]


def _pmm(server: str) -> Rule:
    """The PMM server: its namespace where it is a Service (`pmm.monitoring.svc`), else any address."""
    host = server.partition(":")[0].removesuffix(".").removesuffix(".cluster.local")
    steps = host.split(".")
    ports = _ports(443, 8443)
    if len(steps) == 3 and steps[2] == "svc":
        return {"to": [namespace_peer(steps[1], {})], "ports": ports}
    return {"ports": ports}
