"""Back up, restore, and move the ledger to PostgreSQL, by the pages' own commands, with a pod that holds the volume."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.journeys.cluster import (
    COURSE,
    RELEASE,
    REPO,
    SCHOOL,
    apply,
    district,
    get,
    is_true,
    kubectl,
    licenses,
    namespace,
    page,
    secret,
    shell,
    until,
)

BACKUP = "docs/how-to/back-up-and-restore.md"
WHERE = ("d", "districts")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backup")


def typed(block: str, folder: Path) -> None:
    """In the folder of the backup; the repository's files and this node's image in the place of the page's."""
    tool = folder / "pod.yaml"
    tool.write_text(Path(f"{REPO}/examples/ledger-tool/pod.yaml").read_text().replace("registry.example.org/", ""))
    shell(
        f"cd {folder}\n"
        + block.replace("examples/ledger-tool/pod.yaml", str(tool)).replace("examples/", f"{REPO}/examples/")
    )


def test_a_backup_is_made(operator: None, sis: str, folder: Path) -> None:
    apply(namespace("districts"), secret("districts"), district(*WHERE, sis, live=True, schools=SCHOOL, courses=COURSE))
    until("synced", is_true(*WHERE, "Synced"))
    blocks = page(BACKUP, "Back up")
    typed(next(block for block in blocks if "VACUUM" in block), folder)
    assert (folder / "ledger.sqlite").stat().st_size > 0


def test_and_restored_by_the_page(sis: str, folder: Path) -> None:
    more = [*COURSE, {"code": "MA102", "ebooks": ["core-connections-course-2"]}]
    before = licenses()
    apply(district(*WHERE, sis, live=True, schools=SCHOOL, courses=more))
    until("more licenses", lambda: licenses() > before)
    for block in page(BACKUP, "Before you restore"):
        typed(block, folder)
    typed(next(block for block in page(BACKUP, "Restore") if "ledger-tool" in block), folder)
    kubectl("scale", "deployment", RELEASE, "-n", RELEASE, "--replicas=1")
    kubectl("-n", RELEASE, "rollout", "status", f"deploy/{RELEASE}", "--timeout=60s")
    assert licenses() == before
    kubectl("patch", "ri", "d", "-n", "districts", "--type=merge", "-p", '{"spec":{"suspend":false}}')
    until("synced again", lambda: licenses() > before)
    print(get("ri", "d", "-n", "districts")["status"]["conditions"][0])
