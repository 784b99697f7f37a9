"""The demo people: made up, and between them everything that a right can open or close."""

from dataclasses import dataclass
from typing import Final

from rollbook.embedded.issuer import sub_of
from rollbook.embedded.sample_district import DISTRICT


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as.  `may` says what `roles` and `school_ids` (None: all schools) allow."""

    name: str
    who: str
    may: str
    district_id: str
    roles: tuple[str, ...]
    school_ids: tuple[str, ...] | None = None

    @property
    def sub(self) -> str:
        """What the tokens call this person."""
        return sub_of(self.name)


PEOPLE: Final = (
    DemoPerson(
        "Ada Example",
        "Administrator of Example District",
        "Uploads files, processes, approves and undoes them, and edits the roster. Begin here.",
        DISTRICT,
        ("system", "enrollment"),
    ),
    DemoPerson(
        "Hugo Hill",
        "Administrator of Hill View School only",
        "Does the same, for one of the two schools of the district.",
        DISTRICT,
        ("system", "enrollment"),
        ("00456",),
    ),
    DemoPerson(
        "Ben Sample",
        "System access without the Enrollment right",
        "Sees Example District, but can upload and change nothing.",
        DISTRICT,
        ("system",),
    ),
    DemoPerson(
        "Olivia Audit",
        "Auditor",
        "Reads the reports of every district, with their proofs, and changes nothing.",
        DISTRICT,
        ("auditor",),
    ),
    DemoPerson(
        "Sam Support",
        "Support",
        "Enters districts, and activates batch upload for them.",
        DISTRICT,
        ("support",),
    ),
    DemoPerson(
        "Nora Neighbor",
        "Administrator of Neighbor District",
        "Sees nothing of Example District. Batch upload is not activated for hers.",
        "neighbor",
        ("system", "enrollment"),
    ),
)
