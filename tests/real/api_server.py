"""A real Kubernetes API server for custom resources: etcd and `apiextensions-apiserver`, one per operator version.

The server is that part of Kubernetes which serves CustomResourceDefinitions: structural schemas, CEL rules, defaulting,
pruning, server-side apply. It serves no native kinds, so that a namespace need not exist. Everything is on loopback, in
a temporary folder, open only to the certificate made here, and ended by its process id.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from processes import ROOT, free_ports, program, running, wait

STRUCTURAL = ROOT / "schemas" / "structural"
OPERATOR = "percona-postgresql-operator-"
OPERATORS = tuple(sorted(path.name.removeprefix(OPERATOR) for path in STRUCTURAL.glob(f"{OPERATOR}*")))


@dataclass(frozen=True)
class Answer:
    """What the server said: its HTTP status and its document, which is a Status where it refused."""

    status: int
    document: dict[str, Any]

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        return "" if self.accepted else str(self.document.get("message", self.document))


@dataclass
class Server:
    """A server with the CRDs of one operator version and of everything else that is rendered."""

    operator: str
    port: int
    certificates: Path
    plurals: dict[tuple[str, str], str] = field(default_factory=dict)
    _connection: http.client.HTTPSConnection | None = None

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        if self._connection is None:
            context = ssl.create_default_context(cafile=str(self.certificates / "ca.crt"))
            context.load_cert_chain(self.certificates / "client.crt", self.certificates / "client.key")
            self._connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
        try:
            self._connection.request(method, path, body, {"Content-Type": kind})
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return Answer(response.status, _document(text))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def apply(self, text: bytes, identity: dict[str, Any], *, dry_run: bool = False) -> Answer:
        """Server-side apply of an object's file as it is; `identity` is the object, for what its address is made of."""
        query = "fieldManager=pggitops&fieldValidation=Strict&force=true" + "&dryRun=All" * dry_run
        return self.request("PATCH", f"{self._address(identity)}?{query}", text, "application/apply-patch+yaml")

    def write_status(self, identity: dict[str, Any]) -> Answer:
        """A write of the status, as an object's controller makes it, with nothing in it."""
        return self.request("PATCH", f"{self._address(identity)}/status", b"{}", "application/merge-patch+json")

    def _address(self, identity: dict[str, Any]) -> str:
        plural = self.plurals[str(identity["apiVersion"]).partition("/")[0], str(identity["kind"])]
        namespace, name = (quote(str(identity["metadata"].get(word)), safe="") for word in ("namespace", "name"))
        return f"/apis/{identity['apiVersion']}/namespaces/{namespace}/{plural}/{name}"


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"message": text.decode(errors="replace")}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running etcd."""
    with etcd(tmp_path_factory.mktemp("etcd")) as address:
        yield address


@pytest.fixture(scope="session", params=OPERATORS)
def api(request: pytest.FixtureRequest, store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running API server per operator version, one after the other."""
    with server(tmp_path_factory.mktemp("api"), store, request.param) as running:
        yield running


@contextlib.contextmanager
def etcd(folder: Path) -> Iterator[str]:
    """A running etcd; its address."""
    client, peer = (f"http://127.0.0.1:{port}" for port in free_ports(2))
    command = [program("etcd"), "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"]
    command += ["--max-request-bytes", "10485760", "--initial-cluster", f"default={peer}"]
    command += ["--listen-client-urls", client, "--advertise-client-urls", client]
    command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
    with running(command, folder / "etcd.log"):
        yield client


