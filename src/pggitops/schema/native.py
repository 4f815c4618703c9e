"""What Kubernetes knows of its own kinds and says in no schema: names, selectors, ports, ranges, containers.

Source: k8s.io/kubernetes 1.36.1, `pkg/apis/{core,apps,batch,networking,policy,rbac}/validation`; of every object's
metadata k8s.io/apimachinery 0.36.1, `pkg/api/validation/objectmeta.go`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from pggitops.findings import Path, Severity, Violation
from pggitops.kinds import NATIVE_GROUPS, OPERATOR_GROUP
from pggitops.record import record
from pggitops.schema import syntax
from pggitops.schema.repair import flow, repaired, show
from pggitops.schema.syntax import Syntax

if TYPE_CHECKING:
    from fractions import Fraction

Schema = dict[str, Any]


@record
class Check:
    """What finds the violations at a place: of a value there, whatever its type, with its path.

    `quick` is a JSON Schema that takes only what there is nothing to find in; None where no schema could tell.
    """

    find: Callable[[Any, Path], Iterator[Violation]]
    quick: Schema | None = None


GROUPS = NATIVE_GROUPS
BAD = "manifest-bad-value"
SELECTOR = {"matchLabels", "matchExpressions"}
"""The keys of a label selector; no other part of any kind has these two alone."""

_MOST_ANNOTATIONS = 256 * 1024
_NAMES = {
    ("", "Namespace"): syntax.DNS_LABEL,
    ("", "Service"): syntax.DNS_1035_LABEL,
    ("batch", "CronJob"): syntax.CRON_JOB_NAME,
}


def label(path: Path) -> str:
    """A value by its key: `ports[0]`, `spec`."""
    keys = [at for at, step in enumerate(path) if isinstance(step, str)]
    if not keys:
        return "the object"
    return str(path[keys[-1]]) + "".join(f"[{index}]" for index in path[keys[-1] + 1 :])


def bad_text(wanted: Syntax, value: Any, path: Path, at_key: bool = False) -> Iterator[Violation]:
    """The value, or with `at_key` the last key of the path, held against a syntax; null is nothing to judge."""
    if value is None or isinstance(value, (list, dict)) or wanted.fits(value):
        return
    guess = repaired(value, wanted.fits)
    key = "" if at_key or not isinstance(path[-1], str) else f"{path[-1]}: "
    fix = f"Write {wanted.expected}." if guess is None else f"Write `{key}{flow(guess)}`."
    subject = "the key" if at_key else label(path)
    yield Violation(f"{subject} is {show(value)}; expected {wanted.expected}", fix, path, BAD, at_key=at_key)


def bad(message: str, fix: str, path: Path) -> Violation:
    return Violation(message, fix, path, BAD)


# ---- metadata, labels, selectors ----


def metadata(names: Syntax, value: Any, path: Path) -> Iterator[Violation]:
    """The metadata of a whole object."""
    if not isinstance(value, dict):
        return
    yield from bad_text(names, value.get("name"), (*path, "name"))
    yield from bad_text(syntax.DNS_LABEL, value.get("namespace") or None, (*path, "namespace"))
    yield from labels_and_annotations(value, path)
    for index, each in _items(value.get("finalizers")):
        yield from bad_text(syntax.FINALIZER, each, (*path, "finalizers", index))


def labels_and_annotations(value: Any, path: Path) -> Iterator[Violation]:
    """The labels and annotations of an object, or of what is made from a template."""
    if not isinstance(value, dict):
        return
    yield from labels(value.get("labels"), (*path, "labels"))
    annotations = value.get("annotations")
    if not isinstance(annotations, dict):
        return
    for key in annotations:
        yield from bad_text(syntax.ANNOTATION_KEY, key, (*path, "annotations", key), at_key=True)
    size = sum(len(str(word).encode()) for pair in annotations.items() for word in pair)
    if size > _MOST_ANNOTATIONS:
        message = f"annotations are {size} bytes in all; expected at most {_MOST_ANNOTATIONS}"
        yield bad(message, "Keep what is large in a ConfigMap.", (*path, "annotations"))


def labels(value: Any, path: Path) -> Iterator[Violation]:
    """A map of labels: the syntax of its keys and values."""
    for key, each in value.items() if isinstance(value, dict) else ():
        yield from bad_text(syntax.LABEL_KEY, key, (*path, key), at_key=True)
        yield from bad_text(syntax.LABEL_VALUE, each, (*path, key))


def selector(value: Any, path: Path) -> Iterator[Violation]:
    """A label selector."""
    if not isinstance(value, dict):
        return
    yield from labels(value.get("matchLabels"), (*path, "matchLabels"))
    for index, each in _items(value.get("matchExpressions")):
        if isinstance(each, dict):
            yield from _requirement(each, (*path, "matchExpressions", index))


def _requirement(value: dict[str, Any], path: Path) -> Iterator[Violation]:
    operator, values = value.get("operator"), value.get("values")
    yield from bad_text(syntax.LABEL_KEY, value.get("key"), (*path, "key"))
    if operator in ("In", "NotIn"):
        if not values:
            yield bad(f"{operator} has no values", "Add the values the label may have.", (*path, "values"))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield bad(f"{operator} has values; it takes none", "Remove them, or write In.", (*path, "values"))
    elif isinstance(operator, str):
        message = f"operator is {show(operator)}; expected one of In, NotIn, Exists, DoesNotExist"
        yield bad(message, "Write one of In, NotIn, Exists, DoesNotExist.", (*path, "operator"))
    for index, each in _items(values):
        yield from bad_text(syntax.LABEL_VALUE, each, (*path, "values", index))


# ---- ranges ----


def cidr(value: Any, path: Path) -> Iterator[Violation]:
    """A range of addresses; one with bits of a host in it, or badly written, is no more than warned of."""
    if not isinstance(value, str):
        return
    canonical = syntax.canonical_cidr(value)
    if canonical is None:
        yield from bad_text(syntax.CIDR, value, path)
    elif canonical != value:
        message = f"{label(path)} is {show(value)}, which means {canonical}"
        key = f"{path[-1]}: " if isinstance(path[-1], str) else ""
        yield Violation(message, f"Write `{key}{flow(canonical)}`.", path, BAD, severity=Severity.WARNING)


def ip_block(value: Any, path: Path) -> Iterator[Violation]:
    """An `ipBlock`: what it excepts lies within it."""
    whole = value.get("cidr") if isinstance(value, dict) else None
    if not isinstance(whole, str):
        return
    yield from cidr(whole, (*path, "cidr"))
    is_range = syntax.canonical_cidr(whole) is not None
    for index, each in _items(value.get("except")):
        at = (*path, "except", index)
        yield from cidr(each, at)
        if is_range and isinstance(each, str) and syntax.canonical_cidr(each) and not syntax.within(each, whole):
            yield bad(f"{each} is no part of {whole}", "Except only what lies within `cidr`.", at)


# ---- network policies and Services ----


def policy_port(value: Any, path: Path) -> Iterator[Violation]:
    """A port of a NetworkPolicy."""
    if not isinstance(value, dict):
        return
    port, end = value.get("port"), value.get("endPort")
    yield from bad_text(syntax.PORT_OR_NAME, port, (*path, "port"))
    yield from protocol(value.get("protocol"), (*path, "protocol"))
    if end is None:
        return
    at = (*path, "endPort")
    if isinstance(port, int) and isinstance(end, int) and end < port:
        yield bad(f"endPort {end} lies before port {port}", "Write the last port of the range.", at)
    elif not isinstance(port, int):
        yield bad("endPort stands without a numeric port", "Write `port` as a number, or remove `endPort`.", at)
    else:
        yield from bad_text(syntax.PORT, end, at)


def protocol(value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, str) and value not in _PROTOCOL["enum"]:
        yield from bad_text(
            Syntax("one of TCP, UDP, SCTP", lambda each: each in _PROTOCOL["enum"], _PROTOCOL), value, path
        )


def peer(value: Any, path: Path) -> Iterator[Violation]:
    """Who may speak or be spoken to in a NetworkPolicy."""
    if not isinstance(value, dict):
        return
    said = [word for word in ("podSelector", "namespaceSelector", "ipBlock") if value.get(word) is not None]
    if not said:
        yield bad(f"{label(path)} names no peer", "Write a podSelector, a namespaceSelector or an ipBlock.", path)
    elif len(said) > 1 and "ipBlock" in said:
        message = f"{label(path)} has {' and '.join(said)}; an ipBlock stands alone"
        yield bad(message, "Make two peers of them.", path)


def policy_types(value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, list) and len(value) > 2:
        yield bad(f"{label(path)} has {len(value)} items", "Write Ingress, Egress or both, once each.", path)
    for index, each in _items(value):
        if isinstance(each, str) and each not in ("Ingress", "Egress"):
            message = f"{label((*path, index))} is {show(each)}; expected one of Ingress, Egress"
            yield bad(message, "Write one of Ingress, Egress.", (*path, index))


def named_ports(value: Any, path: Path) -> Iterator[Violation]:
    """Ports of a Service: each has a name of its own, unless there is only one."""
    ports = [(index, each) for index, each in _items(value) if isinstance(each, dict)]
    for index, each in ports:
        if len(ports) > 1 and not each.get("name"):
            yield bad(f"{label((*path, index))} has no name", "Name each port where there are several.", (*path, index))
    yield from _once(((*path, index, "name"), each.get("name")) for index, each in ports)


# ---- pods ----


def stateful(value: Any, path: Path) -> Iterator[Violation]:
    """The pods of a StatefulSet, who may mount its claims as well."""
    template = value.get("template") if isinstance(value, dict) else None
    if not isinstance(template, dict):
        return
    claims = [each.get("metadata") for _, each in _items(value.get("volumeClaimTemplates")) if isinstance(each, dict)]
    names = [str(each.get("name")) for each in claims if isinstance(each, dict)]
    yield from pod(template.get("spec"), (*path, "template", "spec"), names)


def pod(value: Any, path: Path, claims: Iterable[Any] = ()) -> Iterator[Violation]:
    """A pod's containers have names of their own, and mount volumes there are."""
    if not isinstance(value, dict):
        return
    containers = [
        ((*path, word, index), each)
        for word in ("initContainers", "containers")
        for index, each in _items(value.get(word))
        if isinstance(each, dict)
    ]
    apart = [(at, each) for at, each in containers if "initContainers" in at]
    names = {_name(each) for _, each in apart}
    for at, each in containers:
        if "containers" in at and _name(each) and _name(each) in names:
            message = f"a container and an init container are both called {each['name']}"
            yield Violation(message, "Give each its own name.", (*at, "name"), "manifest-duplicate-item")
    volumes = {_name(each) for _, each in _items(value.get("volumes")) if isinstance(each, dict)} | set(claims)
    for at, each in containers:
        yield from _mounts(each, at, volumes)


