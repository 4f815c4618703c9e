"""What an environment is, typed: the composed document with every default filled in, frozen.

Attribute names are the overlay's words in snake_case (`storageClass` is `storage_class`, `from` is `from_`); what a
word means, its unit and the resource's field it becomes stand in `schemas/vocabulary.yaml` and `docs/overlay.md`. The
defaults of this module are the defaults of the format; `tests/test_vocabulary.py` holds the two against each other.

Quantities stay text as Kubernetes reads them (`8Gi`, `500m`, `2`), durations too (`30s`, `12h`, `90d`): see `units`.
"""

# annotations are real types here, not text: `modelling` reads in them how each value is made
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, NamedTuple

from pggitops.record import record


class _Empty(dict[str, Any]):
    """An empty map that may be a default: hashable, and the same for all."""

    def __hash__(self) -> int:  # type: ignore[override]  # dict has none; a dataclass default must
        return 0

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError("the empty map is shared")


EMPTY: Mapping[str, Any] = _Empty()


def key() -> Any:
    """A field that holds no word of the overlay but the key under which its map stands in the map above."""
    return field(metadata={"key": True})


@record
class Namespace:
    name: str
    create: bool = True
    pod_security: str = "restricted"
    labels: Mapping[str, str] = EMPTY
    annotations: Mapping[str, str] = EMPTY


@record
class ApiServer:
    cidrs: tuple[str, ...] = ()
    port: int = 443


@record
class Dns:
    """Where pods resolve names; by platform where nothing is said (`dns_of`)."""

    namespace: str = "kube-system"
    pods: Mapping[str, str] = EMPTY
    ports: tuple[int, ...] = (53,)
    cidrs: tuple[str, ...] = ()


@record
class Nodes:
    cidrs: tuple[str, ...] = ()


@record
class StorageClass:
    name: str = key()
    expandable: bool = False
    binding: str = "WaitForFirstConsumer"
    medium: str = "network"
    zones: tuple[str, ...] = ()


@record
class NodePool:
    name: str = key()
    count: int = 0
    cpu: str | int | float = 0
    memory: str = "0"
    zones: tuple[str, ...] = ()
    labels: Mapping[str, str] = EMPTY
    taints: tuple[Mapping[str, str], ...] = ()


@record
class ObjectStore:
    """Where backups may go; without addresses and pods: any address that is not private, shared or link-local."""

    cidrs: tuple[str, ...] = ()
    namespace: str | None = None
    pods: Mapping[str, str] = EMPTY
    ports: tuple[int, ...] = (443,)


@record
class Target:
    name: str
    platform: str = "other"
    kubernetes: str | None = None
    api_server: ApiServer | None = None
    dns: Dns | None = None
    cni: str = "unknown"
    nodes: Nodes | None = None
    storage_classes: Mapping[str, StorageClass] = EMPTY
    node_pools: Mapping[str, NodePool] = EMPTY
    controllers: tuple[str, ...] = ()
    object_store: ObjectStore = ObjectStore()


@record
class Size:
    cpu: str | int | float | None = None
    memory: str | None = None


@record
class Operator:
    version: str
    scope: str = "namespace"
    install: bool = True
    crds: str = "upstream"
    namespace: str | None = None
    watch: tuple[str, ...] = ()
    image: str | None = None
    resources: Size = Size("200m", "512Mi")
    telemetry: bool = False


@record
class SyncWindow:
    """When Argo CD may sync; the words are an AppProject's own."""

    kind: str
    schedule: str
    duration: str
    time_zone: str | None = None
    applications: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    manual_sync: bool = False
    sync_overrun: bool = False
    and_operator: bool = False
    description: str | None = None


@record
class Delivery:
    engine: str = "none"
    repository: str | None = None
    revision: str = "main"
    path: str | None = None
    project: str | None = None
    namespace: str | None = None
    instance: str | None = None
    prune: bool = False
    secret: str | None = None
    sync_windows: tuple[SyncWindow, ...] = ()
    kube_config: str | None = None
    decryption: str | None = None
    service_account: str | None = None


@record
class Store:
    kind: str = "ClusterSecretStore"
    name: str = ""


@record
class Secrets:
    provider: str = "external"
    store: Store | None = None
    prefix: str = ""
    except_: Mapping[str, str] = EMPTY


@record
class HbaRule:
    connection: str
    method: str
    databases: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    options: Mapping[str, str] = EMPTY


@record
class CustomExtension:
    name: str = key()
    version: str = ""
    checksum: str | None = None


@record
class ExtensionStorage:
    type: str
    bucket: str | None = None
    region: str | None = None
    endpoint: str | None = None
    secret: str | None = None


