"""The vocabulary is whole, means what the model means, and is what every generated file was made from."""

from __future__ import annotations

import ipaddress
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pggitops import generate, model, modelling, schema, units, vocabulary, yamlio
from pggitops.schema.elsewhere import NAME
from pggitops.schema.repair import example
from samples import filled

SOURCE = vocabulary.source()
DEFINITIONS = SOURCE["$defs"]
# what a file says about itself, and what has become part of every cluster
NOT_IN_MODEL = {"apiVersion", "kind", "defaults"}


def resolved(part: Any) -> Any:
    return vocabulary.resolved(part, DEFINITIONS)


def parts(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema of the vocabulary, by its place in a document."""
    part = resolved(part)
    yield path, part
    for name, each in part.get("properties", {}).items():
        if path or name != "defaults":
            yield from parts(each, f"{path}.{name}" if path else name)
    for word, step in (("additionalProperties", f".{NAME}"), ("items", "[]"), ("propertyNames", " (key)")):
        if isinstance(part.get(word), dict):
            yield from parts(part[word], path + step)


ALL = dict([*parts(SOURCE), *parts(DEFINITIONS["removedEnvironment"], "(removed)")])
PATTERNS = {each["pattern"]: each for each in ALL.values() if "pattern" in each}


def test_every_word_has_a_description() -> None:
    undescribed = [
        path for path, part in ALL.items() for word in part.get("properties", {}) if not _described(part, word)
    ]
    assert not undescribed


def _described(part: Any, word: str) -> bool:
    text = resolved(part["properties"][word]).get("description", "")
    return bool(text) and text.rstrip().endswith(".")


def test_everything_is_strict() -> None:
    """A map has known words or a schema for its entries; free are only what is not ours to know."""
    free = {path for path, part in ALL.items() if part.get("type") == "object" and _is_free(part)}
    assert free == {
        f"policies.{NAME}",
        f"clusters.{NAME}.instances.affinity",
        f"clusters.{NAME}.instances.sets.{NAME}.affinity",
        f"clusters.{NAME}.pgbouncer.affinity",
        f"clusters.{NAME}.patch[]",
    }


def _is_free(part: Any) -> bool:
    return part.get("additionalProperties", True) is True


def test_every_pattern_says_what_it_expects() -> None:
    silent = [path for path, part in ALL.items() if "pattern" in part and not part.get("x-pggitops-expects")]
    assert not silent


def test_examples_and_defaults_fit() -> None:
    wrong = []
    for path, part in ALL.items():
        verdict = jsonschema_rs.validator_for({**part, "$defs": DEFINITIONS}).is_valid
        # a default may lack what is required elsewhere, an example may not
        values = [*part.get("examples", ()), *([part["default"]] if "default" in part else ())]
        wrong += [(path, value) for value in values if not verdict(value)]
    assert not wrong


def test_the_page_shows_what_a_file_may_say() -> None:
    """Each example of a cluster's words, written into a file as it stands on the page."""
    page = (Path(__file__).parent.parent / "docs" / "overlay.md").read_text()
    sections = page.partition("\n## `clusters.<name>`\n")[2].partition("\n## ")[0].split("\n### ")
    told = set()
    for section in sections:
        title = re.match(r"`([a-zA-Z]+)(\.<name>)?`\n", section)
        above = [] if title is None else [title[1], "some"] if title[2] else [title[1]]
        for row in re.findall(r"^\| `([a-zA-Z.]+)` \|(.*)\|$", section, re.MULTILINE):
            examples = re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row[1])[2])
            for text in (each.replace("\\|", "|") for each in examples):
                document, problems = yamlio.load(text.encode())
                assert not problems, text
                for step in reversed([*above, *row[0].split(".")]):
                    document = {step: document}
                file = {"apiVersion": "pggitops/v1", "kind": "Environment", "clusters": {"payments": document}}
                assert [each.message for each in schema.check(file, "environment")] == [], (row[0], text)
                told.add(row[0])
    assert {"patch", "owner", "parameters"} <= told


def test_every_scalar_shows_an_example() -> None:
    """Messages show what to write: an example, a default or the allowed values."""
    known = {"examples", "default", "enum", "const"}
    without = [
        path
        for path, part in ALL.items()
        if {"string", "integer", "number"}.intersection(_types(part)) and not known.intersection(part)
    ]
    assert not without


def _types(part: Any) -> list[str]:
    kind = part.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


# ---- the model ----


def same_words(cls: type, part: Any, path: str) -> Iterator[str]:
    """Where a class of the model and a map of the vocabulary differ: words, what is required, defaults."""
    part, hints = resolved(part), typing.get_type_hints(cls)
    verbatim = cls is model.Extensions
    own = {each.name if verbatim else model.word(each.name): each for each in fields(cls) if not each.metadata}
    words = {word: resolved(each) for word, each in part["properties"].items() if path or word not in NOT_IN_MODEL}
    yield from (f"{path}.{word} is not in the model" for word in words.keys() - own.keys())
    yield from (f"{path}.{word} is not in the vocabulary" for word in own.keys() - words.keys())
    for word in words.keys() & own.keys():
        hint, value = hints[own[word].name], _default(own[word])
        here = f"{path}.{word}" if path else word
        if value is MISSING and word not in part.get("required", ()):
            yield f"{here} has no default in the model and is not required"
        if word not in part.get("required", ()) and words[word].get("default") != _document(value):
            yield f"{here} is {words[word].get('default')!r}, in the model {_document(value)!r}"
        yield from _same_below(hint, words[word], here)