def _name(item: dict[str, Any]) -> str | None:
    """What an item of a list is called; of a name that is no text its schema speaks."""
    name = item.get("name")
    return name if isinstance(name, str) else None


def _mounts(container: dict[str, Any], path: Path, volumes: set[Any]) -> Iterator[Violation]:
    mounts = [(index, each) for index, each in _items(container.get("volumeMounts")) if isinstance(each, dict)]
    for index, each in mounts:
        if _name(each) not in volumes and _name(each) is not None:
            message = f"{each['name']} is mounted, and there is no volume of that name"
            yield bad(message, "Add the volume, or correct the name.", (*path, "volumeMounts", index, "name"))
    ports = [(index, each) for index, each in _items(container.get("ports")) if isinstance(each, dict)]
    yield from _once(((*path, "ports", index, "name"), each.get("name")) for index, each in ports)


def resources(value: Any, path: Path) -> Iterator[Violation]:
    """What a container asks for is no more than it may have, and nothing is less than none."""
    parts = [value.get(word) if isinstance(value, dict) else None for word in ("limits", "requests")]
    limits, requests = (each if isinstance(each, dict) else {} for each in parts)
    for word, each in (("limits", limits), ("requests", requests)):
        for name, text in each.items():
            if str(text).startswith("-") and (_amount(text) or 0) < 0:
                yield bad(f"{name} is {show(text)}, less than none", "Write how much it takes.", (*path, word, name))
    for name, text in requests.items():
        # most are equal, and need no arithmetic
        if name not in limits or limits[name] == text:
            continue
        asked, most = _amount(text), _amount(limits[name])
        if asked is not None and most is not None and asked > most:
            message = f"{name} is requested with {show(text)}, more than the limit of {show(limits[name])}"
            yield bad(message, "Raise the limit or lower the request.", (*path, "requests", name))


