"""The templates, as somebody who only wants to see what happens would use them."""


def test_the_templates_upload_one_after_the_other_without_a_finding(rollbook):
    admin = rollbook.open_district(schools=("00123",), school_names={"00123": "Oak Street School"})
    for kind in ("users", "demographics"):
        template = admin.call("GET", f"/templates/{kind}.csv").data
        upload_id = admin.apply(template, kind)
        shown = admin.upload(upload_id)
        assert (shown["status"], shown["findings"]) == ("completed", {"errors": 0, "warnings": 0})