def _same_below(hint: Any, part: Any, path: str) -> Iterator[str]:
    inner = [each for each in typing.get_args(hint) if each is not type(None)]
    if typing.get_origin(hint) in (typing.Union, types.UnionType) and len(inner) == 1:
        yield from _same_below(inner[0], part, path)
    elif is_dataclass(hint):
        yield from same_words(typing.cast(type, hint), part, path)
    elif typing.get_origin(hint) is Mapping and is_dataclass(inner[1]):
        yield from same_words(typing.cast(type, inner[1]), part["additionalProperties"], f"{path}.{NAME}")
    elif typing.get_origin(hint) is tuple and is_dataclass(inner[0]):
        yield from same_words(typing.cast(type, inner[0]), part["items"], f"{path}[]")


def _default(field: Any) -> Any:
    return field.default if field.default is not MISSING else MISSING


def _document(value: Any) -> Any:
    """A default of the model as an overlay would write it; nothing for one that says nothing."""
    if value is MISSING or value is None or value in ("", (), model.EMPTY):
        return None
    if is_dataclass(value):
        plain = {each.name: getattr(value, each.name) for each in fields(value)}
        is_usual = all(plain[each.name] is _default(each) for each in fields(value))
        return None if is_usual else {model.word(name): each for name, each in plain.items() if each is not None}
    return list(value) if isinstance(value, tuple) else value


def test_the_model_has_the_same_words_and_defaults() -> None:
    assert sorted(same_words(model.Environment, SOURCE, "")) == []
    assert sorted(same_words(model.Tombstone, DEFINITIONS["tombstone"], "removed")) == []


@pytest.mark.parametrize("pick", range(4))
def test_every_word_reaches_the_model(pick: int) -> None:
    document = filled("composed", pick)
    assert schema.check(document, "composed") == []
    environment = modelling.build("sample", document)
    assert list(_lost(document, environment, "")) == []


def _lost(document: Any, built: Any, path: str) -> Iterator[str]:
    """The words of a document that are not in what the model has made of it."""
    if isinstance(document, dict):
        for word, value in document.items():
            attribute = _attributes(type(built)).get(word) if is_dataclass(built) else None
            yield from _lost(value, getattr(built, attribute) if attribute else built[word], f"{path}.{word}")
    elif isinstance(document, list) and isinstance(built, tuple):
        for index, value in enumerate(document):
            yield from _lost(value, built[index], f"{path}[{index}]")
    elif document != built:
        yield f"{path}: {document!r} became {built!r}"


def _attributes(cls: Any) -> dict[str, str]:
    names = [each.name for each in fields(cls)]
    return {(name if cls is model.Extensions else model.word(name)): name for name in names}


# ---- patterns ----


def test_patterns_use_only_what_all_readers_share() -> None:
    strange = [
        pattern for pattern in PATTERNS if re.search(r"\\|\(\?", pattern) or not re.fullmatch(r"\^.*\$", pattern)
    ]
    assert not strange


TEXTS = sorted({str(each) for part in ALL.values() for each in part.get("examples", ()) if isinstance(each, str)})


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_patterns_mean_the_same_to_all_readers(data: st.DataObject) -> None:
    text = data.draw(st.one_of(st.sampled_from(TEXTS), st.text(max_size=12)))
    if text:
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from(["", "-", "٣", "É", "0", ".", "/", "G", "\n"])) + text[at + 1 :]
    for pattern in PATTERNS:
        ours = jsonschema_rs.validator_for({"pattern": pattern}).is_valid(text)
        # Python's `$` also matches before a last line break
        assert ours == bool(re.search(pattern.removesuffix("$") + r"\Z", text)), (pattern, text)


CIDR = re.compile(DEFINITIONS["cidr"]["pattern"])


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(0, 140))
@settings(deadline=None)
def test_an_address_range_is_what_python_takes_for_one(address: Any, length: int) -> None:
    for text in (f"{address}/{length}", f"{address.exploded}/{length}"):
        try:
            ipaddress.ip_network(text, strict=False)
            # an IPv4 address in IPv6 clothes, which newer Pythons show so, is not one for Kubernetes
            is_range = not (":" in text and "." in text)
        except ValueError:
            is_range = False
        assert bool(CIDR.search(text)) == is_range, text


@given(st.from_regex(r"\A[0-9a-f:]{1,24}/64\Z"))
@settings(max_examples=500, deadline=None)
def test_what_looks_like_an_ipv6_range_is_one(text: str) -> None:
    if CIDR.search(text):
        ipaddress.ip_network(text, strict=False)