@record
class Extensions:
    """`pg_stat_statements` unset means on, unless `pg_stat_monitor` is: the operator refuses both."""

    pg_stat_monitor: bool = False
    pg_stat_statements: bool | None = None
    pg_audit: bool = True
    pgvector: bool = False
    pg_repack: bool = False
    custom: Mapping[str, CustomExtension] = EMPTY
    storage: ExtensionStorage | None = None
    image: str | None = None


@record
class InitSql:
    config_map: str
    key: str = "init.sql"


@record
class Postgres:
    version: int
    image: str | None = None
    parameters: Mapping[str, str | int | float | bool] = EMPTY
    hba: tuple[HbaRule, ...] = ()
    hba_default: bool = True
    synchronous: str = "off"
    leader_lease: str = "30s"
    sync: str = "10s"
    extensions: Extensions = Extensions()
    init_sql: InitSql | None = None


@record
class Volume:
    storage: str
    storage_class: str | None = None


@record
class Tablespace:
    storage: str
    name: str = key()
    storage_class: str | None = None


@record
class InstanceSet:
    """One instance set, all its words filled in; `name` is its name in the resource."""

    replicas: int
    storage: str
    name: str = "instance1"
    cpu: str | int | float = 2
    memory: str = "8Gi"
    limits: Size = Size()
    storage_class: str | None = None
    wal: Volume | None = None
    tablespaces: Mapping[str, Tablespace] = EMPTY
    spread: str = "zone"
    node_selector: Mapping[str, str] = EMPTY
    tolerations: tuple[Mapping[str, Any], ...] = ()
    affinity: Mapping[str, Any] = EMPTY
    priority_class: str | None = None
    min_available: int | str | None = None


@record
class Instances(InstanceSet):
    """The main instance set, and the further ones by name, each with the main one's words beneath its own."""

    sets: Mapping[str, InstanceSet] = EMPTY

    @property
    def all(self) -> tuple[InstanceSet, ...]:
        """Every instance set, the main one first and the others by name."""
        return (self, *(self.sets[name] for name in sorted(self.sets)))


@record
class Expose:
    type: str = "ClusterIP"
    internal: bool = True
    source_ranges: tuple[str, ...] = ()
    annotations: Mapping[str, str] = EMPTY
    labels: Mapping[str, str] = EMPTY
    node_port: int | None = None


@record
class Client:
    """Who may reach pgBouncer: pods of a namespace (all of them without labels), or address ranges."""

    name: str = key()
    namespace: str | None = None
    pods: Mapping[str, str] = EMPTY
    cidrs: tuple[str, ...] = ()


@record
class Pgbouncer:
    replicas: int = 2
    cpu: str | int | float = "500m"
    memory: str = "256Mi"
    limits: Size = Size()
    image: str | None = None
    pool_mode: str = "transaction"
    parameters: Mapping[str, str | int | float | bool] = EMPTY
    expose: Expose = Expose()
    clients: Mapping[str, Client] = EMPTY
    spread: str = "zone"
    node_selector: Mapping[str, str] = EMPTY
    tolerations: tuple[Mapping[str, Any], ...] = ()
    affinity: Mapping[str, Any] = EMPTY
    priority_class: str | None = None
    min_available: int | str | None = None


@record
class User:
    name: str = key()
    databases: tuple[str, ...] = ()
    options: str = ""
    secret: str | None = None
    grant_public_schema_access: bool = False


@record
class S3:
    bucket: str
    region: str
    endpoint: str = ""
    uri_style: str = "host"
    verify_tls: bool = True


@record
class Gcs:
    bucket: str


@record
class Azure:
    container: str


@record
class Schedules:
    full: str | None = None
    differential: str | None = None
    incremental: str | None = None


@record
class Retention:
    """How many full and differential backups stay, or for how long (`30d`: full backups by time)."""

    full: int | str | None = None
    differential: int | None = None


@record
class Credentials:
    secret: str | None = None
    workload_identity: str | None = None


@record
class Repo:
    """One pgBackRest repository; exactly one of `volume`, `s3`, `gcs`, `azure` is set."""

    name: str = key()
    volume: Volume | None = None
    s3: S3 | None = None
    gcs: Gcs | None = None
    azure: Azure | None = None
    path: str | None = None
    schedules: Schedules = Schedules()
    retention: Retention = Retention()
    encryption: str | None = None
    credentials: Credentials = Credentials()

    @property
    def number(self) -> int:
        """The N of `repoN`, as pgBackRest's options count."""
        return int(self.name[4:])

    @property
    def is_cloud(self) -> bool:
        """Whether the repository lies outside the Kubernetes cluster."""
        return self.volume is None


