"""Addresses of plans, their measures and reports, mostly under an authority's slug."""

from django.urls import path

from strategy.views import (
    action_parts,
    basis,
    embed,
    followers,
    funding,
    import_create,
    import_review,
    imports,
    indicators,
    partners,
    period_report,
    periods,
    plans,
    questions,
    reassign,
    reporting,
    reports,
)

PLAN = "<slug:authority>/planer/<slug:plan>/"
REPORT = f"{PLAN}rapporter/<int:number>/<int:version>/"

urlpatterns = [
    # without an authority in the address: a person's own, and what a mailed link opens
    path("planer/rapportering/", reporting.my_reporting, name="my_reporting"),
    path("planer/rapportering/<int:report>/", reporting.report_measure, name="report_measure"),
    path("planer/rapport/<str:key>/", partners.partner_report, name="partner_report"),
    path("planer/folg/stopp/<str:key>/", followers.stop_following, name="stop_following"),
    # a plan as anyone reads it
    path(PLAN, plans.plan_status, name="plan_status"),
    path(f"{PLAN}tiltak/<int:measure>/", plans.measure_page, name="measure_page"),
    path(f"{PLAN}grunnlag/", basis.plan_basis, name="plan_basis"),
    path(f"{PLAN}innebygd/", embed.plan_embed, name="plan_embed"),
    path(f"{PLAN}tallene.<str:form>", embed.plan_export, name="plan_export"),
    path(f"{PLAN}folg/", followers.follow, name="follow"),
    path(f"{PLAN}folg/kode/", followers.follow_code, name="follow_code"),
    path(f"{PLAN}sporsmal/", questions.plan_questions, name="plan_questions"),
    path(f"{PLAN}sporsmal/<int:question>/", questions.answer_question, name="answer_question"),
    path(f"{PLAN}rapporter/", reports.plan_reports, name="plan_reports"),
    path(f"{PLAN}rapporter/<int:number>/", reports.plan_report, name="plan_report"),
    path(REPORT, reports.plan_report, name="plan_report_version"),
    path(f"{REPORT}fil/<str:kind>/", reports.report_file, name="report_file"),
    path(f"{REPORT}frigi/", reports.release_report, name="release_report"),
    path(f"{REPORT}rett/", reports.correct_report, name="correct_report"),
    # a plan as its officers work with it
    path(f"{PLAN}rapportering/", periods.reporting_periods, name="reporting_periods"),
    path(f"{PLAN}rapportering/ny/", periods.new_period, name="new_period"),
    path(f"{PLAN}rapportering/<int:period>/", periods.reporting_period, name="reporting_period"),
    path(f"{PLAN}rapportering/<int:period>/<int:report>/", period_report.period_report, name="period_report"),
    path(f"{PLAN}rapportering/<int:period>/frys/", reports.freeze_report, name="freeze_report"),
    path(f"{PLAN}handlingsdel/", action_parts.action_part, name="action_part"),
    path(f"{PLAN}finansiering/", funding.plan_funding, name="plan_funding"),
    path("<slug:authority>/ansvar/", reassign.reassign, name="reassign"),
    path("<slug:authority>/indikatorer/", indicators.indicators, name="indicators"),
    path("<slug:authority>/indikatorer/<int:indicator>/", indicators.indicator_page, name="indicator_page"),
    # a plan’s own document on its way to become a plan
    path("<slug:authority>/plandokumenter/", imports.plan_imports, name="plan_imports"),
    path("<slug:authority>/plandokumenter/<int:pk>/", imports.plan_import, name="plan_import"),
    path("<slug:authority>/plandokumenter/<int:pk>/framdrift/", imports.import_progress, name="import_progress"),
    path("<slug:authority>/plandokumenter/<int:pk>/fil/", imports.import_file, name="import_file"),
    path("<slug:authority>/plandokumenter/<int:pk>/tekst/", import_review.import_text, name="import_text"),
    path("<slug:authority>/plandokumenter/<int:pk>/rad/ny/", import_review.new_import_row, name="new_import_row"),
    path("<slug:authority>/plandokumenter/<int:pk>/rad/<int:row>/", import_review.import_row, name="import_row"),
    path("<slug:authority>/plandokumenter/<int:pk>/plan/", import_create.import_create, name="import_create"),
]
