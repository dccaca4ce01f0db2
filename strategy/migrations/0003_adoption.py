import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portal.models.base
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('portal', '0003_dates'),
        ('portal', '__first__'),
        ('strategy', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='InputEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('change', models.CharField(max_length=300, verbose_name='what was changed')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_effects', to='portal.input', verbose_name='input')),
                ('measure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='input_effects', to='strategy.measure', verbose_name='measure')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='input_effects', to='strategy.plan', verbose_name='plan')),
            ],
            options={
                'verbose_name': 'effect of input',
                'verbose_name_plural': 'effects of input',
                'ordering': ['plan', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='InputEffectEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('change', models.CharField(max_length=300, verbose_name='what was changed')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.input', verbose_name='input')),
                ('measure', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='strategy.measure', verbose_name='measure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='strategy.inputeffect')),
                ('plan', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='strategy.plan', verbose_name='plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PlanCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('start_up', 'Start-up'), ('adoption', 'Adoption'), ('revision', 'Revision'), ('report', 'Yearly report'), ('other', 'Other')], default='adoption', max_length=10, verbose_name='purpose')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_links', to='portal.case', verbose_name='case')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_links', to='strategy.plan', verbose_name='plan')),
            ],
            options={
                'verbose_name': 'case of the plan',
                'verbose_name_plural': 'cases of the plan',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'case', 'purpose'), name='plan_case_once', violation_error_message='The plan has this case already.')],
            },
        ),
        migrations.CreateModel(
            name='PlanCaseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('purpose', models.CharField(choices=[('start_up', 'Start-up'), ('adoption', 'Adoption'), ('revision', 'Revision'), ('report', 'Yearly report'), ('other', 'Other')], default='adoption', max_length=10, verbose_name='purpose')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.case', verbose_name='case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='strategy.plancase')),
                ('plan', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='strategy.plan', verbose_name='plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='plan',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='plan',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='plan',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='plan',
            name='adopted_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='adopted'),
        ),
        migrations.AddField(
            model_name='planevent',
            name='adopted_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='adopted'),
        ),
        migrations.AddIndex(
            model_name='measureparticipation',
            index=models.Index(portal.models.base.LastDay('due_on', 'due_precision'), condition=models.Q(('state__in', ['done', 'cancelled', 'on_hold']), _negated=True), name='participation_open_due'),
        ),
        migrations.AddIndex(
            model_name='milestone',
            index=models.Index(portal.models.base.LastDay('due_on', 'due_precision'), condition=models.Q(('reached_on__isnull', True)), name='milestone_open_due'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_planevent" ("adopted_on", "aim", "authority_id", "goal_word", "id", "invented", "live_view_open", "measure_word", "mission", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "slug", "source", "status", "strategy_word", "superior_plan", "title", "values", "vision") VALUES (NEW."adopted_on", NEW."aim", NEW."authority_id", NEW."goal_word", NEW."id", NEW."invented", NEW."live_view_open", NEW."measure_word", NEW."mission", NEW."period_end", NEW."period_start", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."row_version", NEW."slug", NEW."source", NEW."status", NEW."strategy_word", NEW."superior_plan", NEW."title", NEW."values", NEW."vision"); RETURN NULL;', hash='d3d755b170a5fa5775d53bc24dedeb9a4e647fe9', operation='INSERT', pgid='pgtrigger_insert_insert_188a6', table='strategy_plan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "strategy_planevent" ("adopted_on", "aim", "authority_id", "goal_word", "id", "invented", "live_view_open", "measure_word", "mission", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "slug", "source", "status", "strategy_word", "superior_plan", "title", "values", "vision") VALUES (NEW."adopted_on", NEW."aim", NEW."authority_id", NEW."goal_word", NEW."id", NEW."invented", NEW."live_view_open", NEW."measure_word", NEW."mission", NEW."period_end", NEW."period_start", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."row_version", NEW."slug", NEW."source", NEW."status", NEW."strategy_word", NEW."superior_plan", NEW."title", NEW."values", NEW."vision"); RETURN NULL;', hash='cfb0c5229273a5f0dd046bd86b4815019ba93f11', operation='UPDATE', pgid='pgtrigger_update_update_5343c', table='strategy_plan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_planevent" ("adopted_on", "aim", "authority_id", "goal_word", "id", "invented", "live_view_open", "measure_word", "mission", "period_end", "period_start", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "slug", "source", "status", "strategy_word", "superior_plan", "title", "values", "vision") VALUES (OLD."adopted_on", OLD."aim", OLD."authority_id", OLD."goal_word", OLD."id", OLD."invented", OLD."live_view_open", OLD."measure_word", OLD."mission", OLD."period_end", OLD."period_start", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."row_version", OLD."slug", OLD."source", OLD."status", OLD."strategy_word", OLD."superior_plan", OLD."title", OLD."values", OLD."vision"); RETURN NULL;', hash='a848d6ae14db662f2cacb10f254c70d5c95a7128', operation='DELETE', pgid='pgtrigger_delete_delete_03d2a', table='strategy_plan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputeffect',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_inputeffectevent" ("authority_id", "change", "id", "input_id", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."authority_id", NEW."change", NEW."id", NEW."input_id", NEW."measure_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id"); RETURN NULL;', hash='1705e74b4574882278ccd56a11f4a26a0b92c6bb', operation='INSERT', pgid='pgtrigger_insert_insert_83e43', table='strategy_inputeffect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputeffect',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "strategy_inputeffectevent" ("authority_id", "change", "id", "input_id", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."authority_id", NEW."change", NEW."id", NEW."input_id", NEW."measure_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id"); RETURN NULL;', hash='532d0b5e10141ff8799542d9b9349fc0e269678d', operation='UPDATE', pgid='pgtrigger_update_update_c8b4c', table='strategy_inputeffect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputeffect',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_inputeffectevent" ("authority_id", "change", "id", "input_id", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (OLD."authority_id", OLD."change", OLD."id", OLD."input_id", OLD."measure_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plan_id"); RETURN NULL;', hash='9d5ec3a55bdeae7e992e14e8622a5ae019f1b616', operation='DELETE', pgid='pgtrigger_delete_delete_2ebcb', table='strategy_inputeffect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plancase',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_plancaseevent" ("authority_id", "case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "purpose") VALUES (NEW."authority_id", NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."purpose"); RETURN NULL;', hash='d78c6a92946395e23c02bf35ffcd3f443abb138d', operation='INSERT', pgid='pgtrigger_insert_insert_3c9d0', table='strategy_plancase', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plancase',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "strategy_plancaseevent" ("authority_id", "case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "purpose") VALUES (NEW."authority_id", NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."purpose"); RETURN NULL;', hash='8c73752f8376dd470a155ff5daa22421ce37f4ac', operation='UPDATE', pgid='pgtrigger_update_update_932f5', table='strategy_plancase', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plancase',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "strategy_plancaseevent" ("authority_id", "case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "purpose") VALUES (OLD."authority_id", OLD."case_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."purpose"); RETURN NULL;', hash='c149b2e4a950456e95b07687b5bf49d416bd69c2', operation='DELETE', pgid='pgtrigger_delete_delete_b9a79', table='strategy_plancase', when='AFTER')),
        ),
    ]
