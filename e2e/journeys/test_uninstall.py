"""Uninstalled with districts present, installed again, moved; what hangs is released by hand."""

from __future__ import annotations

from e2e.journeys.cluster import (
    COURSE,
    RELEASE,
    SCHOOL,
    apply,
    district,
    get,
    helm,
    install,
    is_true,
    kubectl,
    licenses,
    namespace,
    secret,
    shell,
    sync_now,
    uninstall,
    until,
)

WHERE = ("d", "districts")


def test_a_release_that_is_installed_again_goes_on(operator: None, sis: str) -> None:
    apply(namespace("districts"), secret("districts"), district(*WHERE, sis, live=True, schools=SCHOOL, courses=COURSE))
    until("synced", is_true(*WHERE, "Synced"))
    before = licenses()
    assert "RosterIntegrations that are still there hang when they are deleted" in uninstall()
    assert get("ri", *WHERE[:1], "-n", WHERE[1])["metadata"]["finalizers"]

    install()

    sync_now(*WHERE)
    assert licenses() == before
    assert get("ri", *WHERE[:1], "-n", WHERE[1])["status"]["history"][0]["granted"] == 0


def test_without_the_operator_a_district_hangs_until_it_is_released_by_hand() -> None:
    uninstall()
    kubectl("delete", "namespace", "districts", "--wait=false")
    until("it hangs", lambda: "deletionTimestamp" in get("ri", *WHERE[:1], "-n", WHERE[1])["metadata"])
    shell(
        "kubectl --namespace districts patch rosterintegration d --type=merge"
        """ --patch '{"metadata":{"finalizers":null}}'"""
    )
    until("it is gone", lambda: "NotFound" in kubectl("get", "namespace", "districts", check=False))


def test_a_release_in_another_namespace_takes_the_definitions_over(sis: str) -> None:
    install("--take-ownership", namespace="elsewhere")
    apply(
        namespace("districts"), secret("districts"), district("other", "districts", sis, schools=SCHOOL, courses=COURSE)
    )
    until("planned", is_true("other", "districts", "Ready"))


def test_in_the_order_of_the_page_nothing_hangs() -> None:
    shell("kubectl delete rosterintegrations --all --all-namespaces --timeout=60s")
    helm("uninstall", RELEASE, "--namespace", "elsewhere")
    shell("kubectl delete crd rosterintegrations.rostering.cpm.org ebooks.rostering.cpm.org --timeout=60s")
    kubectl("delete", "namespace", "elsewhere", "districts", "--timeout=90s")
