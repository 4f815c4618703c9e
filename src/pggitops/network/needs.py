"""What a database has to reach, and who has to reach it: each need is named for the policy that finds it cut.

Who talks to whom is the operator's doing (internal/naming, internal/patroni/rbac.go, internal/pgbackrest,
cmd/pgbackrest): Patroni keeps its state in the API server, backup jobs exec through it, pgBackRest's servers call each
other on 8432. Where a host is only a name, any address is as good as another: nothing is found that may be open.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from pggitops.findings import Path
from pggitops.model import Cluster, Environment, Target
from pggitops.network.blocks import overlap
from pggitops.network.engine import Addresses, End, Pod, Port
from pggitops.network.pods import ANYWHERE, ClusterPods, addresses_of_pods, declared_pod
from pggitops.parts.network import PATRONI, POSTGRES, PUBLIC, dns_of
from pggitops.record import record

EVERY_PORT = (0, "TCP")
"""Stands for a port that cannot be known: a Service forwards its own to any of the pods'."""


@record
class Need:
    """One connection that must be possible: to one of `targets`, on one of `ports`.

    `path` is what to blame where no NetworkPolicy of somebody's own is: in `manifest`, or in the overlay.
    """

    policy: str
    cluster: str
    source: End
    targets: tuple[End, ...]
    ports: tuple[Port, ...]
    path: Path
    manifest: str
    fix: str


def needs(environment: Environment, clusters: tuple[ClusterPods, ...], operator: Pod | None) -> Iterator[Need]:
    """All needs of an environment's pods."""
    dns, dns_ports = _dns(environment)
    api, api_ports = _api_server(environment)
    where = ("target", "dns"), "", "Correct `target.dns`."
    if operator is not None:
        yield Need("dns-cut", "", operator, dns, dns_ports, *where)
        for server in api:
            yield Need("api-server-cut", "", operator, (server,), api_ports, *_API)
    for pods in clusters:
        name = pods.cluster.name
        for pod in pods.all:
            yield Need("dns-cut", name, pod, dns, dns_ports, *where)
        jobs = [pod for pod in (pods.backup_jobs, pods.restore_jobs) if pod is not None]
        for pod, server in product((*pods.instances, *jobs), api):
            yield Need("api-server-cut", name, pod, (server,), api_ports, *_API)
        yield from inside(pods)
        yield from _incoming(environment, pods)
        yield from _stores(environment, pods)
        yield from _outside(environment, pods, clusters)


def doubtful(environment: Environment, clusters: tuple[ClusterPods, ...]) -> Iterator[Need]:
    """The needs that rendered NetworkPolicies may not meet where they are the only ones.

    They open what stands in `parts/network.py`: by it all pods of a cluster reach each other on the usual ports, names
    and the API server. What depends on the overlay's hosts and on a patch's ports is left to be proven. A test holds
    that this finds what all needs find.
    """
    for pods in clusters:
        if (pods.postgres_port[0], pods.patroni_port[0]) != (POSTGRES, PATRONI):
            yield from inside(pods)
        if (pods.pgbouncer_port[0], pods.patroni_port[0]) != (POSTGRES, PATRONI):
            yield from _incoming(environment, pods)
        yield from _stores(environment, pods)
        yield from _outside(environment, pods, clusters)


_API: tuple[Path, str, str] = ("target", "apiServer"), "", "Correct `target.apiServer`."


def is_settled(environment: Environment, cluster: Cluster, spec: Mapping[str, Any]) -> bool:
    """Whether nothing of a cluster is doubtful, of which no pod has to be known: most have a repository in a cloud.

    The same test holds this.
    """
    if cluster.patch or spec.get("pmm") or spec.get("authentication") or spec["standby"].get("enabled"):
        return False
    pgbackrest = spec["backups"].get("pgbackrest") or {}
    options = pgbackrest.get("global") or {}
    if (spec.get("extensions") or {}).get("custom") or not _ASKING.isdisjoint(options.values()):
        return False
    hosts = [host for repo in pgbackrest.get("repos") or () if (host := _store_host(repo, options))]
    # without a repository in a cloud there is no rule for object stores
    has_rule = any(repo.is_cloud for repo in cluster.backups.repos.values())
    return not hosts or (has_rule and all(_is_opened(environment.target, host) for host in hosts))


