"""Addresses of prizes: what everyone reads, the desk’s, and the jury’s."""

from django.urls import path

from awards.views import (
    announcing,
    candidates,
    deciding,
    jury,
    nominating,
    nominating_desk,
    nominees,
    prize_desk,
    public,
    round_desk,
    statutes_desk,
    vote_desk,
    voting,
    winner_desk,
)

urlpatterns = [
    # what everyone reads
    path("<slug:authority>/priser/", public.prizes, name="prizes"),
    path("<slug:authority>/priser/vinnere.atom", public.prizes_feed, name="prizes_feed"),
    path("<slug:authority>/priser/<slug:prize>/", public.prize_page, name="prize_page"),
    path("<slug:authority>/priser/<slug:prize>/vinnere/", public.prize_winners, name="prize_winners"),
    path("<slug:authority>/priser/<slug:prize>/vinnere/<int:winner>/", public.prize_winner, name="prize_winner"),
    path(
        "<slug:authority>/priser/<slug:prize>/vinnere/<int:winner>/bilde/",
        public.winner_picture,
        name="winner_picture",
    ),
    path("<slug:authority>/priser/<slug:prize>/boks/", public.prize_box, name="prize_box"),
    path("<slug:authority>/priser/<slug:prize>/<int:year>/", public.prize_round, name="prize_round"),
    path("<slug:authority>/priser/<slug:prize>/<int:year>/nominer/", nominating.nominate, name="nominate"),
    path(
        "<slug:authority>/priser/<slug:prize>/<int:year>/nominer/kode/",
        nominating.nomination_code,
        name="nomination_code",
    ),
    path(
        "<slug:authority>/priser/<slug:prize>/<int:year>/nominer/kvittering/",
        nominating.nomination_receipt,
        name="nomination_receipt",
    ),
    path(
        "<slug:authority>/priser/<slug:prize>/<int:year>/nominert/<str:key>/",
        nominees.nominee_page,
        name="nominee_page",
    ),
    path("<slug:authority>/priser/<slug:prize>/<int:year>/stem/", voting.vote, name="vote"),
    path("<slug:authority>/priser/<slug:prize>/<int:year>/stem/<str:key>/", voting.cast_vote, name="cast_vote"),
    path("<slug:authority>/priser/<slug:prize>/<int:year>/stemmetall/", voting.vote_numbers, name="vote_numbers"),
    # the desk’s
    path("<slug:authority>/prisarbeid/", prize_desk.prize_desk, name="prize_desk"),
    path("<slug:authority>/prisarbeid/ny/", prize_desk.new_prize, name="new_prize"),
    path("<slug:authority>/prisarbeid/<slug:prize>/", prize_desk.edit_prize, name="edit_prize"),
    path("<slug:authority>/prisarbeid/<slug:prize>/arbeidsgruppe/", prize_desk.working_group, name="working_group"),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/statutter/<int:version>/",
        statutes_desk.desk_statutes,
        name="desk_statutes",
    ),
    path("<slug:authority>/prisarbeid/<slug:prize>/vinnere/", winner_desk.earlier_winners, name="earlier_winners"),
    path("<slug:authority>/prisarbeid/<slug:prize>/runder/ny/", round_desk.new_round, name="new_round"),
    path("<slug:authority>/prisarbeid/<slug:prize>/<int:year>/", round_desk.round_desk, name="round_desk"),
    path("<slug:authority>/prisarbeid/<slug:prize>/<int:year>/rediger/", round_desk.edit_round, name="edit_round"),
    path("<slug:authority>/prisarbeid/<slug:prize>/<int:year>/flytt/", round_desk.move_round, name="move_round"),
    path("<slug:authority>/prisarbeid/<slug:prize>/<int:year>/jury/", round_desk.round_jury, name="round_jury"),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner/",
        candidates.nominations,
        name="nominations",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner.<slug:form>",
        candidates.nominations_file,
        name="nominations_file",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner/ny/",
        nominating_desk.register_nomination,
        name="register_nomination",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kandidat/<int:candidate>/",
        candidates.candidate_desk,
        name="candidate_desk",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kandidat/<int:candidate>/samle/",
        candidates.gather_candidate,
        name="gather_candidate",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/",
        deciding.decide_category,
        name="decide_category",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/protokoll/",
        deciding.category_minutes,
        name="category_minutes",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/ark/<int:member>/",
        deciding.register_sheet,
        name="register_sheet",
    ),
    path("<slug:authority>/prisarbeid/<slug:prize>/<int:year>/avstemning/", vote_desk.vote_desk, name="vote_desk"),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kunngjor/",
        announcing.announce_round,
        name="announce_round",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/innsyn/",
        announcing.assess_prize_access,
        name="assess_prize_access",
    ),
    path(
        "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/vinner/<int:winner>/",
        winner_desk.winner_desk,
        name="winner_desk",
    ),
    # the jury’s
    path("<slug:authority>/jury/", jury.jury_home, name="jury_home"),
    path("<slug:authority>/jury/<slug:prize>/<int:year>/", jury.jury_round, name="jury_round"),
    path("<slug:authority>/jury/<slug:prize>/<int:year>/erklar/", jury.jury_declare, name="jury_declare"),
    path("<slug:authority>/jury/<slug:prize>/<int:year>/<int:category>/", jury.jury_sheet, name="jury_sheet"),
    path(
        "<slug:authority>/jury/<slug:prize>/<int:year>/kandidat/<int:candidate>/",
        jury.jury_candidate,
        name="jury_candidate",
    ),
    path(
        "<slug:authority>/jury/<slug:prize>/<int:year>/dokument/<int:document>/",
        jury.jury_document,
        name="jury_document",
    ),
]
