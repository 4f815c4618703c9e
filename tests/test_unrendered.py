"""Manifests that pggitops did not render: what is said of them, where, and what nobody can know."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pggitops import unrendered, yamlio
from pggitops.cli import run
from pggitops.cli.options import FORMATS
from pggitops.compose import Sources
from pggitops.errors import CannotGoOn
from pggitops.findings import Finding, order
from pggitops.operators import versions
from pggitops.pipeline import Settings, build
from pggitops.sandbox import Sandbox
from test_policies import TODAY, cases, judged

CLUSTER = """\
apiVersion: pgv2.percona.com/v2
kind: PerconaPGCluster
metadata:
  name: shop
spec:
  crVersion: 3.0.0
  image: registry.acme.example/postgres@sha256:1
  tlsOnly: true
  postgresVersion: 18
  users:
    - name: app
      databases: [app]
  pmm: {enabled: true, image: registry.acme.example/pmm@sha256:1, secret: pmm, serverHost: pmm.acme.example}
  instances:
    - replicas: 3
      dataVolumeClaimSpec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 100Gi}}
      resources: {requests: {cpu: "2", memory: 8Gi}, limits: {memory: 8Gi}}
      priorityClassName: databases
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {postgres-operator.crunchydata.com/cluster: shop}}
  proxy:
    pgBouncer:
      image: registry.acme.example/pgbouncer@sha256:1
      replicas: 2
      resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 256Mi}}
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {postgres-operator.crunchydata.com/role: pgbouncer}}
  patroni:
    dynamicConfiguration:
      postgresql:
        parameters: {shared_buffers: 2GB}
  backups:
    pgbackrest:
      image: registry.acme.example/pgbackrest@sha256:1
      global:
        repo1-path: /shop
        repo1-retention-full: "5"
        repo1-cipher-type: aes-256-cbc
      configuration:
        - secret: {name: shop-backups}
      repoHost: {resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 256Mi}}}
      jobs: {resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 256Mi}}}
      repos:
        - name: repo1
          schedules: {full: 17 1 * * 0}
          gcs: {bucket: acme-pg}
"""
"""What somebody may have who writes the resource by hand, and well."""


def said(*paths: str, version: str | None = None, tier: str = "production") -> tuple[list[Finding], Any]:
    result = unrendered.judge(unrendered.read(paths), unrendered.JudgedAs(None, TODAY, version, tier))
    return result.findings, result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def at(finding: Finding, text: str) -> str:
    """What stands where a finding points."""
    return text.splitlines()[finding.place.line - 1][finding.place.column - 1 :]


@pytest.mark.parametrize("version", versions())
def test_a_good_resource_is_clean(version: str, here: Path) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace("3.0.0", version))
    findings, result = said("cr.yaml")
    # a day comes when no version is supported
    assert [one for one in findings if not one.policy.endswith("-unsupported")] == []
    assert (result.clusters, result.namespaces) == (1, ["no-namespace"])
    assert "backup-missing" not in result.not_judged
    reasons = set(result.not_judged.values())
    assert {"there is no NetworkPolicy", "they look between environments"} < reasons


MISTAKES = """
- of: 'repo1-retention-full: "5"'
  is: 'repo1-retention-ful: "5"'
  policies: [backup-kept-for-ever, pgbackrest-option-unknown]
- {of: 'full: 17 1 * * 0', is: 'full: 17 1 1 1 *', policies: [backup-full-too-rare], at: '17 1 1 1 *'}
- {of: 'shared_buffers: 2GB', is: 'shared_bufers: 2GB', policies: [parameter-unknown, shared-buffers-too-small]}
- {of: 'replicas: 2', is: 'replicas: 1', policies: [pooler-alone], at: '1'}
- {of: 'shared_buffers: 2GB', is: 'Shared_Buffers: 2GB', policies: [parameter-wrong-case, shared-buffers-too-small]}
- {of: 'replicas: 3', is: 'replicas: 1', policies: [replicas-too-few], at: '1'}
- {of: 'repo1-cipher-type: aes-256-cbc', is: 'process-max: "2"', policies: [backup-unencrypted]}
- {of: 'crVersion: 3.0.0', is: 'crVersion: 2.7.0', policies: [manifest-operator-unknown], at: 2.7.0}
- of: 'crVersion: 3.0.0'
  is: 'pause: true'
  policies: [cluster-paused, cr-version-out-of-range, manifest-operator-unknown]
- {of: 'replicas: 3', is: 'replicas: many', policies: [manifest-wrong-type], at: many}
- {of: 'crVersion: 3.0.0', is: 'crVersoin: 3.0.0', policies: [manifest-unknown-key]}
- {of: 'name: shop', is: 'name: a-name-that-is-longer-than-any-overlay-would-let-it-be', policies: [name-too-long]}
- of: 'gcs: {bucket: acme-pg}'
  is: 'volume: {volumeClaimSpec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Ti}}}}'
  policies: [backup-only-on-volume, volume-path-outside-mount]