# environments on one base have one target
@functools.lru_cache(maxsize=64)
def _is_opened(target: Target, host: str) -> bool:
    """Whether the rule for object stores opens some address and the port to a host that is only a name."""
    kind, _, _, port = _parsed(host)
    store, server = target.object_store, target.api_server
    if kind != "name" or (port or 443) not in store.ports:
        return False
    blocks = PUBLIC if not (store.cidrs or store.namespace) else [(cidr, ()) for cidr in store.cidrs]
    return any(overlap(block, ANYWHERE, server.cidrs if server else ()) for block in blocks)


def _dns(environment: Environment) -> tuple[tuple[End, ...], tuple[Port, ...]]:
    dns = dns_of(environment.target)
    pods = declared_pod(environment, "DNS", dns.namespace, dns.pods)
    local = (Addresses("the node's DNS cache", dns.cidrs),) if dns.cidrs else ()
    return (pods, *local), tuple([(port, "UDP") for port in dns.ports])


def _api_server(environment: Environment) -> tuple[tuple[End, ...], tuple[Port, ...]]:
    server = environment.target.api_server
    # Cilium's documentation: an address block never matches the API server or a node
    anywhere = () if environment.target.cni == "cilium" else ANYWHERE
    if server is None:
        return (Addresses("the API server", anywhere, any_of=True),), ((443, "TCP"), (6443, "TCP"), (8443, "TCP"))
    if not server.cidrs or not anywhere:
        return (Addresses("the API server", anywhere, any_of=True),), ((server.port, "TCP"),)
    return (Addresses("the API server", server.cidrs),), ((server.port, "TCP"),)


INSIDE = frozenset(["pgbouncer-cut", "replication-cut", "patroni-cut", "repository-host-cut"])
"""The policies on what a cluster's own pods say to each other."""


def inside(pods: ClusterPods) -> Iterator[Need]:
    """What the cluster's own pods say to each other."""
    name, resource = pods.cluster.name, pods.resource
    port = ("spec", "port"), resource, "Leave PostgreSQL's port at 5432: the NetworkPolicies open that one."
    rest = ("spec", "patroni", "port"), resource, "Leave Patroni's port at 8008: the NetworkPolicies open that one."
    backups = ("spec", "backups"), resource, "Add a NetworkPolicy that opens port 8432 between them."
    for instance in pods.instances:
        if pods.pgbouncer:
            yield Need("pgbouncer-cut", name, pods.pgbouncer, (instance,), (pods.postgres_port,), *port)
        if pods.repo_host:
            here, there, only = pods.repo_host, instance, (pods.pgbackrest_port,)
            yield Need("repository-host-cut", name, here, (there,), only, *backups)
            yield Need("repository-host-cut", name, there, (here,), only, *backups)
    if pods.repo_host and pods.restore_jobs:
        target, only = (pods.repo_host,), (pods.pgbackrest_port,)
        yield Need("repository-host-cut", name, pods.restore_jobs, target, only, *backups)
    if pods.count > 1:
        for one, other in product(pods.instances, pods.instances):
            yield Need("replication-cut", name, one, (other,), (pods.postgres_port,), *port)
            yield Need("patroni-cut", name, one, (other,), (pods.patroni_port,), *rest)


def _incoming(environment: Environment, pods: ClusterPods) -> Iterator[Need]:
    """Who is declared to come in: clients to pgBouncer, Prometheus to Patroni."""
    cluster = pods.cluster
    prometheus = cluster.monitoring.prometheus
    if prometheus:
        source = declared_pod(environment, "Prometheus", prometheus.namespace, prometheus.pods)
        where = ("spec", "patroni", "port"), pods.resource, "Leave Patroni's port at 8008."
        for instance in pods.instances:
            yield Need("prometheus-cut", cluster.name, source, (instance,), (pods.patroni_port,), *where)
    if pods.pgbouncer is None:
        return
    fix = "Leave pgBouncer's port at 5432: the NetworkPolicy opens that one."
    at = ("spec", "proxy", "pgBouncer", "port"), pods.resource, fix
    for name, client in cluster.pgbouncer.clients.items():
        ends: list[End] = []
        if client.namespace:
            ends.append(declared_pod(environment, f"client {name}", client.namespace, client.pods))
        if client.cidrs:
            ends.append(Addresses(f"client {name}", client.cidrs))
        for end in ends:
            yield Need("client-cut", cluster.name, end, (pods.pgbouncer,), (pods.pgbouncer_port,), *at)


