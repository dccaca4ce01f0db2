"""Addresses of plans and measures, under an authority's slug."""

from django.urls import path

from strategy.views import plans

urlpatterns = [
    path("<slug:authority>/planer/<slug:plan>/", plans.plan_status, name="plan_status"),
    path("<slug:authority>/planer/<slug:plan>/tiltak/<int:measure>/", plans.measure_page, name="measure_page"),
]