"""


@pytest.mark.parametrize("case", yaml.safe_load(MISTAKES), ids=lambda case: case["is"])
def test_a_mistake_is_found_where_it_stands(case: dict[str, Any], here: Path) -> None:
    text = CLUSTER.replace(case["of"], case["is"], 1)
    (here / "cr.yaml").write_text(text)
    findings, _ = said("cr.yaml")
    found = {finding.policy for finding in findings if not finding.policy.endswith("-unsupported")}
    assert found == set(case["policies"])
    findings = [finding for finding in findings if finding.policy in found]
    for finding in findings:
        assert finding.place.line > 1, finding
        if "at" in case:
            assert at(finding, text).startswith(str(case["at"]))


AS_KUBECTL = r"""
- of: 'name: shop'
  is: "name: shop\n  labels: {enabled: yes}"
  finding: 'manifest-wrong-type 5:21 enabled is yes without quotes, the word true'
  fix: 'Quote it: `enabled: "yes"`.'
- of: 'name: shop'
  is: "name: shop\n  annotations: {a: n}"
  finding: 'manifest-wrong-type 5:20 a is n without quotes, the word false'
  fix: 'Quote it: `a: "n"`.'
- of: 'name: shop'
  is: "name: shop\n  annotations:\n    n: 'why'"
  finding: 'manifest-key-renamed 6:5 the key n without quotes is "false"'
  fix: 'Quote it: `"n"`.'
- of: 'name: shop'
  is: "name: shop\n  labels: {a: '1', 010: b}"
  finding: 'manifest-key-renamed 5:20 the key 010 without quotes is "8"'
  fix: 'Quote it: `"010"`.'
- of: 'name: shop'
  is: "name: shop\n  labels: {version: 1.10}"
  finding: 'manifest-wrong-type 5:21 version is 1.10 without quotes, the number 1.1'
  fix: 'Quote it: `version: "1.10"`.'
- of: 'name: shop'
  is: "name: shop\n  labels: {commit: 12e5}"
  finding: 'manifest-wrong-type 5:20 commit is 12e5 without quotes, the number 1200000'
  fix: 'Quote it: `commit: "12e5"`.'
- of: 'name: shop'
  is: "name: shop\n  labels: {answer: 42}"
  finding: 'manifest-wrong-type 5:20 answer is the number 42'
  fix: 'Quote it: `answer: "42"`.'
- of: 'name: shop'
  is: 'name: on'
  finding: 'manifest-wrong-type 4:9 name is on without quotes'
  fix: 'Quote it: `name: "on"`.'
- of: 'databases: [app]'
  is: 'databases: [Y]'
  finding: 'manifest-wrong-type 12:19 databases[0] is Y without quotes, the word true'
  fix: 'Quote it: `"Y"`.'
- of: 'crVersion: 3.0.0'
  is: "crVersion: 3.0.0\n  y: 3"
  finding: 'manifest-unknown-key 7:3 "true" is no field of spec; it is y without quotes'
  fix: 'Quote it: `"y"`.'
- of: 'shared_buffers: 2GB'
  is: 'shared_buffers: 2GB, fsync: off'
  finding: 'crash-safety-off 39:50 fsync is off'
  fix: 'Remove it.'
- of: 'shared_buffers: 2GB'
  is: 'shared_buffers: 2GB, synchronous_commit: off'
  finding: 'commits-not-durable 39:63'
- of: 'shared_buffers: 2GB'
  is: 'shared_buffers: 2GB, huge_pages: on'
  finding: 'huge-pages-unavailable 39:55 huge_pages is on'
- {of: 'replicas: 3', is: 'replicas: 0x3'}
- {of: 'replicas: 3', is: 'replicas: 3.0'}
- {of: 'replicas: 3', is: 'replicas: !!int "3"'}
- {of: 'tlsOnly: true', is: 'tlsOnly: yes'}
- {of: 'name: shop', is: 'name: !!str shop'}
- {of: 'name: shop', is: "name: shop\n  annotations: {5432: 'port', 'y': 'n'}"}
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", yaml.safe_load(AS_KUBECTL), ids=lambda case: case["is"])
def test_a_resource_is_read_as_kubectl_reads_it(case: dict[str, Any], end: str, here: Path) -> None:
    """What is no text there is none here, and what is told of it is how it is written."""
    (here / "cr.yaml").write_bytes(CLUSTER.replace(case["of"], case["is"], 1).replace("\n", end).encode())
    findings = [one for one in said("cr.yaml")[0] if not one.policy.endswith("-unsupported")]
    told = [f"{one.policy} {one.place.line}:{one.place.column} {one.message}" for one in findings]
    assert len(told) == ("finding" in case)
    assert "".join(told).startswith(case.get("finding", ""))
    assert not told or findings[0].fix == case.get("fix", findings[0].fix)