def _amount(text: Any) -> Fraction | None:
    """A quantity, exactly; None for what is none."""
    return _exactly(text) if isinstance(text, (str, int, float)) else None


@functools.lru_cache(maxsize=1024)
def _exactly(text: str | int | float) -> Fraction | None:
    from pggitops.units import quantity

    try:
        return quantity(text)
    except ValueError:
        return None


def selected(value: Any, path: Path) -> Iterator[Violation]:
    """A Deployment or StatefulSet selects the pods it makes."""
    if not isinstance(value, dict):
        return
    chosen, template = value.get("selector"), value.get("template")
    wanted = chosen.get("matchLabels") if isinstance(chosen, dict) else None
    meta = template.get("metadata") if isinstance(template, dict) else None
    made = (meta.get("labels") if isinstance(meta, dict) else None) or {}
    if isinstance(chosen, dict) and not any(chosen.values()):
        yield bad("selector selects every pod", "Select by a label of the template.", (*path, "selector"))
    for key, each in wanted.items() if isinstance(wanted, dict) else ():
        if isinstance(made, dict) and made.get(key) != each:
            message = f"selector asks for {key}: {each}, which the pods of template do not have"
            yield bad(message, "Add the label to the template.", (*path, "selector", "matchLabels", key))


def one_of_two(first: str, second: str, value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, dict) and value.get(first) is not None and value.get(second) is not None:
        message = f"{label(path)} has both {first} and {second}"
        yield bad(message, f"Keep one of {first} and {second}.", (*path, second))


