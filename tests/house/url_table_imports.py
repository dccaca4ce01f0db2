"""What the addresses of plan documents answer to each person."""

from __future__ import annotations

from tests.house.url_rows import Row, all_get
from tests.house.url_table_money import MONEY_DESK, NEXT_DESK, at_home, gone, leads_on

MAKES_PLANS = at_home("officer", "leader", "editor", "operator")
"""Sends documents and makes plans of them; the others at the desk read."""
DOCUMENTS, NEXT_DOCUMENTS = "/{home}/plandokumenter/", "/{next}/plandokumenter/"
WAITING, REFUSED, READY = (f"{DOCUMENTS}{{{name}_document}}/" for name in ("waiting", "refused", "plan"))
ELSEWHERE = f"{DOCUMENTS}{{next_waiting_document}}/"
"""A document of next door under our own address."""

IMPORTS: dict[str, list[Row]] = {
    "<slug:authority>/plandokumenter/": [
        *(Row(f"{DOCUMENTS}{query}", MONEY_DESK) for query in ("", "?q=plan&side=9", "?plan=tull")),
        Row(DOCUMENTS, MAKES_PLANS, "post", {"against": ""}),
        Row(DOCUMENTS, gone(MAKES_PLANS), "post", {"fra": "999999999"}),
        Row(NEXT_DOCUMENTS, NEXT_DESK),
        Row("/finnes-ikke/plandokumenter/", all_get(404, anonymous=302)),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/": [
        *(Row(address, MONEY_DESK) for address in (WAITING, REFUSED, READY)),
        Row(ELSEWHERE, gone(MONEY_DESK)),
        Row(f"{NEXT_DOCUMENTS}{{next_plan_document}}/", NEXT_DESK),
        Row(WAITING, leads_on(MAKES_PLANS), "post", {"gjor": "fjern"}),
        Row(ELSEWHERE, gone(MONEY_DESK), "post", {"gjor": "legg-bort"}),
        *(
            Row(f"{READY}{query}", MONEY_DESK)
            for query in ("?vis=se-pa&q=ord&side=9", "?rad={document_row}&tekst=1.3", "?vis=tull&rad=x", "?fil=csv")
        ),
        *(Row(f"{DOCUMENTS}{{{name}_document}}/", MONEY_DESK) for name in ("compared", "applied")),
        Row(f"{READY}?fil=pdf", gone(MONEY_DESK)),
        Row(READY, leads_on(MAKES_PLANS), "post", {"sikre": ""}),
        *(Row(READY, gone(MAKES_PLANS), "post", {name: "999999999.0"}) for name in ("godta", "sett", "sikre")),
        Row(READY, gone(MAKES_PLANS), "post"),
        Row(f"{DOCUMENTS}{{applied_document}}/", leads_on(MAKES_PLANS), "post", {"sikre": ""}),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/tekst/": [
        *(Row(f"{READY}tekst/{query}", MONEY_DESK) for query in ("", "?rad={document_row}", "?tekst=9.9999")),
        Row(f"{READY}tekst/?rad=999999999", gone(MONEY_DESK)),
        Row(f"{WAITING}tekst/", gone(MONEY_DESK)),
        Row(f"{ELSEWHERE}tekst/", gone(MONEY_DESK)),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/rad/<int:row>/": [
        Row(f"{READY}rad/{{document_row}}/", leads_on(MONEY_DESK)),
        *(
            Row(f"{READY}rad/{{document_row}}/?gjor={deed}", MAKES_PLANS)
            for deed in ("endre", "flytt", "sla-sammen", "utelat")
        ),
        *(
            Row(f"{READY}rad/{{document_row}}/", MAKES_PLANS, "post", {"gjor": deed, "level": "tull", "into": "x"})
            for deed in ("endre", "flytt", "sla-sammen")
        ),
        Row(f"{READY}rad/{{document_row}}/", leads_on(MAKES_PLANS), "post", {"gjor": "utelat"}),
        Row(f"{READY}rad/{{document_row}}/?gjor=tull", gone(MAKES_PLANS)),
        Row(f"{READY}rad/{{next_document_row}}/?gjor=endre", gone(MONEY_DESK)),
        Row(f"{NEXT_DOCUMENTS}{{next_plan_document}}/rad/{{next_document_row}}/?gjor=endre", NEXT_DESK),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/rad/ny/": [
        Row(f"{READY}rad/ny/?under=999999999", MAKES_PLANS),
        Row(f"{READY}rad/ny/", MAKES_PLANS, "post", {"title": ""}),
        Row(f"{WAITING}rad/ny/", gone(MONEY_DESK)),
        Row(f"{ELSEWHERE}rad/ny/", gone(MONEY_DESK)),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/framdrift/": [
        *(Row(f"{address}framdrift/", MONEY_DESK) for address in (WAITING, REFUSED, READY)),
        Row(f"{ELSEWHERE}framdrift/", gone(MONEY_DESK)),
        Row(f"{WAITING}framdrift/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/fil/": [
        Row(f"{WAITING}fil/", MONEY_DESK),
        Row(f"{REFUSED}fil/", gone(MONEY_DESK)),
        Row(f"{ELSEWHERE}fil/", gone(MONEY_DESK)),
        Row(f"{NEXT_DOCUMENTS}{{next_waiting_document}}/fil/", NEXT_DESK),
    ],
    "<slug:authority>/plandokumenter/<int:pk>/plan/": [
        Row(f"{READY}plan/", MAKES_PLANS),
        Row(f"{READY}plan/", MAKES_PLANS, "post", {"gjor": "opprett"}),
        Row(f"{READY}plan/", gone(MAKES_PLANS), "post", {"gjor": "tull"}),
        Row(f"{DOCUMENTS}{{compared_document}}/plan/", MAKES_PLANS),
        Row(f"{DOCUMENTS}{{applied_document}}/plan/", MAKES_PLANS),
        Row(f"{WAITING}plan/", leads_on(MAKES_PLANS)),
        Row(f"{ELSEWHERE}plan/", gone(MONEY_DESK)),
        Row(f"{NEXT_DOCUMENTS}{{next_plan_document}}/plan/", NEXT_DESK),
    ],
}