def test_a_tier_and_an_operator_of_ones_own(here: Path) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace("replicas: 3", "replicas: 1").replace("3.0.0", "2.7.0"))
    found = said("cr.yaml", version="2.9.0", tier="development")[0]
    assert {finding.policy for finding in found} <= {"operator-unsupported"}
    with pytest.raises(CannotGoOn, match=r"no operator version 2\.9\.9"):
        said("cr.yaml", version="2.9.9")


@pytest.mark.parametrize("version", ["2.3.1", "2.8.0", "2.10.0", "3.1.0"])
def test_an_operator_that_is_not_known(version: str, here: Path) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace("3.0.0", version))
    assert [one.policy for one in said("cr.yaml")[0]] == ["manifest-operator-unknown"]
    # the same where what is wrong may come of it
    (here / "cr.yaml").write_text(CLUSTER.replace("3.0.0", version).replace("tlsOnly", "newWord"))
    found = {one.policy for one in said("cr.yaml")[0]}
    assert found == {"manifest-operator-unknown", "manifest-unknown-key"}


def test_lists_json_and_standard_input(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = yaml.safe_load(CLUSTER.replace("replicas: 3", "replicas: 1", 1))
    two = {**one, "metadata": {"name": "other", "namespace": "b"}}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [one, two]}, indent=2)

    class Stdin:
        buffer = io.BytesIO(text.encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    findings, result = said("-")
    assert result.clusters == 2
    assert [(one.policy, one.environment, one.cluster) for one in findings] == [
        ("replicas-too-few", "no-namespace", "shop"),
        ("replicas-too-few", "b", "other"),
    ]
    assert [at(one, text) for one in findings] == ["1,", "1,"]
    assert {one.place.file for one in findings} == {"<stdin>"}
    (here / "list.json").write_text(text)
    assert [(one.policy, one.place.line) for one in said("list.json")[0]] == [
        (one.policy, one.place.line) for one in findings
    ]


def anchored(limit: str) -> str:
    """The same with the resources of pgBouncer written once, and taken for two others."""
    written = "resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 256Mi}}"
    head, middle, *rest = CLUSTER.replace("cpu: 500m", "cpu: 250m").split(written)
    first = written.replace(": {requests", ": &small {requests").replace("256Mi}}", f"{limit}}}}}")
    text = f"{head}{first}{'resources: *small'.join((middle, *rest))}"
    return text.replace("jobs: {resources: *small}", "jobs:\n        resources: {<<: *small}")


def test_anchors_and_aliases_are_read(here: Path) -> None:
    (here / "cr.yaml").write_text(anchored("256Mi"))
    assert yamlio.load(anchored("256Mi").encode())[1]
    assert said("cr.yaml")[0] == []
    (here / "cr.yaml").write_text(anchored("256Mo"))
    findings = said("cr.yaml")[0]
    assert [at(one, anchored("256Mo")) for one in findings] == ["256Mo}}"] * 3
    assert {one.object.path.split(".")[1] for one in findings if one.object} == {"proxy", "backups"}


def test_aliases_that_multiply_are_one_message(here: Path) -> None:
    rows = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
    (here / "bomb.yaml").write_text("\n".join(rows))
    (finding,) = said("bomb.yaml")[0]
    assert (finding.policy, finding.place.line) == ("yaml-alias", 6)
    assert "stand for more than 100,000 values" in finding.message


SECRETS = """\
# password: hunter2
---
apiVersion: v1
kind: ConfigMap
metadata: {name: sql, namespace: db}
data:
  init.sql: |
    CREATE ROLE reporting LOGIN PASSWORD 'tiger';
    -- ALTER ROLE app PASSWORD 'hunter2';
---
apiVersion: v1
kind: Secret
metadata: {name: a, namespace: db}
stringData: {password: tiger}
...
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, namespace: db}
  data: {url: "postgres://app:xk39sk1@db/app"}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: c, namespace: other}
  data: {key: AKIAQWERTYUIOPASDFGH}
"""
IN_TEXT = [
    ("password-in-text", 1, "hunter2", "sql", ""),
    ("password-in-text", 8, "tiger", "sql", 'data."init.sql"'),
    ("password-in-text", 9, "hunter2", "sql", ""),
    ("secret-in-plain", 14, "tiger", "a", "stringData.password"),
    ("password-in-url", 23, "xk39sk1", "b", "data.url"),
    ("token-in-git", 27, "AKIAQ", "c", "data.key"),
]


def test_secrets_in_text_are_found_and_not_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "all.yaml").write_text(SECRETS)
    findings = sorted(said("all.yaml")[0], key=order)
    assert [
        (one.policy, one.place.line, one.object and one.object.name, one.object and one.object.path) for one in findings
    ] == [(policy, line, name, path) for policy, line, _, name, path in IN_TEXT]
    for one, (_, _, begin, _, _) in zip(findings, IN_TEXT, strict=True):
        assert at(one, SECRETS).startswith(begin)
        assert one.is_secret
    assert [one.environment for one in findings] == ["db"] * 5 + ["other"]
    for name in FORMATS:
        run(["check", "--manifests", "all.yaml", "--format", name])
    shown = capsys.readouterr().out
    assert not any(secret in shown for secret in ("hunter2", "tiger", "xk39sk1", "AKIAQWERTY"))


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_secrets_are_where_they_were_with_other_line_ends(end: str, here: Path) -> None:
    (here / "all.yaml").write_text(SECRETS)
    places = [(one.policy, one.place) for one in sorted(said("all.yaml")[0], key=order)]
    (here / "all.yaml").write_bytes(SECRETS.replace("\n", end).encode())
    assert [(one.policy, one.place) for one in sorted(said("all.yaml")[0], key=order)] == places


