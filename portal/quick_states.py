"""Migrating without drawing every model anew at each step, on which three quarters of a first migration went.

What is done to the database is the same. For each added constraint, index and trigger Django draws all related models,
and to draw one it takes each field apart; here an option is set where it stands, and a field is taken apart once.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field
from pgtrigger.migrations import AddTrigger, RemoveTrigger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def quick_states() -> Iterator[None]:
    """Let migrations run quickly within."""
    ways = (
        (Field, "clone", _clone_from_parts(Field.clone)),
        (ProjectState, "add_model", _add_model),
        (ProjectState, "_append_option", _append_option),
        (AddTrigger, "state_forwards", _add_trigger),
        (RemoveTrigger, "state_forwards", _remove_trigger),
    )
    with ExitStack() as afterwards:
        afterwards.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(30_000, 20, 20)  # drawn models refer to each other: the search for garbage took a third
        for owner, name, quick in ways:
            afterwards.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, quick)
        yield


def _clone_from_parts(clone: Callable[[Field], Field]) -> Callable[[Field], Field]:
    """Return a `Field.clone` that keeps the parts of a field that belongs to no model: such a field never changes."""
    kept: dict[int, tuple[Field, Any, Any]] = {}  # holds the field too, so that no other gets its number

    def quick(field: Field) -> Field:
        if hasattr(field, "model") or hasattr(field, "base_field"):  # an array's inner field must be its own
            return clone(field)
        if id(field) not in kept:
            kept[id(field)] = (field, *field.deconstruct()[2:])
        _, args, kwargs = kept[id(field)]
        return field.__class__(*args, **kwargs)

    return quick


def _add_model(state: ProjectState, added: ModelState) -> None:
    """Add a model, and draw it: those it points at learn of it, and none can point at it yet."""
    key = added.app_label, added.name_lower
    state.models[key] = added
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in vars(state):
        state.apps.render_multiple([added])


def _append_option(state: ProjectState, app: str, model: str, option: str, added: Any) -> None:
    """Add a constraint or an index to a model's state, and to the drawn model where there is one."""
    options = state.models[app, model].options
    options[option] = [*options[option], added]
    if "apps" in vars(state):
        setattr(state.apps.get_model(app, model)._meta, option, options[option])


def _add_trigger(operation: AddTrigger, app: str, state: ProjectState) -> None:
    """Add a trigger to a model's state; a drawn model knows none."""
    options = state.models[app, operation.model_name].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


def _remove_trigger(operation: RemoveTrigger, app: str, state: ProjectState) -> None:
    """Take a trigger out of a model's state."""
    options = state.models[app, operation.model_name].options
    options["triggers"] = [trigger for trigger in options["triggers"] if trigger.name != operation.name]
