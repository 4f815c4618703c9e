"""Standby clusters of the fleet and the primaries they follow, by the word `standby.of`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pggitops.model import ClusterFacts, EnvironmentSummary, Following


class Site(NamedTuple):
    """One cluster of the fleet: where it is, and what is known of it."""

    environment: str
    target: str
    cluster: str
    facts: ClusterFacts

    @property
    def name(self) -> str:
        """As `standby.of` writes it: environment/cluster."""
        return f"{self.environment}/{self.cluster}"


class Pair(NamedTuple):
    """A cluster that follows, or followed, another one; `primary` is None where the fleet has none of that name."""

    standby: Site
    following: Following
    primary: Site | None


def sites(summaries: Sequence[EnvironmentSummary]) -> Iterator[Site]:
    """Every cluster of the fleet."""
    for summary in summaries:
        for cluster, facts in zip(summary.clusters, summary.facts, strict=True):
            yield Site(summary.name, summary.target, cluster, facts)


def pairs(summaries: Sequence[EnvironmentSummary]) -> Iterator[Pair]:
    """Every cluster that names another one in `standby.of`, with that one."""
    naming = [site for site in sites(summaries) if site.facts.following and site.facts.following.of]
    if not naming:
        return
    wanted = {site.facts.following.of for site in naming if site.facts.following}
    found: Mapping[str, Site] = {site.name: site for site in sites(summaries) if site.name in wanted}
    for site in naming:
        following = site.facts.following
        if following and following.of:
            yield Pair(site, following, found.get(following.of))