@record
class Backups:
    enabled: bool = True
    repos: Mapping[str, Repo] = EMPTY
    options: Mapping[str, str] = EMPTY
    image: str | None = None
    repo_host: Size = Size("250m", "256Mi")
    jobs: Size = Size("250m", "256Mi")

    @property
    def ordered(self) -> tuple[Repo, ...]:
        """The repositories by number: the first takes the initial backup."""
        return tuple([self.repos[name] for name in sorted(self.repos)])

    @property
    def volumes(self) -> list[Repo]:
        """The repositories that lie on a volume."""
        return [repo for repo in self.repos.values() if repo.volume is not None]


@record
class Tls:
    only: bool = True
    secret: str | None = None
    replication_secret: str | None = None
    root_ca_secret: str | None = None


@record
class Pmm:
    server: str
    version: int = 3
    secret: str | None = None
    query_source: str = "pgstatstatements"
    image: str | None = None


@record
class Prometheus:
    namespace: str
    pods: Mapping[str, str] = EMPTY


@record
class Monitoring:
    pmm: Pmm | None = None
    prometheus: Prometheus | None = None


@record
class Standby:
    enabled: bool = True
    host: str | None = None
    port: int | None = None
    repo: str | None = None
    of: str | None = None


@record
class BootstrapSource:
    """A repository whose cluster is gone."""

    s3: S3 | None = None
    gcs: Gcs | None = None
    azure: Azure | None = None
    volume: Volume | None = None
    path: str | None = None
    encryption: str | None = None
    credentials: Credentials = Credentials()
    repo: str = "repo1"


@record
class Bootstrap:
    until: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    repo: str | None = None
    from_: BootstrapSource | None = None
    options: tuple[str, ...] = ()


@record
class Upgrade:
    to: int


@record
class Cluster:
    owner: str
    postgres: Postgres
    instances: Instances
    name: str = key()
    description: str = ""
    protected: bool | None = None
    tier: str | None = None
    cr_version: str | None = None
    upgrade: Upgrade | None = None
    pgbouncer: Pgbouncer = Pgbouncer()
    users: Mapping[str, User] = EMPTY
    backups: Backups = Backups()
    tls: Tls = Tls()
    monitoring: Monitoring = Monitoring()
    standby: Standby | None = None
    bootstrap: Bootstrap | None = None
    pause: bool = False
    patch: tuple[Mapping[str, Any], ...] = ()
    labels: Mapping[str, str] = EMPTY
    annotations: Mapping[str, str] = EMPTY


@record
class WaiverRules:
    longest: str = "180d"
    grace: str = "14d"
    unwaivable: tuple[str, ...] = ()


@record
class Waiver:
    """A written, owned, expiring permission for one policy in one environment, cluster or object (`Kind/name`)."""

    policy: str
    reason: str
    owner: str
    expires: str
    name: str = key()
    cluster: str | None = None
    object: str | None = None
    ticket: str | None = None


@record
class Tombstone:
    owner: str
    reason: str
    data: str
    backups: str
    date: str
    name: str = key()


@record
class Acceptance:
    """A written, owned, expiring yes to an effect of a change, by its kind or by the rule that tells of it."""

    effect: str
    reason: str
    owner: str
    expires: str
    name: str = key()
    cluster: str | None = None
    ticket: str | None = None


@record
class Environment:
    """One namespace on one Kubernetes cluster with the PostgreSQL clusters in it; `name` is its folder's."""

    namespace: Namespace
    target: Target
    operator: Operator
    clusters: Mapping[str, Cluster]
    name: str = key()
    bases: tuple[str, ...] = ()
    tier: str = "production"
    labels: Mapping[str, str] = EMPTY
    annotations: Mapping[str, str] = EMPTY
    delivery: Delivery = Delivery()
    secrets: Secrets = Secrets()
    registry: str | None = None
    image_pull_secrets: tuple[str, ...] = ()
    policies: Mapping[str, Mapping[str, Any]] = EMPTY
    waiver_rules: WaiverRules = WaiverRules()
    waivers: Mapping[str, Waiver] = EMPTY
    removed: Mapping[str, Tombstone] = EMPTY
    accept: Mapping[str, Acceptance] = EMPTY

    def tier_of(self, cluster: Cluster) -> str:
        """The tier policies judge the cluster by: its own, else the environment's."""
        return cluster.tier or self.tier


def is_lenient(tier: str) -> bool:
    """Whether a tier is one of the two known as not production; a tier of one's own counts as production."""
    return tier in ("development", "staging")


@record
class Manifest:
    """One object: its `document`, the `template` it came from, and the file that holds it.

    The file is `path` in the folder `output` of `rendered/`; without an `output` in the environment's own. `item` is
    the word it is for, where a template makes several: `("clusters", "payments", "users", "app")`. `source` is the
    file, and `document_index` the document in it, where somebody wrote it as a manifest. `is_patched` says that the
    document is not what the template makes.
    """

    path: str
    document: dict[str, Any]
    template: str
    cluster: str = ""
    source: str = ""
    document_index: int = 0
    output: str = ""
    item: tuple[str | int, ...] = ()
    is_patched: bool = False


