"""Addresses: the portal's own first, then the areas' under each authority's slug."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import wiring
from portal.views import (
    answers,
    cases,
    demo,
    demo_services,
    documents,
    health,
    invitations,
    mandate_desk,
    mandates,
    my_page,
    notices,
    operations,
    organisation_input,
    organisations,
    pages,
    rounds,
    signin,
    waiting,
)

urlpatterns = [
    path("", pages.front_page, name="front_page"),
    path("admin/", admin.site.urls),
    path("konto/", include("portal.account_urls")),
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
    path("min-side/", my_page.my_page, name="my_page"),
    path("min-side/fullmakter/", mandates.my_mandates, name="my_mandates"),
    path("min-side/fullmakter/ny/", mandates.ask_mandate, name="ask_mandate"),
    path("min-side/virksomhet/<int:organisation>/", organisations.organisation_page, name="organisation_page"),
    path("min-side/virksomhet/<int:organisation>/inviter/", organisations.invite_colleague, name="invite_colleague"),
    path(
        "min-side/virksomhet/<int:organisation>/innspill/<int:round>/",
        organisation_input.organisation_input,
        name="organisation_input",
    ),
    path("fullmakt/<str:key>/", mandates.mandate_invitation, name="mandate_invitation"),
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
        path("demo/register/<path:rest>", demo_services.register, name="demo_register"),
        path("demo/innlogging/", demo_services.control, name="demo_services"),
        path("demo/innlogging/<slug:service>/<path:rest>", demo_services.provider, name="demo_provider"),
    ]
urlpatterns += [
    path("<slug:authority>/", pages.authority_page, name="authority_page"),
    path("<slug:authority>/logg-inn/", signin.signin_ways, name="signin_ways"),
    path("<slug:authority>/fullmakter/", mandate_desk.mandate_desk, name="mandate_desk"),
    path("<slug:authority>/fullmakter/ny/", mandate_desk.register_mandate, name="register_mandate"),
    path("<slug:authority>/fullmakter/<int:asked>/", mandate_desk.mandate_request, name="mandate_request"),
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
