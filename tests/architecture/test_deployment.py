"""The containers, the gateway and the local processes run the same four services in the same roles."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from distributed.processes import ALLOCATORS, SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
CONTAINERS = COMPOSE["services"]


def test_all_that_the_image_is_built_from_goes_to_the_engine():
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    sent = re.findall(r"^!(.*)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {name for line in copies for name in line.split()} == set(sent)
    assert [name for name in sent if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_a_container_for_each_role_and_migrates_first(service: str):
    roles = ("migrate", "web", "relay", "consume")
    boxes = {role: CONTAINERS[f"{service}-{role}"] for role in roles}
    assert {role: box["command"] for role, box in boxes.items()} == {role: [service, role] for role in roles}
    assert [role for role in roles if "readyz" in str(boxes[role].get("healthcheck"))] == list(roles[1:])
    first = {f"{service}-migrate": {"condition": "service_completed_successfully"}}
    assert [boxes[role]["depends_on"] for role in roles[1:]] == [first] * 3


@pytest.mark.parametrize("service", ALLOCATORS)
def test_memory_is_given_back_alike_in_containers_and_in_local_processes(service: str):
    show = 'printf "%s\n" "$_RJEM_MALLOC_CONF" "$MALLOC_MMAP_THRESHOLD_"'
    launcher = (ROOT / "deploy/run-role").read_text().replace("exec python", f"{show}; exit 0; exec python")
    asked = subprocess.run(
        ["/bin/sh", "-c", launcher, "run-role", service, "consume"],
        env={"ROLLBOOK_DATABASE_URL": "nowhere"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert asked.stdout.splitlines() == [*ALLOCATORS[service].values()]


def test_only_validators_are_replicated():
    replicated = {name: box["deploy"] for name, box in CONTAINERS.items() if "deploy" in box}
    assert replicated == {"validator-consume": {"replicas": "${ROLLBOOK_VALIDATORS:-2}"}}


def test_every_setting_without_a_default_is_in_the_example_environment():
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "deploy/compose.yaml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / "deploy/.env.example").read_text(), re.MULTILINE))
    assert needed - offered == set()
    assert {"ROLLBOOK_JWKS_URL", "POSTGRES_PASSWORD"} <= needed


def test_the_gateway_is_told_where_each_service_is_and_nothing_else():
    template = (ROOT / "deploy/gateway/rollbook.conf.template").read_text()
    asked = set(re.findall(r"\$\{(\w+)\}", template)) - {"…"}
    assert asked == set(CONTAINERS["gateway"]["environment"])


def test_each_database_belongs_to_one_service():
    script = (ROOT / "deploy/postgresql/create-databases.sh").read_text()
    assert re.search(r"for service in (.*); do", script).group(1).split() == list(SERVICES)


def test_constraints_name_exact_versions_and_no_place_to_get_them_from():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9_.-]+==[0-9a-z.+]+", line)] == []
