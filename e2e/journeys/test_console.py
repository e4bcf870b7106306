"""docs/how-to/let-people-ask.md: support asks through the console, by a forwarded port and its own permissions."""

from __future__ import annotations

import json

from e2e.journeys.cluster import (
    COURSE,
    REPO,
    SCHOOL,
    apply,
    district,
    is_true,
    kubectl,
    namespace,
    page,
    secret,
    shell,
    until,
)

PAGE = "docs/how-to/let-people-ask.md"
WHERE = ("springfield", "districts")


def roster(words: str, *, who: str = "support") -> str:
    """What the plugin prints for a ServiceAccount of the districts' namespace, its errors too."""
    command = f"kubectl roster {words} --namespace districts --token-of districts/{who} 2>&1 || true"
    return shell(f"export PATH={REPO}/.venv/bin:$PATH\n{command}")


def test_the_page_lets_support_ask(operator: None, sis: str) -> None:
    apply(namespace("districts"), secret("districts"), district(*WHERE, sis, live=True, schools=SCHOOL, courses=COURSE))
    until("synced", is_true(*WHERE, "Synced"))
    install, roles, *_ = page(PAGE, "Let people ask, without the database")
    shell(install)
    kubectl("-n", "roster-operator", "rollout", "status", "deploy/roster-operator", "--timeout=90s")
    for who in ("support", "stranger"):
        kubectl("-n", "districts", "create", "serviceaccount", who)
    shell(roles.replace("--group support", "--serviceaccount districts:support"))

    until("the console answers", lambda: "66 active" in roster("status springfield"))

    assert json.loads(roster("history springfield -o json"))


def test_whoever_has_no_role_is_told_what_it_takes() -> None:
    shell(
        "kubectl create rolebinding stranger --namespace roster-operator "
        "--role roster-operator-console-access --serviceaccount districts:stranger"
    )
    assert "You may not do this with districts/springfield" in roster("history springfield", who="stranger")


def test_a_look_at_a_person_is_in_the_access_log() -> None:
    assert json.loads(roster("changes springfield --person account:1 -o json"))

    assert "system:serviceaccount:districts:support" in roster("access springfield --person account:1")
