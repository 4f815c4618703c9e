"""The references in `docs/`: every word of the overlay, made from the vocabulary, and every policy's page."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pggitops import vocabulary
from pggitops.schema.repair import flow

if TYPE_CHECKING:
    from pggitops.policies import Policy

Schema = dict[str, Any]

_INTRO = """\
# The words of an overlay

Made from `schemas/vocabulary.yaml` by `make generate`; edit that. The same vocabulary makes the schemas for editors:
`# yaml-language-server: $schema=../../schemas/environment.schema.json` as the first line of a file gives completion and
this text on hovering.

An environment is a folder below `environments/`; its name is the folder's (`argocd`, `flux`, `bases` and `targets` are
reserved).

| file | holds |
|---|---|
| `environments/ENV/environment.yaml` | the overlay, `kind: Environment`; or `kind: Removed` once it is gone |
| `environments/ENV/clusters/CLUSTER.yaml` | what else stands under `clusters.CLUSTER:` of `environment.yaml` |
| `environments/ENV/manifests/` | ready objects, passed through byte for byte |
| `environments/bases/BASE.yaml` | what environments share, `kind: Base` |

```yaml
apiVersion: pggitops/v1
kind: Environment
bases: [fleet, production, gke-eu1]
namespace: payments-db
clusters:
  payments:
    owner: team-payments
    postgres: {version: 18, parameters: {max_connections: 200, shared_buffers: 2GB}}
    instances: {replicas: 3, cpu: 2, memory: 8Gi, storage: 100Gi}
    pgbouncer: {clients: {api: {namespace: payments, pods: {app: api}}}}
    users: {app: {databases: [payments]}}
    backups:
      repos:
        repo1:
          s3: {bucket: acme-pg-eu, region: eu-central-1}
          schedules: {full: 17 1 * * 0, differential: 17 1 * * 1-6}
          retention: {full: 5, differential: 6}
```

## How layers meet

- **Order**, lowest first: the bases as they are listed (and, below each, the bases it lists itself), then the overlay.
- **Merging** is JSON Merge Patch (RFC 7396): maps merge key by key; lists and scalars replace what lies beneath.
- **`defaults`** of all layers lie beneath every cluster; a further instance set has the main set's words beneath its
  own.
- **null deletes**: a default, a base's value, or, inside `patch`, a field of the rendered resource. Nulls are kept
  until they have met what they delete.
- **Required** words must be there once the layers have met. No file needs them all.
- **`tier`, `bases`, `policies` and `waivers`** stand only in `environment.yaml` and bases, never in a cluster's own
  file, so that CODEOWNERS can keep them with the platform team. `waiverRules` stands in bases only.
- **Maps become sorted lists**: repositories by number, the main instance set before the others, all else by name.

## How values are written

- Files are YAML 1.2: `no`, `on` and `yes` are text, `010` is the number 10. Anchors, tags and a key that stands twice
  are errors.
- A version, label, option or annotation is text: quote what looks like a number (`kubernetes: "1.34"`).
- Memory and storage are Kubernetes quantities (`8Gi`, not `8GB`), CPU is cores (`2`, `0.5`) or thousandths (`500m`),
  durations are `30s`, `12h` or `90d`.

"""
_REMOVED = """\
## A removed environment

Once an environment is gone, its folder keeps an `environment.yaml` of `kind: Removed` with these words and no others,
until nothing of it is left to report.
"""
_POLICIES = """\
# Policies

Made from the policies' own pages by `make generate`; edit those, in `src/pggitops/policies/`. In a terminal,
`pggitops policies ID` shows a page. What stands in brackets is what a policy weighs in development and staging. A base
sets that (`policies: {backup-missing: warning}`); a waiver permits it in one place until a day:
[exceptions](exceptions.md).
"""
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "map",
}


def overlay_reference() -> str:
    """`docs/overlay.md`: how files and layers work, then every word with its value, default, example and meaning."""
    whole = vocabulary.source()
    removed = _resolved(whole["$defs"]["removedEnvironment"])
    environment = ["", "## The environment", "", *_section(whole)]
    return "\n".join([_INTRO, *_kinds(whole["$defs"]), *environment, "", _REMOVED, *_table(_words(removed))]) + "\n"


def _kinds(definitions: Schema) -> Iterator[str]:
    """What the second column of the other tables means."""
    yield from ("| value | what it is | example |", "|---|---|---|")
    for name in definitions:
        schema = _resolved(definitions[name])
        if "x-pggitops-kind" in definitions[name]:
            examples = ", ".join(_code(each) for each in schema["examples"])
            meaning = schema["x-pggitops-expects"].partition(", like")[0]
            yield f"| {schema['x-pggitops-kind']} | {meaning} | {examples} |"


def _section(schema: Schema, level: str = "##") -> Iterator[str]:
    """A table of the words of a map, then a section for each that holds several words itself."""
    words = list(_words(schema))
    apart = [word for word in words if word.name != "defaults" and len(list(_below(word))) > 2]
    yield from _table(_flat(words, apart), [word.name for word in apart])
    for word in apart:
        yield from ("", f"{level} `{_title(word)}`", "", _meaning(word), "")
        entry = _Word("", _resolved(word.schema["additionalProperties"]), False) if _is_by_name(word) else word
        yield from _section(entry.schema, f"{level}#") if word.name == "clusters" else _table(_below(entry))


def _is_by_name(word: _Word) -> bool:
    """Whether a word's map has names people give as keys."""
    return isinstance(word.schema.get("additionalProperties"), dict)