@contextlib.contextmanager
def server(folder: Path, store: str, operator: str) -> Iterator[Server]:
    """A running API server that knows the kinds of `schemas/structural/`, the operator's in one version."""
    certificates = made_certificates(folder)
    (port,) = free_ports(1)
    kubeconfig = folder / "kubeconfig.json"
    kubeconfig.write_text(json.dumps(_kubeconfig(port, certificates)))
    command = [program("apiextensions-apiserver"), "--etcd-servers", store, "--etcd-prefix", f"/{folder.name}"]
    command += ["--bind-address", "127.0.0.1", "--secure-port", str(port), "--cert-dir", str(certificates)]
    command += ["--tls-cert-file", str(certificates / "server.crt")]
    command += ["--tls-private-key-file", str(certificates / "server.key")]
    command += ["--client-ca-file", str(certificates / "ca.crt"), "--authentication-skip-lookup"]
    for flag in ("--kubeconfig", "--authentication-kubeconfig", "--authorization-kubeconfig"):
        command += [flag, str(kubeconfig)]
    command += ["--enable-priority-and-fairness=false", "--disable-admission-plugins", ",".join(_WANT_NATIVE_KINDS)]
    log = folder / "server.log"
    with running(command, log) as process:
        found = Server(operator, port, certificates)
        wait(lambda: found.request("GET", "/readyz?exclude=informer-sync").status == 200, process, log)
        for address in install_crds(found, operator):
            wait(lambda address=address: found.request("GET", address).status == 200, process, log)
        yield found
        found.close()


_WANT_NATIVE_KINDS = (
    "NamespaceLifecycle",
    "MutatingAdmissionWebhook",
    "ValidatingAdmissionWebhook",
    "ValidatingAdmissionPolicy",
    "MutatingAdmissionPolicy",
)
"""Admission plugins that wait for kinds this server does not serve."""


def install_crds(server: Server, operator: str) -> list[str]:
    """Every kind of `schemas/structural/`, the operator's own in one version; the addresses that will be served."""
    addresses = []
    for file in structural_files(operator):
        stated = json.loads(file.read_bytes())
        group, version, plural = stated["group"], stated["version"], stated["plural"]
        answer = server.request("POST", _CRDS, json.dumps(_crd(stated)).encode())
        assert answer.accepted, answer.message
        server.plurals[group, stated["kind"]] = plural
        addresses.append(f"/apis/{group}/{version}/{plural}")
    return addresses


def structural_files(operator: str) -> list[Path]:
    """The structural schemas a server of this operator version has."""
    other = {f"{OPERATOR}{version}" for version in OPERATORS if version != operator}
    return [file for file in sorted(STRUCTURAL.glob("*/*.json")) if file.parent.name not in other]


_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _crd(stated: dict[str, Any]) -> dict[str, Any]:
    kind, plural = stated["kind"], stated["plural"]
    version = {
        "name": stated["version"],
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": stated["schema"]},
        "subresources": {"status": {}},
    }
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{stated['group']}"},
        "spec": {"group": stated["group"], "scope": stated["scope"], "names": names, "versions": [version]},
    }


def made_certificates(folder: Path) -> Path:
    """An authority, a certificate for the server and one for a client that may do everything."""
    made = folder / "certificates"
    made.mkdir()
    _openssl(made, "-x509", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt")
    for name, subject, use in (
        ("server", "/CN=127.0.0.1", "serverAuth"),
        ("client", "/O=system:masters/CN=tests", "clientAuth"),
    ):
        extensions = ("-addext", "subjectAltName=IP:127.0.0.1", "-addext", f"extendedKeyUsage={use}")
        signed = ("-x509", "-CA", "ca.crt", "-CAkey", "ca.key")
        _openssl(made, *signed, "-subj", subject, "-keyout", f"{name}.key", "-out", f"{name}.crt", *extensions)
    return made


def _openssl(folder: Path, *arguments: str) -> None:
    command = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run([*command, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def _kubeconfig(port: int, certificates: Path) -> dict[str, Any]:
    """It points back at the server itself: there is nobody else to ask who somebody is and what he may do."""
    user = {"client-certificate": str(certificates / "client.crt"), "client-key": str(certificates / "client.key")}
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(certificates / "ca.crt")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "self", "cluster": cluster}],
        "users": [{"name": "self", "user": user}],
        "contexts": [{"name": "self", "context": {"cluster": "self", "user": "self"}}],
        "current-context": "self",
    }