def test_a_secret_is_told_once(here: Path) -> None:
    keys = "repo1-s3-key-secret: wJalrXUtnFEMIK7MDENGbPxRfiCYzk12ab34cdEF\n        repo1-path: /shop"
    text = CLUSTER.replace("repo1-path: /shop", keys)
    (here / "cr.yaml").write_text(text)
    assert [one.policy for one in said("cr.yaml")[0]] == ["backup-key-in-plain"]
    # where no policy on clusters sees it
    (here / "cr.yaml").write_text(text.replace("bucket: acme-pg", "bucket: x"))
    assert {one.policy for one in said("cr.yaml")[0]} == {"manifest-not-judged", "token-in-git"}


def test_network_policies_are_judged_where_there_are_some(here: Path) -> None:
    policy = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - ports: [{port: 5432}]
"""
    (here / "all.yaml").write_text(f"{CLUSTER}---\n{policy}")
    findings, result = said("all.yaml")
    assert "database-reachable-directly" in {finding.policy for finding in findings}
    assert "database-reachable-directly" not in result.not_judged


OF_A_SERVER = {
    "uid": "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9",
    "resourceVersion": "4711",
    "generation": 3,
    "creationTimestamp": "2026-03-01T10:00:00Z",
    "managedFields": [
        {"manager": "kubectl", "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {}}}
    ],
    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "a", "uid": "b", "controller": True}],
}


def as_given(document: dict[str, Any], status: Any) -> dict[str, Any]:
    """An object as `kubectl get -o yaml` prints it."""
    return {**document, "metadata": {**document["metadata"], **OF_A_SERVER}, "status": status}


def test_what_a_server_gives_is_judged(here: Path) -> None:
    cluster = as_given(yaml.safe_load(CLUSTER.replace("replicas: 3", "replicas: 1", 1)), {"state": 5, "newer": {}})
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"ports": [{"port": 5432}]}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}
    items = [cluster, as_given(service, {"loadBalancer": {}}), as_given(pod, {"phase": "Running"})]
    text = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}})
    (here / "live.yaml").write_text(text)
    findings, result = said("live.yaml")
    assert [(one.policy, at(one, text)) for one in findings] == [("replicas-too-few", "1")]
    assert (result.clusters, dict(result.unknown_kinds)) == (1, {"Pod": 1})


def test_what_nobody_gave_is_still_an_error(here: Path) -> None:
    object_ = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "uuid": "b"}, "status": {}}
    (here / "one.yaml").write_text(yaml.safe_dump(object_))
    assert {one.object.path for one in said("one.yaml")[0] if one.object} == {"metadata.uuid", "status"}


def test_json_documents_one_behind_the_other(here: Path) -> None:
    one = yaml.safe_load(CLUSTER.replace("replicas: 3", "replicas: 1", 1))
    two = {**one, "metadata": {"name": "other"}}
    for text in (
        f"{json.dumps(one)}\n{json.dumps(two)}\n",
        f"{json.dumps(one, indent=2)}\n\n{json.dumps(two, indent=1)}",
    ):
        (here / "all.json").write_text(text)
        findings = said("all.json")[0]
        assert [(one.policy, one.cluster, at(one, text)[:2]) for one in findings] == [
            ("replicas-too-few", "shop", "1,"),
            ("replicas-too-few", "other", "1,"),
        ]
    (here / "all.json").write_text(json.dumps(one, indent="\t"))
    assert [one.policy for one in said("all.json")[0]] == ["replicas-too-few"]
    for text in (json.dumps(one) * 2, '{"a": 1, "a": 2}\n{}', "{}\n{"):
        (here / "all.json").write_text(text)
        assert {one.policy for one in said("all.json")[0]} <= {"yaml-syntax", "yaml-duplicate-key"}
        assert said("all.json")[0]


def test_items_of_a_list_of_one_kind_need_not_say_it(here: Path) -> None:
    holder = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "a"}, "dta": {}}, 5]}
    (here / "list.yaml").write_text(yaml.safe_dump(holder))
    assert [one.policy for one in said("list.yaml")[0]] == ["manifest-no-object", "manifest-unknown-key"]
    (here / "list.yaml").write_text(yaml.safe_dump({**holder, "items": None}))
    assert said("list.yaml")[0] == []


KINDS = """
- {is: [v1, Pod], error: false}
- {is: [v1, Pdo], error: true}
- {is: [apps/v1, DaemonSet], error: false}
- {is: [apps/v1beta2, Deployment], error: true}
- {is: [networking.k8s.io/v1, Ingres], error: true}
- {is: [networking.k8s.io/v1, IngressClass], error: false}
- {is: [networking.k8s.io/v1beta1, Ingress], error: true}
- {is: [rbac.authorisation.k8s.io/v1, Role], error: true}
- {is: [gateway.networking.k8s.io/v1, Gateway], error: false}
- {is: [autoscaling.k8s.io/v1, VerticalPodAutoscaler], error: false}
- {is: [coordination.k8s.io/v1, Lease], error: false}
- {is: [pgv2.percona.com/v2, PerconaPGClustr], error: true}
- {is: [upstream.pgv2.percona.com/v1beta1, PostgresCluster], error: false}
"""


@pytest.mark.parametrize("case", yaml.safe_load(KINDS), ids=lambda case: "/".join(case["is"]))
def test_kinds_without_a_schema(case: dict[str, Any], here: Path) -> None:
    api_version, kind = case["is"]
    (here / "one.yaml").write_text(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n")
    findings, result = said("one.yaml")
    assert [one.policy for one in findings] == (["manifest-no-schema"] if case["error"] else [])
    assert dict(result.unknown_kinds) == ({} if case["error"] else {kind: 1})


def test_what_stands_twice_in_a_file_is_told_at_the_second(here: Path) -> None:
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n"
    text = f"{CLUSTER}---\n{config_map}---\n{CLUSTER}---\n{config_map}---\n{config_map.replace('}', ', namespace: b}')}"
    (here / "all.yaml").write_text(text)
    (here / "other.yaml").write_text(config_map)
    findings = [one for one in said("all.yaml", "other.yaml")[0] if one.policy == "manifest-repeated"]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(("name: shop", "name: shop}"))]
    assert len(lines) == 4
    assert [one.place.line for one in findings] == lines[2:]
    assert [one.message.partition(" stands at line ")[2].split()[0] for one in findings] == [str(n) for n in lines[:2]]


def network_policy(name: str, spec: str) -> str:
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    return f"---\n{head}metadata: {{name: {name}}}\nspec: {spec}\n"


OF_SHOP = "{matchLabels: {postgres-operator.crunchydata.com/cluster: shop}}"
INSTANCES = (
    "{matchLabels: {postgres-operator.crunchydata.com/cluster: shop, postgres-operator.crunchydata.com/data: postgres}}"
)
POOLERS = "{matchLabels: {postgres-operator.crunchydata.com/role: pgbouncer}}"
DENIED = network_policy("deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}")
CUT = {
    "whoever comes in is pgBouncer": (
        network_policy("database", f"{{podSelector: {INSTANCES}, ingress: [{{from: [{{podSelector: {POOLERS}}}]}}]}}"),
        ["patroni-cut", "replication-cut", "repository-host-cut"],
    ),
    "and the cluster itself": (
        network_policy("database", f"{{podSelector: {INSTANCES}, ingress: [{{from: [{{podSelector: {OF_SHOP}}}]}}]}}"),
        [],
    ),
    "what is denied here is opened elsewhere": (DENIED, []),
    "what is denied here is opened here, but for one port": (
        DENIED
        + network_policy(
            "inside",
            f"{{podSelector: {OF_SHOP}, policyTypes: [Ingress, Egress], ingress: [{{from: [{{podSelector: {OF_SHOP}}}],"
            f" ports: [{{port: 5432}}, {{port: 8432}}]}}], egress: [{{to: [{{podSelector: {OF_SHOP}}}]}}]}}",
        ),
        ["patroni-cut"],
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_what_network_policies_cut_between_the_pods_of_a_cluster(name: str, here: Path) -> None:
    text, expected = CUT[name]
    (here / "all.yaml").write_text(CLUSTER + text)
    findings, result = said("all.yaml")
    cut = sorted((one for one in findings if one.policy.endswith("-cut")), key=lambda one: one.policy)
    assert [one.policy for one in cut] == expected
    assert all(at(one, CLUSTER + text).startswith("{podSelector: ") for one in cut)
    # of all else nobody knows where it is, and nothing may seem to be met
    assert {"dns-cut", "client-cut", "object-store-cut"} <= result.not_judged.keys()
    assert ("patroni-cut" in result.not_judged) == (text == DENIED)


def test_what_a_policy_selects_is_not_known_without_the_cluster(here: Path) -> None:
    (here / "policy.yaml").write_text(network_policy("database", f"{{podSelector: {OF_SHOP}}}"))
    (here / "cr.yaml").write_text(CLUSTER.replace("metadata:", "\tmetadata:", 1))
    for paths in (["policy.yaml"], ["policy.yaml", "cr.yaml"], ["policy.yaml", "gone.yaml"]):
        findings, result = said(*paths)
        assert {one.policy for one in findings} <= {"yaml-tab", "manifest-unreadable"}
        assert "network-policy-selects-nothing" in result.not_judged
    (here / "cr.yaml").write_text(CLUSTER.replace("name: shop", "name: store", 1))
    findings, result = said("policy.yaml", "cr.yaml")
    assert [one.policy for one in findings] == ["network-policy-selects-nothing"]
    assert "network-policy-selects-nothing" not in result.not_judged


def test_what_is_not_judged_is_said_of_the_namespaces_with_clusters(here: Path) -> None:
    def of(name: str) -> str:
        return CLUSTER.replace("name: shop", f"name: shop\n  namespace: {name}", 1)

    namespace = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
    policy = network_policy("database", f"{{podSelector: {OF_SHOP}}}").replace("database}", "database, namespace: a}")
    (here / "all.yaml").write_text(f"{of('a')}{policy}{namespace}")
    assert "there is no NetworkPolicy" not in said("all.yaml")[1].not_judged.values()
    (here / "all.yaml").write_text(f"{of('a')}{policy}{namespace}---\n{of('b')}")
    reasons = set(said("all.yaml")[1].not_judged.values())
    assert "in b there is no NetworkPolicy" in reasons
    assert "they need to know the clients" in reasons


def test_a_config_map_may_be_somewhere_else(here: Path) -> None:
    text = CLUSTER.replace("tlsOnly: true", "tlsOnly: true\n  databaseInitSQL: {name: sql, key: init.sql}")
    (here / "cr.yaml").write_text(text)
    findings, result = said("cr.yaml")
    assert result.not_judged["init-sql-missing"] == "there is no ConfigMap"
    assert findings == []
    (here / "cr.yaml").write_text(f"{text}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: other}}\n")
    assert [one.policy for one in said("cr.yaml")[0]] == ["init-sql-missing"]
    (here / "broken.yaml").write_text("a: [\n")
    assert [one.policy for one in said("cr.yaml", "broken.yaml")[0]] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("of", "becomes", "fix"),
    [
        ("tlsOnly: true", "tlsOnly: false", "Write `tlsOnly: true`."),
        (
            "patroni:",
            "patroni:\n    leaderLeaseDurationSeconds: 300",
            "Write `patroni: {leaderLeaseDurationSeconds: 30}`.",
        ),
        ("replicas: 2", "replicas: 0", "Set `proxy.pgBouncer.replicas` to 2 or more."),
    ],
)
def test_what_to_write_is_said_in_the_words_of_the_resource(of: str, becomes: str, fix: str, here: Path) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace(of, becomes))
    assert fix in {one.fix for one in said("cr.yaml")[0]}


def test_two_clusters_of_one_name_are_told_apart(here: Path) -> None:
    for name in ("a", "b"):
        (here / name).mkdir()
        (here / name / "cr.yaml").write_text(CLUSTER.replace("replicas: 3", "replicas: 1", 1))
    assert [one.place.file for one in said(".")[0]] == ["./a/cr.yaml", "./b/cr.yaml"] or [
        one.place.file for one in said(".")[0]
    ] == ["a/cr.yaml", "b/cr.yaml"]


def test_what_cannot_be_read_is_one_message_each(here: Path) -> None:
    (here / "good.yaml").write_text(CLUSTER)
    (here / "picture.yaml").write_bytes(b"\x89PNG\0\0" * 100)
    (here / "windows.yaml").write_text(CLUSTER, encoding="utf-16")
    (here / "large.yaml").write_bytes(b"a: b\n" * (10 << 20))
    (here / "many.yaml").write_bytes(b"---\nkind: A\n" * 100_000)
    (here / "loop.yaml").symlink_to("loop.yaml")
    (here / "gone.yaml").symlink_to("nowhere.yaml")
    (here / "chart.yaml").write_text("a: {{ .Values.b }}\n")
    (here / "broken.yaml").write_text("a: [\n")
    (here / "values.yaml").write_text("image: x\n")
    (here / "empty.yaml").write_text("")
    (here / "kustomization.yaml").write_text("resources: [good.yaml]\n")
    (here / "notes.txt").write_text("no manifest")
    (here / ".git").mkdir()
    (here / ".git" / "config.yaml").write_text("a: [")
    (here / "deep").mkdir()
    (here / "deep" / "up").symlink_to("..")
    os.mkfifo(here / "pipe.yaml")
    read = unrendered.read([str(here)])
    found = {Path(one.place.file).name: one.policy for one in read.findings}
    assert len(found) == len(read.findings)
    assert found == {
        "picture.yaml": "manifest-binary",
        "windows.yaml": "yaml-not-utf8",
        "large.yaml": "manifest-too-large",
        "many.yaml": "manifest-too-large",
        "loop.yaml": "manifest-unreadable",
        "gone.yaml": "manifest-unreadable",
        "chart.yaml": "manifest-template",
        "broken.yaml": "yaml-syntax",
        "up": "manifest-link-cycle",
    }
    assert (len(read.objects), read.passed_over) == (1, 1)


RULE = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: a}
spec:
  groups:
    - name: a
      rules:
        - alert: Down
          annotations:
            summary: "{{ $labels.instance }} is down"
            description: |-
              {{ $value }} of all
"""
TEMPLATES = {
    f"{RULE}          expr: up == 0\n           for: 5m\n": "yaml-syntax",
    f"{RULE}          expr: *gone\n": "yaml-alias",
    f"{RULE}\texpr: up\n": "yaml-tab",
    f"{RULE}{{{{- if .Values.a }}}}\n": "manifest-template",
    "kind: {{ .Values.kind }}\n": "manifest-template",
    "a:\n  - {{ .Values.kind }}\n": "manifest-template",
    "metadata:\n  name: a-{{ .Release.Name }}\n  {{- toYaml .Values.b | nindent 2 }}\n": "manifest-template",
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_is_told_from_a_mistake_beside_its_signs(text: str, here: Path) -> None:
    (here / "one.yaml").write_text(text)
    assert [one.policy for one in said("one.yaml")[0]] == [TEMPLATES[text]]


def test_empty_files_and_byte_order_marks(here: Path) -> None:
    (here / "none.yaml").write_text("# nothing\n---\n# here\n")
    bad = CLUSTER.replace("replicas: 3", "replicas: 1", 1)
    text = f"\ufeff{CLUSTER}---\n\ufeff{bad.replace('name: shop', 'name: other', 1)}"
    (here / "cr.yaml").write_text(text)
    findings = said("none.yaml", "cr.yaml")[0]
    assert [(one.policy, at(one, text)) for one in findings] == [("replicas-too-few", "1")]
    assert [one.policy for one in said("none.yaml")[0]] == ["yaml-empty"]


@pytest.mark.skipif(os.geteuid() == 0, reason="to root everything is readable")
def test_what_nobody_may_read(here: Path) -> None:
    (here / "closed.yaml").write_text(CLUSTER)
    (here / "closed.yaml").chmod(0)
    (here / "shut").mkdir(mode=0)
    assert [one.policy for one in unrendered.read([str(here)]).findings] == ["manifest-unreadable"] * 2


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("- a\n", "manifest-no-object"),
        ("kind: Secret\n", "manifest-no-object"),
        ("apiVersion: v1\nkind: Secret\nmetadata: {}\n", "manifest-no-object"),
        ("apiVersion: v1\nkind: Sercet\nmetadata: {name: a}\n", "manifest-no-schema"),
        ("a: &b c\n", "manifest-no-object"),
        ("a: *b\n", "yaml-alias"),
        ("", "yaml-empty"),
    ],
)
def test_what_is_named_must_be_an_object(text: str, policy: str, here: Path) -> None:
    (here / "one.yaml").write_text(text)
    assert [one.policy for one in said("one.yaml")[0]] == [policy]
    assert [one.policy for one in said("none.yaml")[0]] == ["manifest-unreadable"]


