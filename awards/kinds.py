"""Kinds of notices about prizes that are told when something happens; the deadlines' kinds are in `deadlines`."""

from django.utils.translation import gettext_lazy as _

from portal.kinds import Kind

AT_ONCE = [
    Kind("nomination_received", _("Receipt for a nomination"), may_stop=False),
    Kind("nomination_came", _("A new nomination")),
    Kind("nominee_informed", _("You are nominated"), may_stop=False),
    Kind("nominee_answered", _("A nominee has answered")),
    Kind("jury_at_work", _("Candidates wait for your points"), may_stop=False),
    Kind("jury_candidate_added", _("A candidate came later")),
    Kind("prize_round_moved", _("A prize round goes on")),
    Kind("prize_thanks", _("Thanks for the nomination"), may_stop=False),
    Kind("prize_won", _("You have won a prize"), may_stop=False),
    Kind("vote_counted", _("The public vote is counted")),
]