def _stores(environment: Environment, pods: ClusterPods) -> Iterator[Need]:
    """Object stores of repositories and extensions, and where the identity for them comes from."""
    pgbackrest = (pods.spec.get("backups") or {}).get("pgbackrest") or {}
    options = pgbackrest.get("global") or {}
    found = {}
    for index, repo in enumerate(pgbackrest.get("repos") or ()):
        at: Path = ("spec", "backups", "pgbackrest", "repos", index)
        host = _store_host(repo, options)
        if host:
            path = (*at, "s3", "endpoint") if repo.get("s3") else at
            found[host] = path
    for host, path in _extension_store(pods.spec):
        target, ports = host_end(environment, host, 443)
        for pod in pods.instances:
            yield Need("object-store-cut", pods.cluster.name, pod, (target,), ports, path, pods.resource, _STORE)
    senders = [*pods.instances, *[pod for pod in (pods.repo_host, pods.restore_jobs) if pod is not None]]
    for host, path in found.items():
        target, ports = host_end(environment, host, 443)
        for pod in senders:
            yield Need("object-store-cut", pods.cluster.name, pod, (target,), ports, path, pods.resource, _STORE)
    for name, (address, port) in _identities(environment, options):
        end = Addresses("the cloud's metadata address", (f"{address}/32",))
        at = ("spec", "backups", "pgbackrest", "global", name)
        fix = f"Add a NetworkPolicy in `manifests/` that lets the pods reach {address}:{port}."
        for pod in senders:
            need = (pod, (end,), ((port, "TCP"),), at, pods.resource, fix)
            yield Need("cloud-identity-cut", pods.cluster.name, *need)


_STORE = "Say where the store is: `target: {objectStore: {cidrs: […]}}` or `{namespace: …}`, and its `ports`."