def test_objects_of_any_form_are_judged_without_a_failure() -> None:
    """Those with errors no policy sees; the others, however odd, break none."""
    file = Path(__file__).parent / "cases" / "unrendered" / "odd.yaml"
    findings, result = said(str(file))
    found = {finding.policy for finding in findings}
    assert "policy-failed" not in found
    assert {"manifest-wrong-type", "secret-in-plain", "pgbouncer-setting-unknown", "backup-missing"} <= found
    assert result.clusters == 1


@pytest.mark.parametrize(("size", "policies"), [("100G", []), ("5G", ["data-volume-too-small"]), ('"1e11"', [])])
def test_sizes_that_no_overlay_has(size: str, policies: list[str], here: Path) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace("storage: 100Gi", f"storage: {size}"))
    findings, result = said("cr.yaml")
    found = [finding.policy for finding in findings]
    assert found in (policies, ["manifest-not-judged"])
    assert result.clusters == ("manifest-not-judged" not in found)


def test_a_foreign_kind_is_counted(here: Path) -> None:
    (here / "one.yaml").write_text("apiVersion: acme.example/v1\nkind: Widget\nmetadata: {name: a}\n")
    findings, result = said("one.yaml")
    assert (findings, dict(result.unknown_kinds)) == ([], {"Widget": 1})


