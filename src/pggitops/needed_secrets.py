"""How each Secret an environment needs comes to be: by whom, from where, and what a person does for it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pggitops.model import Environment
from pggitops.parts.secrets import Line, NeededSecret, needed
from pggitops.record import record
from pggitops.secret_sources import SecretSource
from pggitops.secrets_elsewhere import elsewhere


@record
class Answer:
    """A needed Secret, who makes it in words, and a command with `<…>` to be filled in.

    `file` is the ready manifest that brings it, if one does; `to_store` what the store must hold under its key.
    """

    secret: NeededSecret
    maker: str
    command: str
    file: str = ""
    to_store: str = ""


def answers(environment: Environment, sources: Iterable[SecretSource]) -> list[Answer]:
    """Every Secret the environment needs, by name, those elsewhere last; `sources` are the ready manifests'."""
    files = {source.name: source for source in sources if source.namespace in ("", environment.namespace.name)}
    own = [_answer(environment, one, files.get(one.name)) for one in needed(environment)]
    there = {(one.secret.namespace, one.secret.name) for one in own}
    others = [one for one in elsewhere(environment) if (one.namespace, one.name) not in there]
    return own + [Answer(one, "somebody else", _create(one)) for one in others]


def _answer(environment: Environment, one: NeededSecret, source: SecretSource | None) -> Answer:
    file = f"environments/{environment.name}/manifests/{one.name}.yaml"
    store = environment.secrets.store
    if source:
        return Answer(
            one,
            f"the {_KINDS[source.maker]} in {source.file}",
            _command(environment, one, source.maker, source.file),
            source.file,
        )
    if one.is_made_by_store and store:
        wait = f"kubectl -n {one.namespace} wait --for=condition=Ready externalsecret/{one.name}"
        return Answer(one, f"External Secrets, from the {store.kind} {store.name}", wait, to_store=_to_store(one))
    if one.provider in ("sops", "sealed-secrets"):
        maker = f"a {_KINDS[one.provider]}, which is not there yet"
        return Answer(one, maker, _command(environment, one, one.provider, file))
    maker = "somebody else" if one.required else "the operator, if nobody else has made it"
    return Answer(one, maker, _create(one))


_KINDS = {
    "sops": "SOPS file",
    "sealed-secrets": "SealedSecret",
    "external-secrets": "ExternalSecret",
    "plain": "Secret",
}

# kubeseal seals for the name and namespace it is given; SOPS may encrypt nothing else, or nobody knows what it is
_ENCRYPT = {
    "sealed-secrets": "kubeseal --format yaml",
    "sops": "sops encrypt --encrypted-regex '^(data|stringData)$' --filename-override {file}",
}


# the operator adds to a user's Secret, which must stay with the database too
_PATCHED = "sealedsecrets.bitnami.com/patch=true sealedsecrets.bitnami.com/skip-set-owner-references=true"
_KEPT = "kustomize.toolkit.fluxcd.io/prune=disabled"


def _annotations(environment: Environment, one: NeededSecret, maker: str) -> str:
    if maker == "sealed-secrets":
        return _PATCHED if one.use == "user" else ""
    return _KEPT if one.use in ("user", "backup") and environment.delivery.engine == "flux" else ""


def _command(environment: Environment, one: NeededSecret, maker: str, file: str) -> str:
    encrypt = _ENCRYPT.get(maker)
    if encrypt is None:
        return _create(one)
    annotations = _annotations(environment, one, maker)
    annotate = f" | kubectl annotate --local -o yaml -f - {annotations}" if annotations else ""
    folder = file.rpartition("/")[0]
    made = f"{_create(one)} --dry-run=client -o yaml{annotate}"
    return f"mkdir -p {folder} && {made} | {encrypt.format(file=file)} > {file}"


def _to_store(one: NeededSecret) -> str:
    return json.dumps({value.property: f"<{value.what}>" for value in one.values}, ensure_ascii=False)


def content(lines: Iterable[Line]) -> str:
    """What stands under a key, with `<…>` where only the owner knows."""
    return "\n".join(f"{text}<{value.what}>" if value else text for text, value in lines)


# what comes as a file; passwords and texts are written into the command
_FILES = (".json", ".crt", ".key", ".agekey", "identity", "known_hosts", "value")


def _create(one: NeededSecret) -> str:
    create = f"kubectl -n {one.namespace} create secret generic {one.name}"
    if one.type != "Opaque":
        return f"{create} --type={one.type} --from-file=.dockerconfigjson=<file>"
    parts = [
        f"--from-file={key}=<file>" if key.endswith(_FILES) else f"--from-literal={key}={_quoted(content(lines))}"
        for key, lines in one.keys.items()
    ]
    return " ".join([create, *parts])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
