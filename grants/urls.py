"""Addresses of money: a recipient's own, what everyone reads, and the desk's, mostly under an authority's slug."""

from django.urls import path

from grants.views import (
    accounts,
    bank_accounts,
    decisions,
    funds,
    lines,
    overview,
    papers,
    payments,
    payouts,
    public,
    recipient,
    recipient_money,
    reconciliation,
    repayments,
    schemes,
    year_end,
)
from grants.views import grants as grant_pages

OWN = "min-side/virksomhet/<int:organisation>/tilskudd/"
OPEN = "<slug:authority>/tildelinger/"
DESK = "<slug:authority>/penger/"

urlpatterns = [
    # a recipient's own
    path(OWN, recipient.own_grants, name="own_grants"),
    path(f"{OWN}<int:grant>/", recipient.own_grant, name="own_grant"),
    path(f"{OWN}<int:grant>/finansiering/", recipient.own_financing, name="own_financing"),
    path(f"{OWN}<int:grant>/rapport/<int:report>/", recipient.own_report, name="own_report"),
    path(f"{OWN}<int:grant>/dokument/<int:document>/", recipient.own_document, name="own_document"),
    path(f"{OWN}<int:grant>/utbetaling/", recipient_money.ask_payout, name="ask_payout"),
    path(
        "min-side/virksomhet/<int:organisation>/bankkonto/", recipient_money.own_bank_account, name="own_bank_account"
    ),
    # what everyone reads
    path(OPEN, public.granted, name="granted"),
    path(f"{OPEN}<int:year>/", public.granted, name="granted_year"),
    path(f"{OPEN}<int:year>/tall.<str:form>", public.granted_file, name="granted_file"),
    path(f"{OPEN}nytt.atom", public.granted_feed, name="granted_feed"),
    path(f"{OPEN}tilsagn/<int:grant>/", public.granted_page, name="granted_page"),
    path("<slug:authority>/stotteordninger/", schemes.schemes, name="schemes"),
    path("<slug:authority>/stotteordninger/<slug:scheme>/", schemes.scheme_page, name="scheme_page"),
    # the desk: where money lies and how it moved
    path(DESK, overview.money, name="money"),
    path(f"{DESK}konto/<int:account>/", accounts.account_page, name="account_page"),
    path(f"{DESK}postering/<int:entry>/", accounts.entry_page, name="entry_page"),
    path(f"{DESK}poster/", lines.budget_lines, name="budget_lines"),
    path(f"{DESK}poster/<int:line>/", lines.budget_line, name="budget_line"),
    path(f"{DESK}fond/<int:fund>/", funds.fund_page, name="fund_page"),
    path(f"{DESK}arsslutt/<int:year>/", year_end.year_end, name="year_end"),
    path(f"{DESK}avstemming/", reconciliation.reconciliation, name="reconciliation"),
    # the desk: grants
    path(f"{DESK}tilsagn/", grant_pages.grants, name="grants"),
    path(f"{DESK}tilsagn/ny/", grant_pages.new_grant, name="new_grant"),
    path(f"{DESK}tilsagn/<int:grant>/", grant_pages.grant_desk, name="grant_desk"),
    path(f"{DESK}tilsagn/<int:grant>/vedtak/", decisions.decide_grant, name="decide_grant"),
    path(f"{DESK}tilsagn/<int:grant>/vilkar/<int:condition>/", decisions.settle_condition, name="settle_condition"),
    path(f"{DESK}tilsagn/<int:grant>/papirer/", papers.read_papers, name="read_papers"),
    path(f"{DESK}tilsagn/<int:grant>/tilbake/", repayments.money_back, name="money_back"),
    # the desk: payouts
    path(f"{DESK}utbetalinger/", payouts.payouts, name="payouts"),
    path(f"{DESK}utbetalinger/<int:payout>/", payouts.payout_page, name="payout_page"),
    path(f"{DESK}utbetalinger/filer/", payments.payment_files, name="payment_files"),
    path(f"{DESK}utbetalinger/filer/<int:number>.csv", payments.payment_file, name="payment_file"),
    path(f"{DESK}utbetalinger/retur/", payments.return_list, name="return_list"),
    path(f"{DESK}bankkontoer/", bank_accounts.bank_accounts, name="bank_accounts"),
    path(f"{DESK}bankkontoer/<int:account>/", bank_accounts.bank_account, name="bank_account"),
]
