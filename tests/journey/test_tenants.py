"""A tenant with rights in one namespace cannot take another's district, on a real API server and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kubernetes import client
from tests.controller.conftest import Districts, identity_elsewhere
from tests.controller.fakes import wait_until
from tests.journey.conftest import Crew, Store

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import cli

__all__ = ["identity_elsewhere"]

TENANT = "tenant@example.org"


@pytest.fixture
def squatters(api_client: client.ApiClient, districts: Districts) -> Iterator[Districts]:
    """A namespace in which the tenant may do everything."""
    core, name = client.CoreV1Api(api_client), f"{districts.namespace}-squatters"
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=name)))
    roles = client.RbacAuthorizationV1Api(api_client)
    everything = client.V1PolicyRule(api_groups=["*"], resources=["*"], verbs=["*"])
    roles.create_namespaced_role(name, client.V1Role(metadata=client.V1ObjectMeta(name="all"), rules=[everything]))
    roles.create_namespaced_role_binding(
        name,
        client.V1RoleBinding(
            metadata=client.V1ObjectMeta(name="tenant"),
            role_ref=client.V1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name="all"),
            subjects=[client.RbacV1Subject(kind="User", name=TENANT, api_group="rbac.authorization.k8s.io")],
        ),
    )
    yield Districts(api_client, name)
    core.delete_namespace(name)


@pytest.fixture
def crew(
    identity_elsewhere: Path, squatters: Districts, districts: Districts, store: Store, tmp_path: Path
) -> Iterator[Crew]:
    """Operators for both namespaces."""
    crew = Crew(identity_elsewhere, f"{districts.namespace},{squatters.namespace}", store, tmp_path)
    yield crew
    crew.dismiss()
    assert store.sound()


def grab(squatters: Districts, sis: SimulatedDistrict, name: str, **spec: Any) -> None:
    """The tenant names the district, by the credentials that it has."""
    squatters.create_secret(f"{name}-sis", clientID=sis.client_id, clientSecret=sis.client_secret)
    source = {"baseURL": sis.base_url, "secretRef": {"name": f"{name}-sis"}}
    squatters.create(name, secret=False, source=source, schools=[{"id": sis.school_ids[0]}], **spec)


def transfer(store: Store, *arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments, "--ledger", store.url])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_tenant_takes_no_district_until_the_platform_transfers_it(
    crew: Crew, springfield: int, districts: Districts, squatters: Districts, store: Store, sis: SimulatedDistrict
) -> None:
    book = f"algebra-{districts.namespace}"
    courses = [{"code": "MA101", "ebooks": [book]}]
    districts.change("springfield", live=False)
    crew.hire()
    districts.await_condition("springfield", "True", "SetupMode", seconds=60)

    grab(squatters, sis, "early", live=True, courses=courses, deletionPolicy="Revoke")
    squatters.await_condition("early", "False", "DistrictConflict", seconds=60)
    districts.change("springfield", live=True)
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.licenses() == springfield

    districts.delete("springfield")
    wait_until(lambda: not districts.exists("springfield"), seconds=60)
    grab(squatters, sis, "late", live=True, courses=courses, deletionPolicy="Revoke")
    squatters.await_condition("late", "False", "DistrictConflict", seconds=60)
    for name in ("early", "late"):
        told = str(squatters.get(name)["status"]) + str(squatters.events(name))
        assert districts.namespace not in told.replace(squatters.namespace, "")
        squatters.delete(name)
    wait_until(lambda: not squatters.exists("early") and not squatters.exists("late"), seconds=60)
    assert store.licenses() == springfield

    source = next(line.split()[0] for line in transfer(store, "districts").splitlines()[1:])
    transfer(store, "transfer", source, "--to", squatters.namespace)
    grab(squatters, sis, "heir", live=True, courses=courses, guard={"districtPercent": 100, "schoolPercent": 100})
    squatters.await_condition("heir", "True", "Synced", seconds=60)
    assert store.ask("SELECT owner FROM districts") == [(f"{squatters.namespace}/heir",)]
    assert squatters.status("heir")["lastSync"].get("granted", 0) == 0


def test_a_tenant_can_neither_run_the_transfer_nor_read_the_ledgers_secret(
    api_client: client.ApiClient, squatters: Districts, districts: Districts
) -> None:
    reviews = client.AuthorizationV1Api(api_client)

    def may(verb: str, resource: str, namespace: str, subresource: str = "") -> bool:
        attributes = client.V1ResourceAttributes(
            verb=verb, resource=resource, subresource=subresource, namespace=namespace
        )
        spec = client.V1SubjectAccessReviewSpec(user=TENANT, resource_attributes=attributes)
        answer: Any = reviews.create_subject_access_review(client.V1SubjectAccessReview(spec=spec))
        return bool(answer.status.allowed)

    assert may("create", "pods", squatters.namespace, "exec")
    for verb, resource, subresource in (("create", "pods", "exec"), ("get", "secrets", "")):
        assert not may(verb, resource, f"{districts.namespace}-operator", subresource)
