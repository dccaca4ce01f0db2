"""Kinds of notices about plans that are told when something happens; the deadlines' kinds are in `deadlines`."""

from django.utils.translation import gettext_lazy as _

from portal.kinds import Kind

AT_ONCE = [
    Kind("plan_adopted", _("A plan was adopted")),
    Kind("report_asked", _("You are asked to report")),
    Kind("partner_asked", _("A partner is asked to report"), may_stop=False),
    Kind("partner_reported", _("Receipt for a partner’s report"), may_stop=False),
    Kind("measures_given", _("You became responsible for measures")),
    Kind("report_returned", _("A report came back with a question")),
    Kind("period_opened", _("A reporting period is open")),
    Kind("report_frozen", _("A report waits for release")),
    Kind("report_released", _("A report is released")),
    Kind("new_date_proposed", _("A new date is proposed")),
    Kind("new_date_approved", _("A new date is approved")),
    Kind("follow_code", _("Code to follow a plan"), may_stop=False),
    Kind("followed_news", _("News of what you follow"), may_stop=False),
    Kind("plan_document_read", _("A plan document is read")),
    Kind("forum_question", _("A question from the forum")),
    Kind("forum_answer", _("An answer to the forum")),
]