def test_the_command(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "cr.yaml").write_text(CLUSTER.replace("replicas: 3", "replicas: 2", 1))
    assert run(["check", "--manifests", "cr.yaml"]) == 0
    text = capsys.readouterr().out
    assert "cr.yaml:15:17: warning replicas-without-spare" in text
    assert "not judged: " in text
    assert "1 warning in 1 object" in text
    assert run(["check", "--manifests", "cr.yaml", "--fail-on", "warning"]) == 1
    for name in FORMATS:
        assert run(["check", "--manifests", "cr.yaml", "--format", name]) == 0
    out = capsys.readouterr().out
    assert '<testcase classname="no-namespace" name="backup-missing" time="0"/>' in out
    assert 'name="namespace-shared"' not in out


@pytest.mark.parametrize(
    "given", [[], ["--baseline", "x", "a"], ["--write-baseline", "x", "a"], ["--kubeconform", "always", "a"]]
)
def test_what_does_not_go_together(given: list[str], here: Path) -> None:
    with pytest.raises(CannotGoOn):
        run(["check", "--manifests", *given])
    with pytest.raises(CannotGoOn, match="--operator-version is for --manifests"):
        run(["check", "--operator-version", "3.0.0"])
    with pytest.raises(CannotGoOn, match="--tier is for --manifests"):
        run(["check", "--tier", "development"])


