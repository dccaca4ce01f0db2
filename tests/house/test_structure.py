"""Who may know whom: areas by models and by imports, and each noun explains itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests import world
from tests.attacks import run

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["portal", "strategy", "grants", "awards"]
"""Each area knows itself and those before it."""
AREAS = [label for label in ORDER if apps.is_installed(label)]


def our_models() -> list[type[models.Model]]:
    """Return the nouns of all areas, without the history tables pghistory derives from them."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ORDER and not hasattr(model, "pgh_tracked_model")
    ]


def test_a_relation_points_to_its_own_area_or_an_earlier_one() -> None:
    """Import-linter cannot see a foreign key that is written as a string."""
    wrong = []
    for model in our_models():
        allowed = {*ORDER[: ORDER.index(model._meta.app_label) + 1], "auth", "contenttypes"}
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                target = field.related_model._meta.app_label  # type: ignore[union-attr]
                if target not in allowed:
                    wrong.append(f"{model._meta.label}.{field.name} → {target}")
    assert wrong == []


def test_no_generic_foreign_key() -> None:
    found = [f"{m._meta.label}.{f.name}" for m in our_models() for f in m._meta.private_fields]
    assert found == []


def test_each_noun_explains_itself_with_its_norwegian_word() -> None:
    wrong = [
        model._meta.label
        for model in our_models()
        if not re.match(r"^[A-ZÆØÅ][\wæøåÆØÅ ,()-]*: \S", model.__doc__ or "")
    ]
    assert wrong == []


def test_every_noun_of_a_tenant_is_in_the_tests_world() -> None:
    """What has no row in the world is neither attacked nor searched for by the watching tests."""
    owned = {model for model in our_models() if any(f.attname == "authority_id" for f in model._meta.concrete_fields)}
    owned |= {model for model in our_models() if any(f.attname == "plan_id" for f in model._meta.concrete_fields)}
    assert {m._meta.label for m in owned} - {m._meta.label for m in world.OWNED} <= {"strategy.PlanVersion"}


UNSEEN = {"awards.Ballot"}
"""The world has them, and the runtime role sees none before the count."""


@pytest.mark.django_db
def test_the_world_has_a_row_of_every_noun() -> None:
    missing = {model._meta.label for model in world.OWNED if not model._default_manager.exists()}  # type: ignore[attr-defined]
    assert missing == UNSEEN


@pytest.mark.django_db
@pytest.mark.parametrize("slug", [world.HOME, world.NEXT])
def test_both_authorities_have_a_row_of_every_noun(slug: str) -> None:
    side = world.Side(slug)
    region_only = {"portal.RegionMembership"}
    missing = {model._meta.label for model in world.OWNED if side.one(model) is None}
    assert missing <= region_only | UNSEEN


# ---- relations that the database must hold together ----

WITHOUT_COMPOSITE_KEY = {
    ("portal_casestep", "body_id"),  # another authority's body may treat a case: the step is the explicit link
    ("grants_batch", "body_id"),  # the same
    ("grants_complaint", "body_id"),  # the same
    ("portal_ruling", "body_id"),  # the same
    ("portal_declaration", "member_id"),  # the same: a member of such a body
    ("portal_attendance", "member_id"),  # the same
    ("portal_attendance", "stands_in_for_id"),  # the same
    ("grants_declaredaid", "same_award_id"),  # what is declared here may be what another authority gave
    ("portal_notice", "mail_id"),  # written together in one place, and a mail may lose its row
    ("strategy_planparticipant", "plan_id"),  # the explicit link across tenants itself
    ("strategy_measuretag", "plan_id"),  # held by measure and tag, which both carry the plan
    (
        "strategy_statusreport",
        "plan_id",
    ),  # a region's plan that a municipality reports to: held by participation and period
    ("strategy_follower", "plan_id"),  # an address that belongs to no tenant
    ("awards_prizegoal", "plan_id"),  # a prize may serve a goal of a plan it shares with others
    ("strategy_planversion", "plan_id"),  # one version per plan, whoever owns it
}
SINGLE = """
SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.confrelid <> 'portal_authority'::regclass
AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.conrelid AND t.attname IN ('authority_id', 'plan_id'))
AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.confrelid AND t.attname IN ('authority_id', 'plan_id'))
"""
COMPOSITE = """
SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND cardinality(c.conkey) = 2
"""


@pytest.mark.django_db
def test_each_relation_between_a_tenants_rows_is_held_by_a_composite_key_or_says_why_not() -> None:
    loose = set(run(SINGLE)) - set(run(COMPOSITE))
    assert loose == WITHOUT_COMPOSITE_KEY


# ---- docs/guards.md names every guard ----

GUARDS = """
SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
AND (contype = 'f' AND cardinality(conkey) > 1 OR contype = 'u' AND conname ~ '_id_[a-z]+$' AND cardinality(conkey) > 1)
UNION SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE 'pgtrigger%%'
UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname ~ '^(nb|portal|strategy|grants|awards)_'
"""
FAMILIES = [re.compile(r"^(.+)_counts_changes$"), re.compile(r"^(.+)_moves_version_(insert|update|delete|truncate)$")]
"""Guards of one kind on many tables: the page may write «<table>_counts_changes» once and list the tables."""


@pytest.mark.django_db
def test_the_page_of_guards_names_every_guard() -> None:
    page = (ROOT / "docs" / "guards.md").read_text("utf-8")
    assert {name for (name,) in run(GUARDS) if not named(name, page)} == set()


def named(guard: str, page: str) -> bool:
    """Say whether the page names a guard itself, or its family and its table."""
    if guard in page:
        return True
    for family in FAMILIES:
        if found := family.match(guard):
            suffix = guard.removeprefix(found[1]).removesuffix(f"_{found[2]}" if len(found.groups()) > 1 else "")
            return suffix in page and (found[1] in page or found[1].split("_", 1)[1] in page)
    return False
