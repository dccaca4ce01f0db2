"""Addresses: the portal's own first, then the areas' under each authority's slug."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import wiring
from portal.views import demo, documents, health, pages

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
]
if settings.DEMO:
    urlpatterns += [
        path("demo/", demo.signin, name="demo_signin"),
        path("demo/postkasse/", demo.mailbox, name="demo_mailbox"),
    ]
urlpatterns += [
    path("<slug:authority>/", pages.authority_page, name="authority_page"),
    *wiring.area_patterns(),
]