def _title(word: _Word) -> str:
    return f"{word.name}.<name>" if _is_by_name(word) else word.name


class _Word(NamedTuple):
    """A word with its schema, by its path in the section; `required` where its map is."""

    name: str
    schema: Schema
    required: bool


def _words(schema: Schema, prefix: str = "") -> Iterator[_Word]:
    """The words a person may write in a map."""
    for name, each in schema.get("properties", {}).items():
        if each.get("x-pggitops-in") != ["composed"]:
            yield _Word(f"{prefix}{name}", _resolved(each), name in schema.get("required", ()))


def _below(word: _Word, prefix: str = "") -> Iterator[_Word]:
    """All words inside one, at every depth; `<name>` for the names people give, `[]` for the items of a list."""
    inside = [(word.schema, prefix)]
    if isinstance(word.schema.get("additionalProperties"), dict):
        inside.append((_resolved(word.schema["additionalProperties"]), f"{prefix}<name>."))
    if "items" in word.schema:
        inside.append((_resolved(word.schema["items"]), f"{prefix.removesuffix('.')}[]."))
    for schema, path in inside:
        for each in _words(schema, path):
            yield each
            yield from _below(each, f"{each.name}.")


def _flat(words: list[_Word], apart: list[_Word]) -> Iterator[_Word]:
    for word in words:
        yield word
        if word not in apart and word.name != "defaults":
            yield from _below(word, f"{word.name}.")


def _table(words: Iterable[_Word], apart: Collection[str] = ()) -> Iterator[str]:
    yield from ("| word | value | default | example | meaning |", "|---|---|---|---|---|")
    for word in words:
        default = "required" if word.required else _code(word.schema["default"]) if "default" in word.schema else ""
        examples = ", ".join(_code(each) for each in word.schema.get("examples", ())[:2])
        value = _value(word.schema)
        if word.name in apart:
            anchor = "".join(character for character in _title(word).lower() if character.isalnum())
            value = f"[{value}](#{anchor})"
        cells = (f"`{word.name}`", value, default, examples, _meaning(word))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _meaning(word: _Word) -> str:
    becomes = word.schema.get("x-pggitops-becomes")
    return f"{word.schema['description']} → {becomes}" if becomes else str(word.schema["description"])


def _value(schema: Schema) -> str:
    """What may be written, in few words."""
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return ", ".join(_code(each) for each in schema["enum"])
    for word in ("x-pggitops-kind", "x-pggitops-expects"):
        if word in schema:
            return str(schema[word]).partition(", like")[0]
    if "items" in schema:
        return f"list of {_value(_resolved(schema['items']))}".replace("list of map", "list of maps")
    if isinstance(schema.get("additionalProperties"), dict):
        entry = _value(_resolved(schema["additionalProperties"]))
        return "map by name" if entry == "map" else f"map of {entry} by name"
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return " or ".join(_TYPES[each] for each in types) + _range(schema)


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return "" if low is None else f" from {low}" if high is None else f" from {low} to {high}"


def _code(value: Any) -> str:
    return f"`{flow(value)}`"


def _resolved(schema: Schema) -> Schema:
    return vocabulary.resolved(vocabulary.in_files(schema), vocabulary.source()["$defs"])


def policy_page(policy: Policy) -> str:
    """One policy's page as Markdown: its id, severity and family, then its own text."""
    severity = f"{policy.severity}"
    if policy.lenient != policy.severity:
        severity += f", {policy.lenient} in development and staging"
    page = policy.page.replace("\n## ", "\n### ")
    return f"## {policy.id}\n\n*{policy.family}*, {severity}\n\n{page}\n{_settings(policy)}"


def _settings(policy: Policy) -> str:
    """The settings of a policy, if it has any, as a table."""
    if not policy.settings:
        return ""
    from pggitops.policy_settings import kind

    rows = "".join(f"| `{name}` | {kind(value)} | {_code(value)} |\n" for name, value in policy.settings.items())
    return f"\n| setting | value | default |\n|---|---|---|\n{rows}"


POLICY_PAGES = "docs/policies"
"""The folder with a page for each policy."""


def policy_index() -> str:
    """`docs/policies.md`: a table of the policies for each family, with links to their pages."""
    from pggitops.policies import catalogue

    policies = sorted(catalogue(), key=lambda policy: (policy.family, policy.id))
    text = _POLICIES
    for family, members in itertools.groupby(policies, key=lambda policy: policy.family):
        text += f"\n## {family}\n\n| policy | weighs | what is wrong |\n|---|---|---|\n"
        text += "".join(f"| [{one.id}](policies/{one.id}.md) | {_weight(one)} | {_cell(one)} |\n" for one in members)
    return text


def _weight(policy: Policy) -> str:
    return f"{policy.severity}" if policy.lenient == policy.severity else f"{policy.severity} ({policy.lenient})"


def _cell(policy: Policy) -> str:
    return " ".join(policy.page.partition("\n\n")[0].split()).replace("|", "\\|")


def policy_document(id: str) -> str:
    """The page of one policy as a file of its own, `docs/policies/<id>.md`."""
    from pggitops.policies import catalogue

    policy = next(one for one in catalogue() if one.id == id)
    page = policy_page(policy).replace("\n### ", "\n## ").removeprefix("#")
    return page.replace(f"*{policy.family}*", f"[{policy.family}](../policies.md#{policy.family})", 1)
