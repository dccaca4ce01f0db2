"""Migrations that run quickly do to the database what Django's own way does."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

import pgtrigger
import pgtrigger.migrations
import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.models import Field

from portal.quick_states import quick_states

pytestmark = pytest.mark.django_db
Q = models.Q


def id_field() -> tuple[str, Field]:
    return "id", models.BigAutoField(primary_key=True)


def operations() -> list[Any]:
    """Return a history that adds, points, alters, renames and takes away again."""
    no_delete = pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)
    town = models.ForeignKey("atlas.town", models.CASCADE, related_name="roads")
    return [
        migrations.CreateModel("Town", [id_field(), ("name", models.CharField(max_length=9, choices=[("a", "A")]))]),
        migrations.CreateModel("Road", [id_field(), ("years", ArrayField(models.IntegerField(), default=list))]),
        migrations.AddField("road", "town", town),
        migrations.AddConstraint("town", models.UniqueConstraint(fields=["name"], name="name_once")),
        migrations.AddConstraint("road", models.CheckConstraint(condition=Q(town__gt=0), name="has_town")),
        migrations.AddIndex("road", models.Index(fields=["town", "years"], name="by_town")),
        pgtrigger.migrations.AddTrigger("road", no_delete),
        migrations.AlterField("town", "name", models.CharField(max_length=40, unique=True)),
        migrations.RenameModel("Town", "Place"),
        migrations.RenameField("road", "town", "place"),
        migrations.AddField("road", "twin", models.ForeignKey("self", models.SET_NULL, null=True)),
        pgtrigger.migrations.RemoveTrigger("road", "stays"),
        migrations.RemoveConstraint("road", "has_town"),
        migrations.RemoveIndex("road", "by_town"),
        migrations.AddConstraint("place", models.CheckConstraint(condition=~Q(name=""), name="has_name")),
        migrations.AlterField("place", "name", models.CharField(max_length=80)),
        migrations.RemoveField("road", "place"),
        migrations.DeleteModel("Place"),
    ]  # fmt: skip


def what_is_done(way: contextlib.AbstractContextManager[Any]) -> tuple[list[str], list[Any]]:
    """Return the SQL of the whole history, and the models' fields and options at its end."""
    migration, state = migrations.Migration("0001_all", "atlas"), ProjectState()
    migration.operations = operations()
    _ = state.apps  # drawn from the beginning, as when a database is migrated
    with way, connection.schema_editor(collect_sql=True) as editor:
        migration.apply(state, editor)
    return editor.collected_sql, [(key, list(model.fields), model.options) for key, model in state.models.items()]


def test_the_same_is_done_to_the_database() -> None:
    django, django_models = what_is_done(contextlib.nullcontext())
    ours, our_models = what_is_done(quick_states())
    assert ours == django
    assert our_models == django_models
    assert sum("CREATE" in line for line in ours) >= 5, "the history was run"


def ways() -> list[Any]:
    triggers = pgtrigger.migrations
    return [
        Field.clone, ProjectState._append_option, triggers.AddTrigger.state_forwards,
        triggers.RemoveTrigger.state_forwards, gc.get_threshold(),
    ]  # fmt: skip


def test_all_is_as_before_afterwards() -> None:
    before = ways()
    with contextlib.suppress(ZeroDivisionError), quick_states():
        assert not set(before) & set(ways())
        raise ZeroDivisionError
    assert ways() == before
