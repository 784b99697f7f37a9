"""The images that the deployment names: those of their registry, else stand-ins made from Debian packages."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from servers.docker import image_available

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = Path(__file__).with_name("stand_ins")
DEBIAN, DEBIAN_IMAGE = "bookworm", "rollbook-stand-in-debian"
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


def names() -> set[str]:
    """Every image of somebody else that the Dockerfile and the compose file ask for."""
    bases = re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    boxes = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"].values()
    return {*bases, *(box["image"] for box in boxes if "build" not in box)}


@contextmanager
def provided() -> Iterator[None]:
    """All of them for the length of the block; stand-ins are removed afterwards."""
    missing = [image for image in sorted(names()) if not image_available(image)]
    made = [DEBIAN_IMAGE, *missing] if missing else []
    try:
        if missing:
            _make_debian()
        for image in missing:
            _make_stand_in(image)
        yield
    finally:
        for image in reversed(made):
            subprocess.run(["docker", "image", "rm", "--force", image], check=False, capture_output=True)


def build(folder: Path, image: str, *options: str) -> None:
    """Build an image as `docker build` does; with the network of this machine, as ours may have no other."""
    subprocess.run(["docker", "build", "--network", "host", "-t", image, *options, folder], check=True)


def _make_debian() -> None:
    with tempfile.TemporaryDirectory(prefix="rollbook-debian-") as folder:
        subprocess.run(["debootstrap", "--variant=minbase", DEBIAN, folder], check=True)
        packed = subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE)
        with packed:
            subprocess.run(["docker", "import", "-", DEBIAN_IMAGE], stdin=packed.stdout, check=True)
        if packed.returncode:
            raise RuntimeError(f"tar of a new Debian ended with {packed.returncode}")


def _make_stand_in(image: str) -> None:
    with tempfile.TemporaryDirectory(prefix="rollbook-stand-in-") as folder:
        context = Path(folder) / "context"
        shutil.copytree(STAND_INS / image.partition(":")[0], context)
        # It may reach its package index through a proxy that only this machine knows.
        shutil.copy(TRUSTED, context / TRUSTED.name)
        build(context, image)