@given(st.sampled_from(["quantity", "cpu"]), st.data())
@settings(deadline=None)
def test_accepted_quantities_are_quantities(name: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(DEFINITIONS[name]["pattern"].removesuffix("$") + r"\Z"))
    assert units.quantity(text) > 0


@given(st.from_regex(DEFINITIONS["duration"]["pattern"].removesuffix("$") + r"\Z"))
@settings(deadline=None)
def test_accepted_durations_are_durations(text: str) -> None:
    assert units.seconds(text) > 0


# ---- forms ----


def nulled(document: Any) -> Iterator[tuple[str, Any]]:
    """A document with one value of a map null, for each of them."""
    if isinstance(document, dict):
        for word, value in document.items():
            yield word, {**document, word: None}
            for path, each in nulled(value):
                yield f"{word}.{path}", {**document, word: each}


@pytest.mark.parametrize("form", ["environment", "base", "cluster"])
def test_null_deletes_anything_in_a_file(form: str) -> None:
    refused = [path for path, document in nulled(filled(form, 0)) if schema.check(document, form)]
    assert set(refused) <= {"apiVersion", "kind"}


def test_null_is_nothing_in_the_composed_document() -> None:
    free = {"patch", "affinity", "policies"}
    accepted = [path for path, document in nulled(filled("composed", 0)) if not schema.check(document, "composed")]
    assert [path for path in accepted if not free.intersection(path.split("."))] == []


@pytest.mark.parametrize("form", ["environment", "base"])
def test_a_file_needs_only_its_head(form: str) -> None:
    head = {"apiVersion": "pggitops/v1", "kind": form.capitalize()}
    assert schema.check(head, form) == []
    assert [found.policy for found in schema.check({}, form)] == ["schema-missing-key"] * 2
    assert schema.check({}, "cluster") == []


def test_short_forms_stand_in_files_only() -> None:
    short: dict[str, Any] = {"namespace": "payments-db", "policies": {"backup-missing": "off"}}
    head = {"apiVersion": "pggitops/v1", "kind": "Environment"}
    assert schema.check({**head, **short}, "environment") == []
    whole = filled("composed", 0)
    assert {found.path[0] for found in schema.check({**whole, **short}, "composed")} == {"namespace", "policies"}


# ---- generated files ----


@pytest.mark.parametrize("path", [path for path, _ in generate.GENERATED])
def test_generated_files_are_up_to_date(path: str) -> None:
    made = dict(generate.GENERATED)[path]()
    assert (generate.ROOT / path).read_text() == made, "run `make generate`"


def test_what_is_no_longer_made_is_not_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generate.stale() == []
    for name in (*(path for path, _ in generate.GENERATED), "docs/policies/renamed.md", "docs/own.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    assert generate.stale() == [tmp_path / "docs/policies/renamed.md"]


@pytest.mark.parametrize("name", sorted(vocabulary.editor_schemas().keys() - {"policy.schema.json"}))
def test_editor_schemas_are_schemas(name: str) -> None:
    document = vocabulary.editor_schemas()[name]
    jsonschema.Draft202012Validator.check_schema(document)
    verdict = jsonschema_rs.validator_for(document).is_valid
    form = name.partition(".")[0]
    assert verdict(filled(form, 0))
    assert not verdict({**filled(form, 0), "nonsense": 1})
    assert '"x-pggitops' not in json.dumps(document)


def test_the_editor_schema_of_an_environment_knows_a_removed_one() -> None:
    verdict = jsonschema_rs.validator_for(vocabulary.editor_schemas()["environment.schema.json"]).is_valid
    assert verdict(filled("removed", 0))
    assert not verdict({**filled("removed", 0), "clusters": {}})


def test_stale_editor_schemas_are_named(tmp_path: Path) -> None:
    assert vocabulary.stale(tmp_path) == []
    for name, document in vocabulary.editor_schemas().items():
        (tmp_path / name).write_text(vocabulary.text(document))
    assert vocabulary.stale(tmp_path) == []
    (tmp_path / "base.schema.json").write_text("{}\n")
    assert vocabulary.stale(tmp_path) == ["base.schema.json"]


def test_the_reference_shows_valid_overlays_and_every_word() -> None:
    text = (generate.ROOT / "docs" / "overlay.md").read_text()
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        document, problems = yamlio.load(block.encode())
        assert problems == []
        assert schema.check(document, "environment") == []
    last = {re.split(r"[. ]", path)[-1].removesuffix("[]") for path in ALL if path and not path.endswith(")")}
    unsaid = [word for word in last - {NAME} if f"`{word}`" not in text and f".{word}`" not in text]
    assert unsaid == []


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_schema_has_an_example(path: str) -> None:
    part = {**ALL[path], "$defs": DEFINITIONS}
    value = example(ALL[path], resolved)
    errors = [each.message for each in jsonschema_rs.iter_errors(part, value)]
    assert errors == []
