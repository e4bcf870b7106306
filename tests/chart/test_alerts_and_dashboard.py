"""Alerts that say who acts, and a dashboard: each asks Prometheus what it understands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import promql_parser
import pytest
import yaml
from tests.chart.test_rendering import of_kind
from tests.docs.pages import anchors, text_of
from tests.support.chart import CHART

from roster_operator.errors import Actor

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

RULES: list[Manifest] = yaml.safe_load((CHART / "alerts.yaml").read_text(encoding="utf-8"))["rules"]
DASHBOARD: Manifest = json.loads((CHART / "dashboard.json").read_text(encoding="utf-8"))
PANELS: list[Manifest] = DASHBOARD["panels"]


def questions() -> Iterator[str]:
    """What the alerts and the panels ask, with Grafana's variables as Grafana fills them in."""
    yield from (rule["expr"] for rule in RULES)
    for panel in PANELS:
        for target in panel.get("targets", []):
            yield target["expr"].replace("$namespace", ".*").replace("$__rate_interval", "2m")


@pytest.mark.parametrize("question", [*questions()])
def test_prometheus_understands_every_question(question: str) -> None:
    promql_parser.parse(question)


def test_alerts_say_who_acts_and_lead_to_a_page_that_says_how(render: Render) -> None:
    (rule,) = of_kind(render({"metrics": {"prometheusRule": {"enabled": True}}}), "PrometheusRule")
    alerts = rule["spec"]["groups"][0]["rules"]
    page = anchors(text_of("docs/how-to/get-alerts.md"))

    assert [alert["alert"] for alert in alerts] == [alert["alert"] for alert in RULES]
    for alert in alerts:
        url, _, anchor = alert["annotations"]["runbook_url"].partition("#")
        assert url.endswith("docs/how-to/get-alerts.md")
        assert anchor in page
        assert alert["annotations"]["summary"]
        told = "roster_operator_integration_reason" in alert["expr"]
        assert told or alert["labels"]["actor"] in {str(actor) for actor in Actor}


def test_the_dashboard_is_where_grafanas_sidecar_finds_it(render: Render) -> None:
    values = {"metrics": {"dashboard": {"enabled": True, "annotations": {"grafana_folder": "Rostering"}}}}
    (rendered,) = of_kind(render(values), "ConfigMap")

    assert rendered["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert rendered["metadata"]["annotations"] == {"grafana_folder": "Rostering"}
    assert json.loads(rendered["data"]["roster-operator.json"]) == DASHBOARD


def test_every_panel_says_what_it_shows_and_asks_the_chosen_prometheus() -> None:
    shown = [panel for panel in PANELS if panel["type"] != "row"]

    assert all(panel["description"] and panel["title"] for panel in shown)
    sources = [part["datasource"] for panel in shown for part in (panel, *panel["targets"])]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_no_panel_covers_another() -> None:
    def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
        across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
        return across and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]

    places = [panel["gridPos"] for panel in PANELS]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]


def test_the_dashboard_shows_who_must_act() -> None:
    actors = set(re.findall(r'actor="(\w+)"', "".join(questions())))

    assert actors == {str(actor) for actor in Actor}
