"""The syntax of texts whose meaning Kubernetes fixes: names, label keys and values, quantities, ports, ranges, times.

Source: k8s.io/apimachinery 0.36.1, `pkg/util/validation`, `pkg/api/validate/content`, `pkg/api/resource`; formats of
CustomResourceDefinitions: k8s.io/apiextensions-apiserver 0.36.1, `pkg/apiserver/validation/formats.go`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from pggitops.record import record

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_WORD = "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_KEY = rf"({_SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
_QUANTITY = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
_dns_label = functools.partial(re.fullmatch, _LABEL)
_dns_1035_label = functools.partial(re.fullmatch, "[a-z]([-a-z0-9]*[a-z0-9])?")
_dns_subdomain = functools.partial(re.fullmatch, _SUBDOMAIN)
_word = functools.partial(re.fullmatch, _WORD)
_port_name = functools.partial(re.fullmatch, "(?!-)(?=.*[a-z])(?!.*--)[-a-z0-9]{1,15}(?<!-)")
_quantity = functools.partial(re.fullmatch, _QUANTITY)
_percent = functools.partial(re.fullmatch, "[0-9]+%")
_key = functools.partial(re.fullmatch, "[-._a-zA-Z0-9]{1,253}")
_duration = functools.partial(re.fullmatch, r"[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)")
_loose_duration = functools.partial(
    re.search, r"(?i)[0-9]+\s*((ns|us|µs|ms|s|m|h|hr|d|w|wk)(?![A-Za-zµ])|nano|micro|milli|sec|min|hour|day|week)"
)
_BASE64 = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_base64 = functools.partial(re.fullmatch, _BASE64)
_uuid = functools.partial(re.fullmatch, "(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


Schema = dict[str, Any]

NEVER: Schema = {"not": {}}


@record
class Syntax:
    """One syntax: how a message calls what is expected, and whether a value is that.

    `quick` is a JSON Schema that takes nothing `fits` does not; what it refuses may still fit.
    """

    expected: str
    fits: Callable[[Any], bool]
    quick: Schema


def _text(expected: str, fits: Callable[[str], object], pattern: str = "", most: int = 0) -> Syntax:
    quick = {"pattern": f"^({pattern})$"} if pattern else NEVER
    if most:
        quick = {**quick, "maxLength": most}
    return Syntax(expected, lambda value: isinstance(value, str) and bool(fits(value)), quick)


def is_label_key(value: str) -> bool:
    """Whether a text is a qualified name: a DNS subdomain and a slash, if any, then at most 63 characters."""
    prefix, slash, name = value.rpartition("/")
    return bool(len(name) <= 63 and _word(name) and (not slash or (len(prefix) <= 253 and _dns_subdomain(prefix))))


def _is_cron(value: str) -> bool:
    from pggitops import cron

    if value.startswith("@every "):
        return bool(_duration(value.removeprefix("@every ")))
    return "TZ" not in value and cron.problem(value) is None


def _is_port(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value <= 65535


@functools.lru_cache(maxsize=4096)
def canonical_cidr(value: str) -> str | None:
    """A range as it should be written, without host bits; None if it is none.

    Leading zeros in IPv4 are read as decimal, as the API server does for fields that have always been so.
    """
    address, slash, length = value.partition("/")
    if not slash or not (length.isascii() and length.isdecimal()):
        return None
    parts = address.split(".")
    if len(parts) == 4 and all(part.isascii() and part.isdecimal() and int(part) < 256 for part in parts):
        return _canonical_v4([int(part) for part in parts], int(length))
    import ipaddress

    try:
        network = ipaddress.IPv6Network(value, strict=False)
    except ValueError:
        return None
    mapped = network.network_address.ipv4_mapped
    return f"{mapped}/{network.prefixlen - 96}" if mapped is not None and network.prefixlen >= 96 else str(network)


def _canonical_v4(parts: list[int], length: int) -> str | None:
    if length > 32:
        return None
    number = int.from_bytes(bytes(parts), "big") >> (32 - length) << (32 - length)
    return ".".join(str(part) for part in number.to_bytes(4, "big")) + f"/{length}"


DNS_LABEL = _text(
    "a DNS label: lower-case letters, digits and hyphens, at most 63, with a letter or digit at both ends",
    lambda value: len(value) <= 63 and _dns_label(value),
    _LABEL,
    63,
)
DNS_1035_LABEL = _text(
    "lower-case letters, digits and hyphens, at most 63, beginning with a letter and not ending with a hyphen",
    lambda value: len(value) <= 63 and _dns_1035_label(value),
)
DNS_SUBDOMAIN = _text(
    "a DNS name: lower-case letters, digits, hyphens and dots, at most 253, each part ending in no hyphen",
    lambda value: len(value) <= 253 and _dns_subdomain(value),
    _SUBDOMAIN,
    253,
)
CRON_JOB_NAME = _text(
    "a DNS name of at most 52 characters, for each Job's name is eleven longer",
    lambda value: len(value) <= 52 and _dns_subdomain(value),
)
PATH_SEGMENT = _text(
    "a name without / and %",
    lambda value: value not in (".", "..") and not {"/", "%"} & set(value),
    _LABEL,
)
LABEL_KEY = _text(
    "a label's key: at most 63 letters, digits, `-`, `_` and `.`, after a DNS name and a slash, if any",
    is_label_key,
    _KEY,
    253,
)
FINALIZER = _text(
    "a finalizer: at most 63 letters, digits, `-`, `_` and `.`, after a DNS name and a slash, if any",
    is_label_key,
    _KEY,
    253,
)
ANNOTATION_KEY = _text(
    "an annotation's key: at most 63 letters, digits, `-`, `_` and `.`, after a DNS name and a slash, if any",
    lambda value: is_label_key(value.lower()),
    _KEY,
    253,
)
LABEL_VALUE = _text(
    "a label's value: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
    lambda value: not value or (len(value) <= 63 and _word(value)),
    rf"({_WORD})?",
    63,
)
CONFIG_KEY = _text(
    "a key: letters, digits, `-`, `_` and `.`, at most 253",
    lambda value: _key(value) and value != "." and not value.startswith(".."),
    "[-_a-zA-Z0-9][-._a-zA-Z0-9]*",
    253,
)
_A_PORT: Schema = {"type": ["integer", "string", "null"], "minimum": 1, "maximum": 65535}
PORT = Syntax("a port, 1 to 65535", _is_port, _A_PORT)
PORT_NAME = _text(
    "a port's name: at most 15 lower-case letters, digits and single hyphens, with a letter",
    _port_name,
    "[a-z][a-z0-9]*(-[a-z0-9]+)*",
    15,
)
PORT_OR_NAME = Syntax(
    "a port, 1 to 65535, or the name of one",
    lambda value: _is_port(value) or PORT_NAME.fits(value),
    {**_A_PORT, **PORT_NAME.quick},
)
COUNT_OR_PERCENT = Syntax(
    "a whole number from 0, or a percentage like 30%",
    lambda value: (isinstance(value, int) and value >= 0) or (isinstance(value, str) and bool(_percent(value))),
    NEVER,
)
QUANTITY = Syntax(
    "a Kubernetes quantity, like 8Gi, 500m or 1e3",
    lambda value: not isinstance(value, str) or bool(_quantity(value)),
    {"pattern": f"^{_QUANTITY}$"},
)
CRON = _text("a schedule of five fields, like 17 1 * * 0", _is_cron)
DURATION = _text("a duration, like 30s or 1h30m", _duration)


def _ranges() -> str:
    """A pattern of the usual IPv4 ranges, written as they should be: one of every length would take long to compile."""
    octet, forms = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])", ["0.0.0.0/0"]
    for length in range(1, 33):
        whole, bits = divmod(length - 1, 8)
        if bits == 7 or bits < 4:
            last = octet if bits == 7 else f"({'|'.join(str(each) for each in range(0, 256, 128 >> bits))})"
            forms.append(".".join([octet] * whole + [last] + ["0"] * (3 - whole)) + f"/{length}")
    return "|".join(form.replace(".", r"\.") for form in forms)


CIDR = _text("a range of addresses, like 10.0.0.0/8", lambda value: bool(canonical_cidr(value)), _ranges())
_BYTES = _text("base64", lambda value: _base64(value.replace("\r", "").replace("\n", "")), _BASE64)

FORMATS = {
    "byte": _BYTES,
    "cidr": CIDR,
    "duration": _text(DURATION.expected, lambda value: _duration(value) or _loose_duration(value)),
    "k8s-short-name": DNS_LABEL,
    "k8s-long-name": DNS_SUBDOMAIN,
    "uuid": _text("a UUID", _uuid),
}
"""The formats of a CRD that an API server enforces and the verdict on the schema does not."""


def within(inner: str, outer: str) -> bool:
    """Whether a range lies within another and is smaller; both must be ranges."""
    import ipaddress

    small, large = (ipaddress.ip_network(str(canonical_cidr(each))) for each in (inner, outer))
    if isinstance(small, ipaddress.IPv4Network) and isinstance(large, ipaddress.IPv4Network):
        return small.prefixlen > large.prefixlen and small.subnet_of(large)
    if isinstance(small, ipaddress.IPv6Network) and isinstance(large, ipaddress.IPv6Network):
        return small.prefixlen > large.prefixlen and small.subnet_of(large)
    return False