@record
class Layout:
    """Which folders of `rendered/<environment>/` hold manifests (`""` is the topmost): where an engine can be sent."""

    folders: frozenset[str]


Kind = tuple[str, str, str]
"""A kind of objects an environment has: group, kind, and the name if it is one object of the whole cluster."""


class RepositoryFacts(NamedTuple):
    """A backup repository as others see it: `place` is the store and bucket, empty for a volume.

    `path` is None where it is the one made of environment, cluster and repository; `full` is the schedule.
    """

    name: str
    place: str
    path: str | None
    is_encrypted: bool
    full: str | None


class Following(NamedTuple):
    """Whom a cluster follows, or followed until it was promoted: the words of `standby`."""

    enabled: bool
    host: str | None
    repo: str | None
    of: str | None


class ClusterFacts(NamedTuple):
    """What other environments need to know of a cluster; `limits` are those of `summaries.LIMITS`, in their order.

    `room` is what its smallest data volume has, in bytes; `tablespaces` are those that every instance set has.
    """

    tier: str
    major: int
    repositories: tuple[RepositoryFacts, ...]
    following: Following | None
    users: tuple[str, ...]
    limits: tuple[int, ...]
    is_paused: bool
    room: int = 0
    tablespaces: tuple[str, ...] = ()


class Pods(NamedTuple):
    """Pods of one kind as the scheduler sees them: requests of one in cores and bytes, how many, where they may be.

    `cluster` is the index of their cluster in the environment, -1 for the operator's. `terms` are those of a required
    node affinity, each of expressions (key, operator, values); `tolerations` are key, operator, value and effect;
    `spread` is what must hold: `zone`, `host` or `none`.
    """

    what: str
    cluster: int
    cpu: float
    memory: int
    replicas: int
    terms: tuple[tuple[tuple[str, str, tuple[str, ...]], ...], ...] = ()
    tolerations: tuple[tuple[str | None, str, str, str | None], ...] = ()
    spread: str = "none"


@record
class EnvironmentSummary:
    """What fleet policies and fleet outputs need of an environment; small, since ten thousand are kept at once."""

    name: str
    target: str
    namespace: str
    clusters: tuple[str, ...]
    version: str
    delivery: Delivery
    kinds: frozenset[Kind] = frozenset()
    """What it brings into its namespace, without names: the same for many environments."""
    has_namespace: bool = False
    """Whether it brings the namespace, too."""
    named_kinds: tuple[Kind, ...] = ()
    """What else it brings that lies in no namespace, each with its name."""
    crds: str | None = None
    """Where the target's CRDs come from, `upstream` or `vendored`; None if somebody else installs them."""
    operator_namespace: str | None = None
    """Where an operator runs that is installed from here."""
    watched: tuple[str, ...] | None = None
    """The namespaces an operator of scope `cluster` watches beside those of the environments that share it, () for all;
    None for an environment's own."""
    operator: tuple[str | None, ...] = ()
    """What must agree of an operator that environments share; empty for an operator of the environment's own."""
    shares: Environment | None = None
    """The environment without its clusters, where it shares an operator that is rendered for the target."""
    facts: tuple[ClusterFacts, ...] = ()
    """Of each of `clusters`, in their order."""
    node_pools: tuple[NodePool, ...] = ()
    pods: tuple[Pods, ...] = ()
    """What is to run on them; nothing where the target's node pools are not known."""
    tier: str = "production"
    severities: Mapping[str, str] = EMPTY
    """What the overlay says that policies between environments weigh, by their ids."""
    waivers: Mapping[str, Waiver] = EMPTY
    """Those for policies between environments."""
    waiver_rules: WaiverRules = WaiverRules()
    upgrades: tuple[str, ...] = ()
    """The clusters that declare a major upgrade."""


@record
class DeliveredTarget:
    """A target as one instance of an engine delivers to it: what all its environments there have in common.

    `version` is the newest operator's, `operator_namespace` that of an operator they share; `host` is the environment
    that brings that namespace, if one does.
    """

    name: str
    delivery: Delivery
    version: str
    crds: str | None
    operator_namespace: str | None = None
    host: Environment | None = None


@record
class Project:
    """An AppProject: from which sources to which namespaces of which targets, and which kinds.

    What has an entry for each environment is gone through once, when it is written.
    """

    name: str
    description: str
    delivery: Delivery
    sources: tuple[str, ...]
    destinations: Iterable[tuple[str, str]]
    cluster_kinds: Iterable[Kind]
    kinds: tuple[tuple[str, str], ...]
    windows: tuple[SyncWindow, ...] = ()


def word(attribute: str) -> str:
    """The overlay's word for an attribute of the model: `storage_class` is `storageClass`."""
    first, *rest = attribute.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)
