"""Addresses: the portal's own first, then the areas' under each authority's slug."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import wiring
from portal.views import (
    answers,
    cases,
    demo,
    documents,
    health,
    invitations,
    notices,
    operations,
    pages,
    rounds,
    waiting,
)

urlpatterns = [
    path("", pages.front_page, name="front_page"),
    path("admin/", admin.site.urls),
    path("konto/", include("allauth.urls")),
    path("konto/fortsett/", pages.continue_typed, name="continue_typed"),
    path("klar/", health.ready, name="ready"),
    path("helse/", health.health, name="health"),
    path("sprak/", pages.set_language, name="set_language"),
    path("tilgjengelighet/", pages.accessibility_statement, name="accessibility_statement"),
    path("personvern/", pages.privacy, name="privacy"),
    path("kontakt/", pages.contact, name="contact"),
    path("robots.txt", pages.robots, name="robots"),
    path("dokument/<int:document>/", documents.download, name="document"),
    path("venter-pa-deg/", waiting.waiting, name="waiting"),
    path("venter-pa-deg/kalender/", waiting.calendar_feeds, name="calendar_feeds"),
    path("kalender/<str:key>.ics", waiting.calendar_feed, name="calendar_feed"),
    path("varsler/", notices.inbox, name="inbox"),
    path("varsler/valg/", notices.notice_choices, name="notice_choices"),
    path("varsler/stopp/<str:key>/", notices.unsubscribe, name="unsubscribe"),
    path("drift/", operations.operations, name="operations"),
    path("metrikk/", operations.metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/", demo.signin, name="demo_signin"),
        path("demo/postkasse/", demo.mailbox, name="demo_mailbox"),
        path("demo/statistikk/<path:rest>", demo.statistics, name="demo_statistics"),
    ]
urlpatterns += [
    path("<slug:authority>/", pages.authority_page, name="authority_page"),
    path("<slug:authority>/frister/", waiting.authority_deadlines, name="authority_deadlines"),
    path("<slug:authority>/saker/<int:case>/", cases.case_page, name="case_page"),
    path("<slug:authority>/innspill/", rounds.input_rounds, name="input_rounds"),
    path("<slug:authority>/innspill/<slug:round>/", rounds.input_round, name="input_round"),
    path("<slug:authority>/innspill/<slug:round>/kode/", rounds.input_code, name="input_code"),
    path("<slug:authority>/innspill/<slug:round>/kvittering/", rounds.input_receipt, name="input_receipt"),
    path(
        "<slug:authority>/innspill/<slug:round>/invitasjon/<str:key>/", invitations.invitation, name="input_invitation"
    ),
    path("<slug:authority>/innspill/<slug:round>/svar/", answers.round_inputs, name="round_inputs"),
    path("<slug:authority>/innspill/<slug:round>/svar/ny/", answers.register_input, name="register_input"),
    path("<slug:authority>/innspill/<slug:round>/svar/<int:number>/", answers.answer_input, name="answer_input"),
    *wiring.area_patterns(),
]
