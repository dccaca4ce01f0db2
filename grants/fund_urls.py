"""Addresses of the business fund: what everyone reads, one’s own applications, and the desk’s."""

from django.urls import path

from grants.views import (
    afterwards,
    aid_reports,
    application_desk,
    application_files,
    applying,
    assessing,
    batches,
    call_desk,
    calls,
    complaints,
    deciding,
    letters,
    own_afterwards,
    own_applications,
    own_complaints,
    own_decisions,
    undertakings,
)

urlpatterns = [
    # what everyone reads
    path("<slug:authority>/utlysninger/", calls.calls, name="calls"),
    path("<slug:authority>/utlysninger/nytt.atom", calls.calls_feed, name="calls_feed"),
    path("<slug:authority>/utlysninger/<slug:call>/", calls.call_page, name="call_page"),
    path("<slug:authority>/utlysninger/<slug:call>/sjekk/", calls.call_check, name="call_check"),
    path("<slug:authority>/utlysninger/<slug:call>/sok/", applying.start_application, name="start_application"),
    # one’s own
    path(
        "min-side/soknader/<int:application>/skriv/<slug:step>/", applying.write_application, name="write_application"
    ),
    path("min-side/soknader/<int:application>/lagre/", applying.save_application, name="save_application"),
    path("min-side/soknader/<int:application>/vedlegg/", application_files.application_files, name="application_files"),
    path(
        "min-side/soknader/<int:application>/vedlegg/<int:file>/",
        application_files.application_file,
        name="application_file",
    ),
    path("min-side/soknader/", own_applications.own_applications, name="own_applications"),
    path("min-side/soknader/<int:application>/", own_applications.own_application, name="own_application"),
    path(
        "min-side/soknader/<int:application>/kvittering/",
        own_applications.application_receipt,
        name="application_receipt",
    ),
    path(
        "min-side/soknader/<int:application>/dokument/<int:document>/",
        own_applications.own_application_document,
        name="own_application_document",
    ),
    path("min-side/soknader/<int:application>/meldinger/", own_applications.own_messages, name="own_messages"),
    path(
        "min-side/soknader/<int:application>/trekk/", own_applications.withdraw_application, name="withdraw_application"
    ),
    path(
        "min-side/soknader/<int:application>/slett/", own_applications.discard_application, name="discard_application"
    ),
    path("min-side/soknader/<int:application>/kopier/", own_applications.copy_application, name="copy_application"),
    path("min-side/soknader/<int:application>/vedtak/", own_decisions.own_decision, name="own_decision"),
    path("min-side/soknader/<int:application>/endring/", own_afterwards.ask_change, name="ask_change"),
    path(
        "min-side/soknader/<int:application>/sluttregnskap/<int:report>/",
        own_afterwards.own_final_accounts,
        name="own_final_accounts",
    ),
    path("min-side/soknader/<int:application>/klage/", own_complaints.complain, name="complain"),
    # the desk
    path("<slug:authority>/soknader/utlysninger/", call_desk.desk_calls, name="desk_calls"),
    path("<slug:authority>/soknader/utlysninger/ny/", call_desk.new_call, name="new_call"),
    path("<slug:authority>/soknader/utlysninger/<int:call>/", call_desk.edit_call, name="edit_call"),
    path("<slug:authority>/soknader/utlysninger/<int:call>/skjema/", call_desk.edit_call_form, name="edit_call_form"),
    path(
        "<slug:authority>/soknader/utlysninger/<int:call>/forhandsvisning/", call_desk.preview_call, name="preview_call"
    ),
    path("<slug:authority>/soknader/utlysninger/<int:call>/slipp-inn/", call_desk.let_in, name="let_in"),
    path("<slug:authority>/soknader/", application_desk.applications, name="applications"),
    path("<slug:authority>/soknader/liste.<str:form>", application_desk.applications_file, name="applications_file"),
    path("<slug:authority>/soknader/ny/", application_desk.register_application, name="register_application"),
    path("<slug:authority>/soknader/<int:application>/", application_desk.application_desk, name="application_desk"),
    path(
        "<slug:authority>/soknader/<int:application>/dokument/<int:document>/",
        application_desk.application_document,
        name="application_document",
    ),
    path(
        "<slug:authority>/soknader/<int:application>/meldinger/", application_desk.desk_messages, name="desk_messages"
    ),
    path(
        "<slug:authority>/soknader/<int:application>/mangler/", application_desk.ask_supplement, name="ask_supplement"
    ),
    path(
        "<slug:authority>/soknader/<int:application>/versjoner/",
        application_desk.application_versions,
        name="application_versions",
    ),
    path(
        "<slug:authority>/soknader/<int:application>/vurdering/",
        assessing.assess_application,
        name="assess_application",
    ),
    path("<slug:authority>/innstillinger/", batches.batches, name="batches"),
    path("<slug:authority>/innstillinger/<int:batch>/", batches.batch_page, name="batch_page"),
    path(
        "<slug:authority>/innstillinger/<int:batch>/innstilling.<str:form>",
        batches.batch_document,
        name="batch_document",
    ),
    path("<slug:authority>/innstillinger/<int:batch>/protokoll/", batches.batch_protocol, name="batch_protocol"),
    path("<slug:authority>/soknader/<int:application>/vedtak/", deciding.decide_application, name="decide_application"),
    path("<slug:authority>/soknader/delegering/", deciding.delegations, name="delegations"),
    path("<slug:authority>/soknader/<int:application>/stotte/", undertakings.application_aid, name="application_aid"),
    path("<slug:authority>/penger/tilsagn/<int:grant>/stotte/", undertakings.grant_aid, name="grant_aid"),
    path("<slug:authority>/stotteregister/", aid_reports.aid_reports, name="aid_reports"),
    path("<slug:authority>/stotteregister/meldinger.csv", aid_reports.aid_reports_file, name="aid_reports_file"),
    path("<slug:authority>/soknader/<int:application>/brev/", letters.application_letters, name="application_letters"),
    path(
        "<slug:authority>/soknader/<int:application>/brev/<slug:kind>.pdf",
        letters.letter_preview,
        name="letter_preview",
    ),
    path("<slug:authority>/klager/", complaints.complaints, name="complaints"),
    path(
        "<slug:authority>/soknader/<int:application>/klage/", complaints.register_complaint, name="register_complaint"
    ),
    path("<slug:authority>/klager/<int:complaint>/", complaints.complaint_desk, name="complaint_desk"),
    path("<slug:authority>/endringer/", afterwards.project_changes, name="project_changes"),
    path("<slug:authority>/endringer/<int:change>/", afterwards.answer_change, name="answer_change"),
    path(
        "<slug:authority>/soknader/<int:application>/sluttregnskap/<int:report>/",
        afterwards.read_final_accounts,
        name="read_final_accounts",
    ),
]