def chosen_cases() -> dict[tuple[str, bool], Any]:
    """Of each policy one overlay that is bad and one that is good."""
    found: dict[tuple[str, bool], Any] = {}
    for param in cases():
        policy, case = param.values
        if case.get("overlay"):
            found.setdefault((policy, bool(case.get("expected"))), param)
    return found


OF_OVERLAYS = re.compile(
    r"overlay|\bbase\b|\b(?:a|the) patch\b|`(?:target|tls\.|postgres[.:]|instances\.|pgbouncer\.|backups\.repos"
    r"|leaderLease|spread|priorityClass:|poolMode|monitoring|manifests/|upgrade|secrets: )"
)
"""Words of overlays, which are not what somebody writes into a PerconaPGCluster."""

ONLY_HERE = frozenset(
    # our NetworkPolicies are anybody's here, and judged; a retention by an option is one; whom a standby follows nobody
    # says; the rule that we add behind those of an overlay is one of them; a repository's URL is one like any other
    [
        *(
            "database-reachable-directly",
            "egress-opened",
            "ipv6-left-open",
            "login-rule-unreached",
            "network-policy-selects-nothing",
            "password-in-url",
        ),
        "restore-window-too-short",
    ]
)


@pytest.mark.parametrize(("policy", "case"), list(chosen_cases().values()))
def test_what_is_rendered_is_judged_alike(policy: str, case: dict[str, Any], tmp_path: Path) -> None:
    """Of what pggitops renders, nothing is said that the environment is not told; and nothing fails."""
    if case.get("environments") or case.get("kinds") or case.get("crds"):
        return
    overlay = case["overlay"]
    # of what a patch says words tell nothing, and here everything; settings and bases there are none
    is_told_all = not any("patch" in words for words in (overlay.get("clusters") or {}).values() if words)
    is_told_all = is_told_all and not case.get("bases") and "policies" not in overlay
    whole = {finding.policy for finding in judged(tmp_path, case)}
    [built] = build(Settings(tmp_path, TODAY), Sources(tmp_path), Sandbox([]), ["env"])
    tier = overlay.get("tier", "production")
    for output, files in (built.outputs or {}).items():
        for name, data in files.items():
            file = tmp_path / "out" / output / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    findings = said(str(tmp_path / "out"), tier=tier)[0] if built.outputs else []
    found = {one.policy for one in findings}
    assert "policy-failed" not in found
    assert [one.fix for one in findings if OF_OVERLAYS.search(one.fix)] == []
    assert not is_told_all or found - ONLY_HERE <= whole
