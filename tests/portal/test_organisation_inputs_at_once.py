"""Colleagues at the same moment: nothing is overwritten unseen, and one press among many sends."""

from __future__ import annotations

from portal.acting_for import organisation_inputs
from portal.models import InputDraft
from tests import factories as make
from tests.at_once import at_once
from tests.portal.test_organisation_inputs import save, send


def test_first_saves_at_once_keep_one_text_and_tell_the_others(own_database: str) -> None:
    place = make.an_authority()
    organisation, asked = make.an_organisation(place), make.a_round(make.a_case(place))
    people = [make.a_user() for _ in range(4)]
    for person in people:
        make.a_mandate(organisation, person)

    def write(number: int) -> str:
        try:
            save(organisation, asked, people[number], f"Tekst {number}")
        except organisation_inputs.Overtaken:
            return "told"
        return "kept"

    assert sorted(at_once(write, range(4))) == ["kept", "told", "told", "told"]
    assert InputDraft.objects.filter(organisation=organisation).count() == 1


def test_sending_pressed_by_many_at_once_makes_one_input(own_database: str) -> None:
    place = make.an_authority()
    organisation, asked = make.an_organisation(place), make.a_round(make.a_case(place))
    people = [make.a_user() for _ in range(4)]
    for person in people:
        make.a_mandate(organisation, person)
    draft = save(organisation, asked, people[0])

    def press(number: int) -> str:
        try:
            send(organisation, asked, people[number], draft)
        except organisation_inputs.SentMeanwhile:
            return "sent before"
        return "sent"

    assert sorted(at_once(press, range(4))) == ["sent", "sent before", "sent before", "sent before"]
    assert asked.inputs.count() == 1


def test_saving_while_it_is_sent_loses_no_words(own_database: str) -> None:
    place = make.an_authority()
    organisation, asked, person = make.an_organisation(place), make.a_round(make.a_case(place)), make.a_user()
    make.a_mandate(organisation, person)
    draft = save(organisation, asked, person, "Det som ble lest")

    def go(deed: str) -> str:
        try:
            if deed == "send":
                return send(organisation, asked, person, draft).text
            return save(organisation, asked, person, "Mer", seen=organisation_inputs.version_of(draft)).text
        except (organisation_inputs.Overtaken, organisation_inputs.SentMeanwhile) as error:
            return type(error).__name__

    came = at_once(go, ["send", "save"])
    assert came in (["Det som ble lest", "SentMeanwhile"], ["Overtaken", "Mer"])
