"""What the services say in JSON comes in the language that is asked for; files are the same for everybody."""

import json
import re

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}
FAULTY = users_csv(
    """
    schoolId, userRole, userId, userFirstName, userLastName, userEmail,             userGrade
    001,      student,  s1,     Ana,           Li,           ana.li@d1.example.org, 07
    009,      student,  s2,     ,              Li,           ben.li@example,        pupil
    """
)


@pytest.fixture(scope="module")
def faulty(rollbook):
    """Who has sent a file with errors, and its ID."""
    caller = rollbook.open_district()
    return caller, caller.send(FAULTY)["id"]


def in_spanish(caller, path):
    return caller.ok("GET", path, headers=SPANISH)


def test_findings_are_told_in_spanish_by_cause_by_line_and_by_row(faulty):
    caller, upload = faulty
    report = in_spanish(caller, f"/reports/{upload}")
    told = {one["code"]: (one["message"], one["howToFix"]) for one in report["findings"]}
    assert told["userFirstName.required"] == (
        "userFirstName está en blanco; debe tener un valor para agregar o actualizar a una persona.",
        "Complete userFirstName: ingrese el primer nombre de la persona.",
    )
    assert told["userEmail.malformed"][0] == (
        "userEmail “ben.li@example” no tiene punto después de la @, así que falta el final de la dirección."
    )
    lines = in_spanish(caller, f"/reports/{upload}/findings")["items"]
    assert {(one["code"], one["message"]) for one in lines} == {
        (code, message) for code, (message, _) in told.items()
    }
    (row,) = in_spanish(caller, f"/reports/{upload}/rejected-rows")["items"]
    assert {one["message"] for one in row["findings"]} == {message for message, _ in told.values()}


def test_what_became_of_the_errors_of_the_attempt_before_is_told_in_spanish(rollbook):
    caller = rollbook.open_district()
    caller.send(FAULTY)
    report = in_spanish(caller, f"/reports/{caller.send(FAULTY)['id']}")
    told = report["sincePrevious"]["text"]
    assert re.fullmatch(r"0 de \d errores anteriores están corregidos; quedan \d, hay 0 nuevos\.", told)


def test_all_that_is_wrong_with_an_edit_is_told_in_spanish(rollbook):
    caller = rollbook.open_district()
    caller.apply(
        FAULTY.replace(b"009", b"001")
        .replace(b"s2,,Li", b"s2,Ben,Li")
        .replace(b"ben.li@example", b"ben@d1.example.org")
        .replace(b"pupil", b"08")
    )
    etag = caller.call("GET", "/students/s1").headers["ETag"]
    wrong = {"userGrade": "pupil", "userFirstName": ""}
    answer = caller.call("PATCH", "/students/s1", json=wrong, headers={**SPANISH, "If-Match": etag})
    assert answer.json["code"] == "invalid_record"
    messages = [one["message"] for one in answer.json["findings"]]
    assert (len(messages), answer.json["detail"]) == (2, " ".join(messages))
    assert all(" es " in one or " está " in one for one in messages)


def test_files_are_the_same_in_every_language(faulty):
    caller, upload = faulty
    for name in ("errors.csv", "corrections.csv", "summary.csv"):
        path = f"/reports/{upload}/{name}"
        assert caller.call("GET", path, headers=SPANISH).data == caller.call("GET", path).data


def test_an_answer_says_its_language_and_that_it_depends_on_the_caller(faulty):
    caller, upload = faulty
    for headers, language in ((SPANISH, "es"), ({}, "en"), ({"Accept-Language": "de"}, "en")):
        answer = caller.call("GET", f"/uploads/{upload}", headers=headers)
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
    assert (
        "Content-Language" not in caller.call("GET", f"/reports/{upload}/errors.csv", headers=SPANISH).headers
    )


@pytest.mark.parametrize(
    ("liked", "language"),
    [
        ("es-MX", "es"),
        ("es-MX,en;q=0.5", "es"),
        ("en-US,es;q=0.9", "en"),
        ("de-AT,es-419;q=0.9,en;q=0.8", "es"),
        ("en;q=0.1, ES", "es"),
        ("es;q=0, de", "en"),
        ("*", "en"),
    ],
)
def test_a_language_of_a_country_is_that_language(rollbook, liked, language):
    headers = {"Accept-Language": liked}
    answer = rollbook.caller("nowhere").call("GET", "/batch-upload", headers=headers)
    assert answer.headers["Content-Language"] == language
    page = rollbook.app.test_client().get("/", headers=headers)
    assert f'<html lang="{language}"' in page.text


def test_a_refusal_is_told_in_spanish_at_once_and_later(d1):
    options = {"data": b"user_id;sex\ns1;male\n", "content_type": "text/csv", "headers": SPANISH}
    answer = d1.call("POST", "/uploads?kind=demographics&filename=d.csv", **options)
    assert answer.status_code == 422
    assert answer.json["title"] == "La solicitud contiene algo incorrecto"
    assert answer.json["detail"] == "El archivo fue rechazado; problems dice por qué y qué hacer."
    messages = [one["message"] for one in answer.json["problems"]]
    assert messages == [
        "Las columnas están separadas por punto y coma, donde se esperan comas.",
        "“user_id” no es el nombre de una columna; probablemente es userId.",
    ]
    later = in_spanish(d1, f"/uploads/{answer.json['id']}")
    assert [one["message"] for one in later["problems"]] == messages
    assert json.loads(event_of(d1, answer.json["id"]))["problems"] == later["problems"]


def event_of(caller, upload):
    text = caller.call("GET", f"/uploads/{upload}/events", headers=SPANISH).text
    return next(line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: "))


def test_what_people_write_stays_as_they_wrote_it(rollbook):
    d1 = rollbook.open_district()
    header = "action, schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade\n"
    lines = (f", 001, student, s{at}, Ana, Li, s{at}@d1.example.org, 07\n" for at in range(30))
    d1.apply(users_csv(header + "".join(lines)))
    held = d1.send(users_csv(header + "".join(f"deactivate, 001, , s{at}\n" for at in range(20))))["id"]
    reasons = in_spanish(d1, f"/uploads/{held}")["heldReasons"]
    assert reasons[0] == (
        "Se retirarían 20 de 30 registros de estudiantes del distrito (66.7 %; el límite es 10 %)."
    )
    approval = {"reason": "The file is empty."}  # also a sentence of ours
    d1.ok("POST", f"/uploads/{held}/process", json={"approval": approval})
    assert in_spanish(d1, f"/uploads/{held}")["approval"]["reason"] == "The file is empty."
    assert in_spanish(d1, f"/reports/{held}")["approval"]["reason"] == "The file is empty."


def test_the_data_dictionary_and_the_problems_of_the_api_are_in_spanish(d1):
    columns = in_spanish(d1, "/data-dictionary/users")["columns"]
    assert columns[1]["description"] == "El ID de la escuela, como en la lista de escuelas del distrito"
    missing = d1.call("GET", "/uploads/none", headers=SPANISH)
    assert (missing.json["title"], missing.json["detail"]) == (
        "No encontrado",
        "Esa carga no existe aquí.",
    )
    early = d1.call("GET", "/uploads?limit=none", headers=SPANISH)
    assert early.json["detail"].startswith("limit es un número entero de 1 a ")
