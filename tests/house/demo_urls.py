"""The portal's addresses with the demo's own, as when DEMO is on."""

from django.urls import path

from portal.urls import urlpatterns as ours
from portal.views import demo, demo_services

urlpatterns = [
    path("demo/", demo.signin, name="demo_signin"),
    path("demo/postkasse/", demo.mailbox, name="demo_mailbox"),
    path("demo/statistikk/<path:rest>", demo.statistics, name="demo_statistics"),
    path("demo/register/<path:rest>", demo_services.register, name="demo_register"),
    path("demo/stotteregister/<path:rest>", demo_services.aid_register, name="demo_aid_register"),
    path("demo/innlogging/", demo_services.control, name="demo_services"),
    path("demo/innlogging/<slug:service>/<path:rest>", demo_services.provider, name="demo_provider"),
    *ours,
]
