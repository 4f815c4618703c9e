"""The page on Secrets may not lie: what it shows is what is rendered, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from fleets import ROOT, documents
from pggitops import modelling, vocabulary
from pggitops.parts.secrets import needed
from pggitops.policies import catalogue

PAGE = (ROOT / "docs" / "secrets.md").read_text()
SHOWN = re.findall(r"`(rendered/[\w/.-]+\.yaml)`:\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"kubectl -n (\S+) \w+ (?:externalsecret|secret)/(\S+)", PAGE)


def test_the_page_shows_two_files() -> None:
    assert len(SHOWN) == 2


@pytest.mark.parametrize(("path", "text"), SHOWN)
def test_what_is_shown_is_rendered(path: str, text: str) -> None:
    rendered = (ROOT / path).read_text()
    assert f"\n{text}" in rendered
    if text.startswith("apiVersion"):
        assert rendered.endswith(f"\n{text}")


@pytest.mark.parametrize(("namespace", "name"), COMMANDS)
def test_commands_are_about_what_is_there(namespace: str, name: str) -> None:
    found = [yaml.safe_load(path.read_text()) for path in (ROOT / "rendered").rglob(f"externalsecret-{name}.yaml")]
    assert namespace in [each["metadata"]["namespace"] for each in found]


def test_every_provider_is_in_the_table() -> None:
    providers = vocabulary.source()["$defs"]["secrets"]["properties"]["provider"]["enum"]
    first = re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert set(first) - {"provider"} == set(providers)


def test_every_policy_it_names_is_there() -> None:
    families = {policy.id for policy in catalogue()}
    named = set(re.findall(r"`((?:secret|sops|sealed|user|backup|workload)-[a-z-]+)`", PAGE)) - {"sealed-secrets"}
    assert named
    assert named <= families


def test_every_key_and_property_is_in_the_table() -> None:
    for name in ("stored", "prod-us", "dev"):
        for one in needed(modelling.build(name, documents()[name])):
            words = [*one.keys, *(value.property for value in one.values)]
            for word in words:
                # a second file of a name is said in words
                general = re.sub(r"^repo\d-(?=s3\.conf|gcs)", "", word)
                assert f"`{re.sub('^repo[1-4]', 'repoN', general)}`" in PAGE, word


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\((?!https:)([^)#]+)[^)]*\)", PAGE):
        assert (Path(ROOT / "docs") / link).exists(), link
