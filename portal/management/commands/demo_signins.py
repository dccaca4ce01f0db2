"""Tell who can sign in to the demo, as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from portal.demo.authorities import DEMO_PASSWORD
from portal.models import Membership, User
from portal.views.demo import DEMO_DOMAIN


class Command(BaseCommand):
    help = "Print the demo's sign-ins as a JSON list of role, email, password, authority."

    def handle(self, *args: Any, **options: Any) -> None:
        held = Membership.objects.filter(user__email__endswith=DEMO_DOMAIN).select_related("user", "authority")
        rows = [
            {"role": m.get_role_display(), "email": m.user.email, "authority": m.authority.name}
            for m in held
            if m.authority.password_allowed  # the others come by the list at /demo/, or by the stand-ins there
        ] + [
            {"role": "Driftsansvarlig", "email": user.email, "authority": "alle"}
            for user in User.objects.filter(is_superuser=True, email__endswith=DEMO_DOMAIN)
        ]
        self.stdout.write(json.dumps([{**row, "password": DEMO_PASSWORD} for row in rows], ensure_ascii=False))
