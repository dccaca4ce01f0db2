"""The portal's addresses with the demo's own, as when DEMO is on."""

from django.urls import path

from portal.urls import urlpatterns as ours
from portal.views import demo

urlpatterns = [
    path("demo/", demo.signin, name="demo_signin"),
    path("demo/postkasse/", demo.mailbox, name="demo_mailbox"),
    path("demo/statistikk/<path:rest>", demo.statistics, name="demo_statistics"),
    *ours,
]