def keys(value: Any, path: Path) -> Iterator[Violation]:
    """The keys of a ConfigMap or Secret."""
    for key in value if isinstance(value, dict) else ():
        yield from bad_text(syntax.CONFIG_KEY, key, (*path, key), at_key=True)


def verbs(value: Any, path: Path) -> Iterator[Violation]:
    """A rule of a role: what may be done, with what."""
    if not isinstance(value, dict):
        return
    if not value.get("verbs"):
        yield bad(f"{label(path)} has no verbs", "Write what the rule permits.", (*path, "verbs"))
    if not value.get("nonResourceURLs"):
        for word in ("apiGroups", "resources"):
            if not value.get(word):
                yield bad(f"{label(path)} has no {word}", f"Write the {word} the rule is about.", (*path, word))


def _once(named: Iterable[tuple[Path, Any]]) -> Iterator[Violation]:
    seen: set[str] = set()
    for at, name in named:
        if isinstance(name, str) and name:
            if name in seen:
                message = f"{label(at[:-1])} is called {name}, as one before it is"
                yield Violation(message, "Give each its own name.", at, "manifest-duplicate-item")
            seen.add(name)


def _items(value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else ()


def text(wanted: Syntax) -> Check:
    """The check of a place by its syntax alone."""
    return Check(partial(bad_text, wanted), wanted.quick)


def names_of(group: str, kind: str) -> Syntax:
    """How the objects of a kind may be called."""
    if group == "rbac.authorization.k8s.io":
        return syntax.PATH_SEGMENT
    return _NAMES.get((group, kind), syntax.DNS_SUBDOMAIN)


def metadata_of(names: Syntax) -> Check:
    """The check of the metadata of whole objects that may be called so."""
    quick = _properties(
        name=names.quick,
        namespace=syntax.DNS_LABEL.quick,
        labels=_LABELS,
        annotations=_ANNOTATIONS,
        finalizers={"items": syntax.FINALIZER.quick},
    )
    return Check(partial(metadata, names), quick)


def _properties(**properties: Schema) -> Schema:
    return {"properties": properties}


_LABELS: Schema = {"propertyNames": syntax.LABEL_KEY.quick, "additionalProperties": syntax.LABEL_VALUE.quick}
_ANNOTATIONS: Schema = {
    "propertyNames": syntax.ANNOTATION_KEY.quick,
    "maxProperties": 20,
    "additionalProperties": {"maxLength": 2048},
}
_OPERATORS: list[Schema] = [
    {"properties": {"operator": {"enum": ["In", "NotIn"]}, "values": {"minItems": 1}}, "required": ["values"]},
    {"properties": {"operator": {"enum": ["Exists", "DoesNotExist"]}, "values": {"maxItems": 0}}},
]
_REQUIREMENT = {
    "properties": {"key": syntax.LABEL_KEY.quick, "values": {"type": "array", "items": syntax.LABEL_VALUE.quick}},
    "anyOf": _OPERATORS,
}
_OBJECT: Schema = {"type": "object"}
_PEER: Schema = {
    **_properties(podSelector=_OBJECT, namespaceSelector=_OBJECT, ipBlock=_OBJECT),
    "oneOf": [
        {"required": ["ipBlock"]},
        {"anyOf": [{"required": ["podSelector"]}, {"required": ["namespaceSelector"]}]},
    ],
}
_EVERYWHERE = "0.0.0.0/0"
_SOMEWHERE: Schema = {**syntax.CIDR.quick, "not": {"const": _EVERYWHERE}}
_PROTOCOL: Schema = {"enum": ["TCP", "UDP", "SCTP"]}
_RULE_OF_ROLE: Schema = {
    "properties": {word: {"type": "array", "minItems": 1} for word in ("verbs", "apiGroups", "resources")},
    "required": ["verbs", "apiGroups", "resources"],
}

SELECTS = Check(selector, _properties(matchLabels=_LABELS, matchExpressions={"items": _REQUIREMENT}))
LABELLED = Check(labels_and_annotations, _properties(labels=_LABELS, annotations=_ANNOTATIONS))
_LABEL_MAP = Check(labels, _LABELS)
_CIDR = Check(cidr, syntax.CIDR.quick)
_IP_BLOCK = Check(
    ip_block,
    {
        "anyOf": [
            _properties(cidr=syntax.CIDR.quick, **{"except": {"maxItems": 0}}),
            _properties(cidr={"const": _EVERYWHERE}, **{"except": {"items": _SOMEWHERE}}),
            _properties(
                cidr={"const": "::/0"}, **{"except": {"items": {"enum": ["::1/128", "fc00::/7", "fe80::/10"]}}}
            ),
        ]
    },
)
_POLICY_PORT = Check(
    policy_port, _properties(port=syntax.PORT_OR_NAME.quick, protocol=_PROTOCOL, endPort={"type": "null"})
)
_POLICY_TYPES = Check(policy_types, {"maxItems": 2, "items": {"enum": ["Ingress", "Egress"]}})
_KEYS = Check(keys, {"propertyNames": syntax.CONFIG_KEY.quick})


# ---- where what stands ----

_CONTAINER: dict[str, list[Check]] = {
    "name": [text(syntax.DNS_LABEL)],
    "resources": [Check(resources)],
    "ports[].containerPort": [text(syntax.PORT)],
    "ports[].name": [text(syntax.PORT_NAME)],
    "ports[].protocol": [Check(protocol, _PROTOCOL)],
    **{
        f"{probe}.{way}.port": [text(syntax.PORT_OR_NAME)]
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        for way in ("httpGet", "tcpSocket")
    },
}
_POD: dict[str, list[Check]] = {
    "metadata": [LABELLED],
    "spec": [Check(pod)],
    "spec.nodeSelector": [_LABEL_MAP],
    "spec.serviceAccountName": [text(syntax.DNS_SUBDOMAIN)],
    "spec.volumes[].name": [text(syntax.DNS_LABEL)],
    **{f"spec.{word}[].{path}": each for word in ("containers", "initContainers") for path, each in _CONTAINER.items()},
}
_TEMPLATE = {f"spec.template.{path}": checks for path, checks in _POD.items()}
_POLICY_RULE: dict[str, list[Check]] = {
    f"spec.{rule}[].{path}": [check]
    for rule, side in (("ingress", "from"), ("egress", "to"))
    for path, check in (("ports[]", _POLICY_PORT), (f"{side}[]", Check(peer, _PEER)), (f"{side}[].ipBlock", _IP_BLOCK))
}
_RANGES: dict[str, list[Check]] = {
    f"spec.{path}.loadBalancerSourceRanges[]": [_CIDR]
    for path in ("expose", "exposeReplicas", "proxy.pgBouncer.expose")
}
_ROLE: dict[str, list[Check]] = {"rules[]": [Check(verbs, _RULE_OF_ROLE)]}
_TABLE: dict[tuple[str, str], dict[str, list[Check]]] = {
    (OPERATOR_GROUP, "PerconaPGCluster"): _RANGES,
    ("", "ConfigMap"): {"data": [_KEYS], "binaryData": [_KEYS]},
    ("", "Secret"): {"data": [_KEYS], "stringData": [_KEYS]},
    ("", "Service"): {
        "spec.ports": [Check(named_ports, {"maxItems": 1})],
        "spec.ports[].name": [text(syntax.DNS_LABEL)],
        "spec.ports[].port": [text(syntax.PORT)],
        "spec.ports[].targetPort": [text(syntax.PORT_OR_NAME)],
        "spec.ports[].protocol": [Check(protocol, _PROTOCOL)],
        "spec.selector": [_LABEL_MAP],
        "spec.loadBalancerSourceRanges[]": [_CIDR],
    },
    ("apps", "Deployment"): {**_TEMPLATE, "spec": [Check(selected)]},
    ("apps", "StatefulSet"): {**_TEMPLATE, "spec.template.spec": [], "spec": [Check(selected), Check(stateful)]},
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): {
        "spec.schedule": [text(syntax.CRON)],
        **{f"spec.jobTemplate.{path}": checks for path, checks in _TEMPLATE.items()},
    },
    ("networking.k8s.io", "NetworkPolicy"): {**_POLICY_RULE, "spec.policyTypes": [_POLICY_TYPES]},
    ("policy", "PodDisruptionBudget"): {
        "spec": [Check(partial(one_of_two, "minAvailable", "maxUnavailable"))],
        "spec.minAvailable": [text(syntax.COUNT_OR_PERCENT)],
        "spec.maxUnavailable": [text(syntax.COUNT_OR_PERCENT)],
    },
    ("rbac.authorization.k8s.io", "Role"): _ROLE,
    ("rbac.authorization.k8s.io", "ClusterRole"): _ROLE,
}


def table(group: str, kind: str) -> Iterable[tuple[str, list[Check]]]:
    """What is checked at which path of a kind's objects, beyond what its schema says."""
    return _TABLE.get((group, kind), {}).items()