def _extension_store(spec: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Where instances load extensions of one's own from."""
    extensions = spec.get("extensions") or {}
    storage = extensions.get("storage") or {}
    if extensions.get("custom") and storage:
        host = storage.get("endpoint") or _HOSTS.get(storage.get("type", "s3"), "s3.amazonaws.com")
        yield host.partition("://")[2] or host, ("spec", "extensions", "storage")


_HOSTS = {"gcs": "storage.googleapis.com", "azure": "blob.core.windows.net"}


def _store_host(repo: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Where a cloud repository is, as `host` or `host:port` (pgBackRest: repo-storage-host, repo-storage-port)."""
    name = repo.get("name", "")
    port = options.get(f"{name}-storage-port")
    default = next((host for kind, host in _HOSTS.items() if repo.get(kind)), "")
    host = str(options.get(f"{name}-storage-host") or (repo.get("s3") or {}).get("endpoint") or default)
    host = host.partition("://")[2] or host
    return f"{host.partition(':')[0]}:{port}" if host and port else host


# Where a key of type `auto` comes from: the address of the platform's metadata service
_METADATA = {
    ("s3", "auto"): [("169.254.169.254", 80)],
    ("s3", "pod-id"): [("169.254.170.23", 80)],
    ("azure", "auto"): [("169.254.169.254", 80)],
    ("gcs", "auto"): [("169.254.169.254", 80)],
}
_ASKING = frozenset(kind for _, kind in _METADATA)


def _identities(environment: Environment, options: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, int]]]:
    """The options by which pgBackRest asks the platform who it is, each with the address it asks."""
    for name, value in options.items():
        if not name.endswith("-key-type"):
            continue
        for address, port in _METADATA.get((name.split("-")[1], str(value)), ()):
            yield name, (address, port)
            if environment.target.platform == "gke" and "-gcs-" in name:
                yield name, ("169.254.169.252", 988)


def _outside(environment: Environment, pods: ClusterPods, clusters: tuple[ClusterPods, ...]) -> Iterator[Need]:
    """Servers elsewhere: PMM, the primary of a standby, LDAP."""
    pmm, standby = pods.spec.get("pmm") or {}, pods.spec.get("standby") or {}
    cluster, resource = pods.cluster.name, pods.resource
    hosts: list[tuple[str, str, int, Path, str]] = []
    if pmm.get("enabled") and pmm.get("serverHost"):
        fix = "Give the PMM server a Service, or add a NetworkPolicy in `manifests/` that opens its port."
        hosts.append(("pmm-cut", pmm["serverHost"], 0, ("spec", "pmm", "serverHost"), fix))
    if standby.get("enabled") and standby.get("host"):
        host = f"{standby['host']}:{standby.get('port') or 5432}"
        fix = "Add a NetworkPolicy in `manifests/` that lets the standby's instances reach the primary's."
        hosts.append(("standby-source-cut", host, 5432, ("spec", "standby", "host"), fix))
    fix = "Add a NetworkPolicy in `manifests/` that lets the instances reach the LDAP server."
    hosts += [("ldap-cut", host, 389, path, fix) for path, host in _ldap(pods.spec)]
    for policy, host, port, path, fix in hosts:
        target, ports = host_end(environment, host, port)
        if isinstance(target, Pod):
            target = _behind(target, clusters) or target
        if not port and ":" not in host:
            ports = (443, "TCP"), (8443, "TCP")
        for pod in pods.instances:
            yield Need(policy, cluster, pod, (target,), ports, path, resource, fix)


def _behind(service: Pod, clusters: tuple[ClusterPods, ...]) -> Pod | None:
    """The pods behind a Service that the operator makes for a cluster here (internal/naming/names.go)."""
    name = service.name.partition(":")[0].partition(".")[0]
    for pods in clusters:
        own = pods.cluster.name
        if pods.all and pods.all[0].namespace == service.namespace:
            if name == f"{own}-pgbouncer":
                return pods.pgbouncer
            if name in (f"{own}-primary", f"{own}-ha", f"{own}-replicas"):
                return pods.instances[0]
    return None


def _ldap(spec: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The LDAP servers of log-in rules, as `host:port` (PostgreSQL: ldapserver, ldapport, ldapscheme, ldapurl)."""
    for index, rule in enumerate((spec.get("authentication") or {}).get("rules") or ()):
        options = rule.get("options") or {}
        if rule.get("method") != "ldap":
            continue
        at = ("spec", "authentication", "rules", index)
        port = options.get("ldapport") or (636 if options.get("ldapscheme") == "ldaps" else 389)
        scheme, _, rest = str(options.get("ldapurl", "")).partition("://")
        if rest:
            host, _, own = rest.partition("/")[0].partition(":")
            yield at, f"{host}:{own or (636 if scheme == 'ldaps' else 389)}"
        for host in str(options.get("ldapserver", "")).split():
            yield at, f"{host}:{port}"


def host_end(environment: Environment, host: str, default: int) -> tuple[End, tuple[Port, ...]]:
    """Who a host is, as policies see it, and on which port: an address, the pods behind a Service, or somebody."""
    kind, name, namespace, port = _parsed(host)
    own = port or default
    if kind == "address":
        return Addresses(host, (name,)), ((own, "TCP"),)
    if kind == "service":
        where = namespace or environment.namespace.name
        end = Pod(host, where, {}, is_partial=True, addresses=addresses_of_pods(environment))
        # what a Service forwards 80 and 443 to cannot be known; other numbers are the pods' own
        return end, (((own, "TCP"),) if port not in (0, 80, 443) else (EVERY_PORT,))
    server = environment.target.api_server
    return Addresses(host, ANYWHERE, any_of=True, without=server.cidrs if server else ()), ((own, "TCP"),)


@functools.lru_cache(maxsize=1024)
def _parsed(host: str) -> tuple[str, str, str, int]:
    name, _, port = host.partition(":") if host.count(":") == 1 else (host.strip("[]"), "", "")
    number = int(port) if port.isdigit() else 0
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        steps = name.rstrip(".").removesuffix(".cluster.local").split(".")
        if len(steps) == 3 and steps[2] == "svc":
            return "service", name, steps[1], number
        return ("service", name, "", number) if len(steps) == 1 else ("name", name, "", number)
    return "address", str(address), "", number
