"""An engine, the image of Rollbook and the whole composition, for the tests of this folder alone."""

from collections.abc import Iterator

import pytest
from containers.engine import EngineMissing, an_engine
from containers.images import ROOT, build, provided
from containers.running import VERSION, Containers, composed

from servers import ServerDidNotStart


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """A Docker engine that has the images of others; without one there is nothing to be tested."""
    try:
        with an_engine(), provided():
            yield
    except (EngineMissing, ServerDidNotStart) as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def rollbook_image(engine: None) -> str:
    """The image of Rollbook, built from this repository as it is."""
    image = f"rollbook:{VERSION}"
    build(ROOT, image, "--file", str(ROOT / "deploy/Dockerfile"))
    return image


@pytest.fixture(scope="session")
def containers(rollbook_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """The whole composition, with two validators."""
    with composed(tmp_path_factory.mktemp("composition")) as running:
        yield running
