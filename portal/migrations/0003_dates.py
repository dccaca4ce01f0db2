import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import portal.models.base
from django.conf import settings
from django.db import migrations, models


LAST_DAY = """
CREATE FUNCTION portal_last_day(day date, stated text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE stated
    WHEN 'month' THEN (date_trunc('month', day::timestamp) + interval '1 month - 1 day')::date
    WHEN 'period' THEN (date_trunc('month', day::timestamp) + interval '1 month - 1 day')::date
    WHEN 'quarter' THEN (date_trunc('quarter', day::timestamp) + interval '3 months - 1 day')::date
    WHEN 'year' THEN (date_trunc('year', day::timestamp) + interval '1 year - 1 day')::date
    ELSE day
END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('portal', '0002_guards'),
    ]

    operations = [
        migrations.RunSQL(LAST_DAY, "DROP FUNCTION portal_last_day(date, text)"),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('is_working', models.BooleanField()),
                ('working_before', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='EmailCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, verbose_name='address')),
                ('purpose', models.CharField(max_length=20, verbose_name='purpose')),
                ('code_hash', models.CharField(max_length=64)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('sendings', models.PositiveSmallIntegerField(default=1, verbose_name='times sent')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='wrong attempts')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
            ],
            options={
                'verbose_name': 'e-mail code',
                'verbose_name_plural': 'e-mail codes',
                'indexes': [models.Index(fields=['address', 'sent_at'], name='email_code_recent')],
            },
        ),
        migrations.CreateModel(
            name='InputRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('title', models.CharField(help_text='Put it as a question, as people would.', max_length=160, verbose_name='title')),
                ('slug', models.SlugField(max_length=80, verbose_name='address')),
                ('lede', models.CharField(blank=True, max_length=400, verbose_name='what it is about, in two sentences')),
                ('questions', models.TextField(blank=True, help_text='One question a line.', max_length=4000, verbose_name='what we want answered')),
                ('audience', models.CharField(choices=[('all', 'Open to all'), ('invited', 'By invitation')], default='all', max_length=10, verbose_name='who may answer')),
                ('opens_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='opens')),
                ('due_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='due')),
                ('due_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], default='day', max_length=10, verbose_name='how precise')),
                ('takes_late', models.BooleanField(default=True, help_text='Late input is kept and marked as late.', verbose_name='takes input after the due date')),
                ('closed_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='closed')),
                ('is_over', models.BooleanField(default=False, help_text='For a round that was held elsewhere before.', verbose_name='over, on a day we do not know')),
                ('answer_due_on', models.DateField(blank=True, help_text='The day by which we have answered everyone.', null=True, validators=[portal.models.base.sane_date], verbose_name='answers due')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('answers_published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='answers published')),
                ('invented', models.BooleanField(default=False, editable=False, verbose_name='invented for the demo')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='input_rounds', to='portal.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'input round',
                'verbose_name_plural': 'input rounds',
                'ordering': [models.OrderBy(models.F('due_on'), descending=True, nulls_last=True), '-pk'],
                'constraints': [models.UniqueConstraint(fields=('authority', 'slug'), name='input_round_slug_once', violation_error_message='A round with this address exists already.'), models.CheckConstraint(condition=models.Q(('due_on__isnull', True), ('opens_on__isnull', True), ('due_on__gte', models.F('opens_on')), _connector='OR'), name='input_round_due_after_open', violation_error_message='The round is due before it opens.'), models.CheckConstraint(condition=models.Q(('opens_on__isnull', True), models.Q(('opens_on__year__gte', 1990), ('opens_on__year__lte', 2100)), _connector='OR'), name='input_round_opens_on_sane', violation_error_message='The date lies outside any sane range.'), models.CheckConstraint(condition=models.Q(('due_on__isnull', True), models.Q(('due_on__year__gte', 1990), ('due_on__year__lte', 2100)), _connector='OR'), name='input_round_due_on_sane', violation_error_message='The date lies outside any sane range.'), models.CheckConstraint(condition=models.Q(('answer_due_on__isnull', True), models.Q(('answer_due_on__year__gte', 1990), ('answer_due_on__year__lte', 2100)), _connector='OR'), name='input_round_answer_due_on_sane', violation_error_message='The date lies outside any sane range.'), models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), models.Q(('closed_on__year__gte', 1990), ('closed_on__year__lte', 2100)), _connector='OR'), name='input_round_closed_on_sane', violation_error_message='The date lies outside any sane range.')],
            },
        ),
        migrations.CreateModel(
            name='InputRoundEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('title', models.CharField(help_text='Put it as a question, as people would.', max_length=160, verbose_name='title')),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='address')),
                ('lede', models.CharField(blank=True, max_length=400, verbose_name='what it is about, in two sentences')),
                ('questions', models.TextField(blank=True, help_text='One question a line.', max_length=4000, verbose_name='what we want answered')),
                ('audience', models.CharField(choices=[('all', 'Open to all'), ('invited', 'By invitation')], default='all', max_length=10, verbose_name='who may answer')),
                ('opens_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='opens')),
                ('due_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='due')),
                ('due_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], default='day', max_length=10, verbose_name='how precise')),
                ('takes_late', models.BooleanField(default=True, help_text='Late input is kept and marked as late.', verbose_name='takes input after the due date')),
                ('closed_on', models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='closed')),
                ('is_over', models.BooleanField(default=False, help_text='For a round that was held elsewhere before.', verbose_name='over, on a day we do not know')),
                ('answer_due_on', models.DateField(blank=True, help_text='The day by which we have answered everyone.', null=True, validators=[portal.models.base.sane_date], verbose_name='answers due')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('answers_published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='answers published')),
                ('invented', models.BooleanField(default=False, editable=False, verbose_name='invented for the demo')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.case', verbose_name='case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='portal.inputround')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, verbose_name='who')),
                ('address', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('invited_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='invited')),
                ('declined_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='declined')),
                ('invented', models.BooleanField(default=False, editable=False, verbose_name='invented for the demo')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='portal.inputround', verbose_name='input round')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('address'), models.F('round'), name='invitation_address_once', violation_error_message='This address is invited already.')],
            },
        ),
        migrations.CreateModel(
            name='InvitationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=160, verbose_name='who')),
                ('address', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('invited_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='invited')),
                ('declined_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='declined')),
                ('invented', models.BooleanField(default=False, editable=False, verbose_name='invented for the demo')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='portal.invitation')),
                ('round', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.inputround', verbose_name='input round')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LinkKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('invitation', 'Invitation to an input round'), ('unsubscribe', 'Stop a kind of mail'), ('calendar', 'Calendar feed')], max_length=20, verbose_name='purpose')),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='address')),
                ('subject_id', models.BigIntegerField(blank=True, null=True, verbose_name='about no.')),
                ('scope', models.CharField(blank=True, max_length=60, verbose_name='what it opens')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='link_keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'link key',
                'verbose_name_plural': 'link keys',
                'constraints': [models.CheckConstraint(condition=models.Q(('key_hash__regex', '^[0-9a-f]{64}$')), name='link_key_hash_is_sha256')],
                'indexes': [models.Index(fields=['purpose', 'subject_id'], name='link_key_subject')],
            },
        ),
        migrations.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('kind', models.CharField(max_length=40)),
                ('by_mail', models.BooleanField(default=True, verbose_name='by e-mail')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notice_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice preference',
                'verbose_name_plural': 'notice preferences',
                'constraints': [models.UniqueConstraint(fields=('user', 'address', 'kind'), name='notice_preference_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('user__isnull', False)), models.Q(('user__isnull', True), models.Q(('address', ''), _negated=True)), _connector='OR'), name='notice_preference_person_or_address')],
            },
        ),
        migrations.CreateModel(
            name='NoticeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('days_before', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(365)]), blank=True, default=list, help_text='For example 30, 7, 1, 0. 0 is the day itself.', size=8, verbose_name='days before')),
                ('late_every', models.PositiveSmallIntegerField(blank=True, help_text='Empty: no reminder when late.', null=True, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days between reminders when late')),
                ('escalate_after', models.PositiveSmallIntegerField(blank=True, help_text='Empty: the leader is not told.', null=True, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days late before the leader is told')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
            ],
            options={
                'verbose_name': 'notice rule',
                'verbose_name_plural': 'notice rules',
                'constraints': [models.UniqueConstraint(fields=('authority', 'kind'), name='notice_rule_once', violation_error_message='This kind has a rule already.'), models.CheckConstraint(condition=models.Q(('late_every__isnull', True), ('late_every__gte', 1), _connector='OR'), name='notice_rule_late_every_positive', violation_error_message='At least one day.')],
            },
        ),
        migrations.CreateModel(
            name='PathTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_shared', models.BooleanField(default=False, verbose_name='others may use it')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
            ],
            options={
                'verbose_name': 'path template',
                'verbose_name_plural': 'path templates',
                'ordering': [portal.models.base.NorwegianKey('name')],
                'constraints': [models.UniqueConstraint(fields=('authority', 'name'), name='path_template_name_once', violation_error_message='A template with this name exists already.')],
            },
        ),
        migrations.CreateModel(
            name='PathTemplateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_shared', models.BooleanField(default=False, verbose_name='others may use it')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='portal.pathtemplate')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PathTemplateStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField(default=1, verbose_name='stage')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('activity', models.CharField(choices=[('anchoring', 'Anchoring'), ('workshop', 'Workshop'), ('information', 'Information'), ('involvement', 'Involvement'), ('hearing', 'Hearing'), ('midway', 'Midway report'), ('recommendation', 'Recommendation'), ('decision', 'Decision')], max_length=20, verbose_name='activity')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='what happens')),
                ('body_kind', models.CharField(blank=True, help_text='The authority’s own body of this kind.', max_length=20, verbose_name='kind of body')),
                ('actor', models.CharField(blank=True, help_text='Where no body treats it.', max_length=160, verbose_name='actor')),
                ('each_member', models.BooleanField(default=False, help_text='For a region: one step per municipality.', verbose_name='once for each member’s council')),
                ('starts_month', models.PositiveSmallIntegerField(blank=True, help_text='1 is the month the case starts.', null=True, verbose_name='starts in month no.')),
                ('ends_month', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='ends in month no.')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='portal.pathtemplate', verbose_name='template')),
            ],
            options={
                'verbose_name': 'step of path template',
                'verbose_name_plural': 'steps of path template',
                'ordering': ['template', 'stage', 'position', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('body_kind', ''), _negated=True), models.Q(('actor', ''), _negated=True), ('each_member', True), _connector='OR'), name='path_step_has_actor', violation_error_message='Choose a kind of body or write who acts.'), models.CheckConstraint(condition=models.Q(('ends_month__isnull', True), ('starts_month__isnull', True), ('ends_month__gte', models.F('starts_month')), _connector='OR'), name='path_step_period', violation_error_message='The step ends before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='RoundDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.document', verbose_name='document')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='portal.inputround', verbose_name='input round')),
            ],
            options={
                'verbose_name': 'document of the round',
                'verbose_name_plural': 'documents of the round',
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('round', 'document'), name='round_document_once')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='what')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('counts', models.JSONField(default=dict, verbose_name='counts')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
            ],
            options={
                'verbose_name': 'run',
                'verbose_name_plural': 'runs',
                'ordering': ['-started_at', '-pk'],
                'indexes': [models.Index(fields=['name', '-started_at'], name='run_latest')],
            },
        ),
        migrations.CreateModel(
            name='Input',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='no.')),
                ('speaks_for', models.CharField(max_length=160, verbose_name='who it speaks for')),
                ('address', models.EmailField(blank=True, help_text='Where we send receipt and answer.', max_length=254, verbose_name='e-mail')),
                ('text', models.TextField(max_length=20000, verbose_name='input')),
                ('source', models.CharField(choices=[('web', 'Web form'), ('invited', 'Invitation'), ('post', 'Post'), ('mail', 'E-mail'), ('meeting', 'Meeting')], max_length=10, verbose_name='how it came')),
                ('received_on', models.DateField(validators=[portal.models.base.sane_date], verbose_name='received')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='registered')),
                ('may_publish', models.BooleanField(default=False, help_text='The contributor’s own choice.', verbose_name='may be shown on the web')),
                ('invented', models.BooleanField(default=False, editable=False, verbose_name='invented for the demo')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('registered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inputs', to='portal.inputround', verbose_name='input round')),
                ('invitation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='input', to='portal.invitation', verbose_name='invitation')),
            ],
            options={
                'verbose_name': 'input',
                'verbose_name_plural': 'inputs',
                'ordering': ['round', 'number'],
                'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='input_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('registered_by__isnull', True), ('source__in', ['web', 'invited'])), ('source__in', ['post', 'mail', 'meeting']), _connector='OR'), name='input_registered_by_someone'), models.CheckConstraint(condition=models.Q(('received_on__isnull', True), models.Q(('received_on__year__gte', 1990), ('received_on__year__lte', 2100)), _connector='OR'), name='input_received_on_sane', violation_error_message='The date lies outside any sane range.')],
            },
        ),
        migrations.CreateModel(
            name='InputAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('text', models.TextField(max_length=8000, verbose_name='our answer')),
                ('consequence', models.CharField(choices=[('taken_in', 'Taken in'), ('partly', 'Partly taken in'), ('not', 'Not taken in'), ('noted', 'Noted')], max_length=10, verbose_name='what followed')),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='answered')),
                ('told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='contributor told')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='portal.input', verbose_name='input')),
            ],
            options={
                'verbose_name': 'answer to input',
                'verbose_name_plural': 'answers to input',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='input_answer_says_something', violation_error_message='Write an answer.')],
            },
        ),
        migrations.CreateModel(
            name='InputAnswerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('row_version', models.PositiveIntegerField(default=0, editable=False)),
                ('text', models.TextField(max_length=8000, verbose_name='our answer')),
                ('consequence', models.CharField(choices=[('taken_in', 'Taken in'), ('partly', 'Partly taken in'), ('not', 'Not taken in'), ('noted', 'Noted')], max_length=10, verbose_name='what followed')),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='answered')),
                ('told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='contributor told')),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.input', verbose_name='input')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='portal.inputanswer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InputAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='of_input', to='portal.document', verbose_name='document')),
                ('input', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='portal.input', verbose_name='input')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InputDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=20000)),
                ('speaks_for', models.CharField(max_length=160)),
                ('address', models.EmailField(max_length=254)),
                ('may_publish', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='input_draft', to='portal.emailcode')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='portal.inputround')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WebChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('may_publish', models.BooleanField(verbose_name='may be shown on the web')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='web_choice', to='portal.input', verbose_name='input')),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
            ],
            options={
                'verbose_name': 'changed web choice',
                'verbose_name_plural': 'changed web choices',
            },
        ),
        migrations.CreateModel(
            name='WebChoiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('may_publish', models.BooleanField(verbose_name='may be shown on the web')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted')),
                ('authority', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.authority', verbose_name='authority')),
                ('input', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portal.input', verbose_name='input')),
                ('noted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='portal.webchoice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=255, upload_to='drafts/')),
                ('filename', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.authority', verbose_name='authority')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='portal.inputdraft')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casestep',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casestep',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='casestep',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='authority',
            name='authority_slug_not_reserved',
        ),
        migrations.RemoveConstraint(
            model_name='mail',
            name='mail_header_has_no_line_break',
        ),
        migrations.AddField(
            model_name='casestep',
            name='decided_on',
            field=models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='decided'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='invented',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='invented for the demo'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='papers_due_on',
            field=models.DateField(blank=True, help_text='The day the body must have the papers.', null=True, validators=[portal.models.base.sane_date], verbose_name='papers due'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='papers_sent_on',
            field=models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='papers sent'),
        ),
        migrations.AddField(
            model_name='casestepevent',
            name='decided_on',
            field=models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='decided'),
        ),
        migrations.AddField(
            model_name='casestepevent',
            name='invented',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='invented for the demo'),
        ),
        migrations.AddField(
            model_name='casestepevent',
            name='papers_due_on',
            field=models.DateField(blank=True, help_text='The day the body must have the papers.', null=True, validators=[portal.models.base.sane_date], verbose_name='papers due'),
        ),
        migrations.AddField(
            model_name='casestepevent',
            name='papers_sent_on',
            field=models.DateField(blank=True, null=True, validators=[portal.models.base.sane_date], verbose_name='papers sent'),
        ),
        migrations.AddField(
            model_name='mail',
            name='digest_on',
            field=models.DateField(blank=True, null=True, verbose_name='daily mail of'),
        ),
        migrations.AddField(
            model_name='mail',
            name='thread',
            field=models.CharField(blank=True, db_default='', default='', help_text='What its answers hang under.', max_length=120, verbose_name='thread'),
        ),
        migrations.AddField(
            model_name='mail',
            name='unsubscribe_url',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='notice',
            name='context',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='part of'),
        ),
        migrations.AddField(
            model_name='notice',
            name='precision',
            field=models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], db_default='day', default='day', max_length=10, verbose_name='how precise'),
        ),
        migrations.AddField(
            model_name='notice',
            name='waits_for_digest',
            field=models.BooleanField(db_default=False, default=False, verbose_name='waits for the daily mail'),
        ),
        migrations.AddField(
            model_name='notice',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='no longer holds'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(portal.models.base.LastDay(django.db.models.functions.comparison.Coalesce('ends_on', 'starts_on'), 'precision'), condition=models.Q(('outcome', 'pending')), name='case_step_pending'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(condition=models.Q(('papers_sent_on', None)), fields=['papers_due_on'], name='case_step_papers'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['user', '-created_at'], name='notice_inbox'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('waits_for_digest', True)), fields=['user', 'address'], name='notice_waiting'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['kind', 'subject_type', 'subject_id'], name='notice_open'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casestep',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_casestepevent" ("activity", "actor", "authority_id", "body_id", "case_id", "case_number", "decided_on", "description", "director_recommendation", "ends_on", "id", "invented", "item_number", "outcome", "papers_due_on", "papers_sent_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "precision", "rapporteur_recommendation", "resolution", "row_version", "stage", "starts_on", "votes") VALUES (NEW."activity", NEW."actor", NEW."authority_id", NEW."body_id", NEW."case_id", NEW."case_number", NEW."decided_on", NEW."description", NEW."director_recommendation", NEW."ends_on", NEW."id", NEW."invented", NEW."item_number", NEW."outcome", NEW."papers_due_on", NEW."papers_sent_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."precision", NEW."rapporteur_recommendation", NEW."resolution", NEW."row_version", NEW."stage", NEW."starts_on", NEW."votes"); RETURN NULL;', hash='e02198b15b1c31b745252939c88dac81efaa91eb', operation='INSERT', pgid='pgtrigger_insert_insert_61e12', table='portal_casestep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casestep',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_casestepevent" ("activity", "actor", "authority_id", "body_id", "case_id", "case_number", "decided_on", "description", "director_recommendation", "ends_on", "id", "invented", "item_number", "outcome", "papers_due_on", "papers_sent_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "precision", "rapporteur_recommendation", "resolution", "row_version", "stage", "starts_on", "votes") VALUES (NEW."activity", NEW."actor", NEW."authority_id", NEW."body_id", NEW."case_id", NEW."case_number", NEW."decided_on", NEW."description", NEW."director_recommendation", NEW."ends_on", NEW."id", NEW."invented", NEW."item_number", NEW."outcome", NEW."papers_due_on", NEW."papers_sent_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."precision", NEW."rapporteur_recommendation", NEW."resolution", NEW."row_version", NEW."stage", NEW."starts_on", NEW."votes"); RETURN NULL;', hash='e6221209826c5b88ec169506f116b61961a85d94', operation='UPDATE', pgid='pgtrigger_update_update_6facc', table='portal_casestep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casestep',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_casestepevent" ("activity", "actor", "authority_id", "body_id", "case_id", "case_number", "decided_on", "description", "director_recommendation", "ends_on", "id", "invented", "item_number", "outcome", "papers_due_on", "papers_sent_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "precision", "rapporteur_recommendation", "resolution", "row_version", "stage", "starts_on", "votes") VALUES (OLD."activity", OLD."actor", OLD."authority_id", OLD."body_id", OLD."case_id", OLD."case_number", OLD."decided_on", OLD."description", OLD."director_recommendation", OLD."ends_on", OLD."id", OLD."invented", OLD."item_number", OLD."outcome", OLD."papers_due_on", OLD."papers_sent_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."precision", OLD."rapporteur_recommendation", OLD."resolution", OLD."row_version", OLD."stage", OLD."starts_on", OLD."votes"); RETURN NULL;', hash='3ce5b15ecd975aee6062b450e4a122e971faa34c', operation='DELETE', pgid='pgtrigger_delete_delete_24dc9', table='portal_casestep', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='authority',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ['admin', 'api', 'demo', 'dokument', 'drift', 'favicon.ico', 'frister', 'helse', 'innspill', 'kalender', 'klar', 'kontakt', 'konto', 'media', 'metrikk', 'min-side', 'personvern', 'planer', 'priser', 'robots.txt', 'saker', 'sok', 'sprak', 'static', 'stotte', 'tilgjengelighet', 'varsler', 'venter-pa-deg', 'well-known']), _negated=True), name='authority_slug_not_reserved', violation_error_message='This address is used by the portal itself. Choose another.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(('papers_due_on__isnull', True), models.Q(('papers_due_on__year__gte', 1990), ('papers_due_on__year__lte', 2100)), _connector='OR'), name='case_step_papers_due_on_sane', violation_error_message='The date lies outside any sane range.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(('decided_on__isnull', True), models.Q(('decided_on__year__gte', 1990), ('decided_on__year__lte', 2100)), _connector='OR'), name='case_step_decided_on_sane', violation_error_message='The date lies outside any sane range.'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(fields=('to_address', 'digest_on'), name='mail_one_digest_a_day'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject__regex', '[\\r\\n]'), _negated=True), models.Q(('to_address__regex', '[\\r\\n]'), _negated=True), models.Q(('thread__regex', '[\\r\\n]'), _negated=True), models.Q(('unsubscribe_url__regex', '[\\r\\n]'), _negated=True)), name='mail_header_has_no_line_break'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputanswer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_inputanswerevent" ("answered_at", "answered_by_id", "authority_id", "consequence", "id", "input_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "text", "told_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."authority_id", NEW."consequence", NEW."id", NEW."input_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."row_version", NEW."text", NEW."told_at"); RETURN NULL;', hash='36a45e5a0e16699f9e113686f24fe40165acd54a', operation='INSERT', pgid='pgtrigger_insert_insert_61d87', table='portal_inputanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputanswer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_inputanswerevent" ("answered_at", "answered_by_id", "authority_id", "consequence", "id", "input_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "text", "told_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."authority_id", NEW."consequence", NEW."id", NEW."input_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."row_version", NEW."text", NEW."told_at"); RETURN NULL;', hash='b218e4019ebf541de95886ddd79ab1124d5cb9e9', operation='UPDATE', pgid='pgtrigger_update_update_68f4b', table='portal_inputanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputanswer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_inputanswerevent" ("answered_at", "answered_by_id", "authority_id", "consequence", "id", "input_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version", "text", "told_at") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."authority_id", OLD."consequence", OLD."id", OLD."input_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."row_version", OLD."text", OLD."told_at"); RETURN NULL;', hash='d396d72a680e0ab833cada3b24e99157623f82ba', operation='DELETE', pgid='pgtrigger_delete_delete_37cee', table='portal_inputanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputround',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_inputroundevent" ("answer_due_on", "answers_published_at", "audience", "authority_id", "case_id", "closed_on", "due_on", "due_precision", "id", "invented", "is_over", "is_published", "lede", "opens_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "row_version", "slug", "takes_late", "title") VALUES (NEW."answer_due_on", NEW."answers_published_at", NEW."audience", NEW."authority_id", NEW."case_id", NEW."closed_on", NEW."due_on", NEW."due_precision", NEW."id", NEW."invented", NEW."is_over", NEW."is_published", NEW."lede", NEW."opens_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."questions", NEW."row_version", NEW."slug", NEW."takes_late", NEW."title"); RETURN NULL;', hash='878a8fde6cb3789ccde084aad98ec915b6bd033f', operation='INSERT', pgid='pgtrigger_insert_insert_feb6f', table='portal_inputround', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputround',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_inputroundevent" ("answer_due_on", "answers_published_at", "audience", "authority_id", "case_id", "closed_on", "due_on", "due_precision", "id", "invented", "is_over", "is_published", "lede", "opens_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "row_version", "slug", "takes_late", "title") VALUES (NEW."answer_due_on", NEW."answers_published_at", NEW."audience", NEW."authority_id", NEW."case_id", NEW."closed_on", NEW."due_on", NEW."due_precision", NEW."id", NEW."invented", NEW."is_over", NEW."is_published", NEW."lede", NEW."opens_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."questions", NEW."row_version", NEW."slug", NEW."takes_late", NEW."title"); RETURN NULL;', hash='6549e9e4d8e6c87355d148d53b67a8b603cbb685', operation='UPDATE', pgid='pgtrigger_update_update_662ec', table='portal_inputround', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inputround',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_inputroundevent" ("answer_due_on", "answers_published_at", "audience", "authority_id", "case_id", "closed_on", "due_on", "due_precision", "id", "invented", "is_over", "is_published", "lede", "opens_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "row_version", "slug", "takes_late", "title") VALUES (OLD."answer_due_on", OLD."answers_published_at", OLD."audience", OLD."authority_id", OLD."case_id", OLD."closed_on", OLD."due_on", OLD."due_precision", OLD."id", OLD."invented", OLD."is_over", OLD."is_published", OLD."lede", OLD."opens_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."questions", OLD."row_version", OLD."slug", OLD."takes_late", OLD."title"); RETURN NULL;', hash='b076ba2f9036fc3b8d210f37a8985b3b0c754639', operation='DELETE', pgid='pgtrigger_delete_delete_2dda7', table='portal_inputround', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_invitationevent" ("address", "authority_id", "declined_at", "id", "invented", "invited_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id") VALUES (NEW."address", NEW."authority_id", NEW."declined_at", NEW."id", NEW."invented", NEW."invited_at", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."round_id"); RETURN NULL;', hash='039e0c4f870a24b7094c518387ba606cd52bb981', operation='INSERT', pgid='pgtrigger_insert_insert_74519', table='portal_invitation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_invitationevent" ("address", "authority_id", "declined_at", "id", "invented", "invited_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id") VALUES (NEW."address", NEW."authority_id", NEW."declined_at", NEW."id", NEW."invented", NEW."invited_at", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."round_id"); RETURN NULL;', hash='fb856e86113fd81f8163d6df4f67dac262d3ee3e', operation='UPDATE', pgid='pgtrigger_update_update_a7c4d', table='portal_invitation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_invitationevent" ("address", "authority_id", "declined_at", "id", "invented", "invited_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id") VALUES (OLD."address", OLD."authority_id", OLD."declined_at", OLD."id", OLD."invented", OLD."invited_at", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."round_id"); RETURN NULL;', hash='9c07cbe91234a9f013a3cfde5e21b5431608fc5c', operation='DELETE', pgid='pgtrigger_delete_delete_9971d', table='portal_invitation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pathtemplate',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_pathtemplateevent" ("authority_id", "id", "is_shared", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version") VALUES (NEW."authority_id", NEW."id", NEW."is_shared", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."row_version"); RETURN NULL;', hash='6bc95995399133a9e0a366c4352b23b60f0183fc', operation='INSERT', pgid='pgtrigger_insert_insert_a2364', table='portal_pathtemplate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pathtemplate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_pathtemplateevent" ("authority_id", "id", "is_shared", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version") VALUES (NEW."authority_id", NEW."id", NEW."is_shared", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."row_version"); RETURN NULL;', hash='630508dc3640b29eb4d4cec3fc0631f2c25f8308', operation='UPDATE', pgid='pgtrigger_update_update_7f619', table='portal_pathtemplate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pathtemplate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_pathtemplateevent" ("authority_id", "id", "is_shared", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_version") VALUES (OLD."authority_id", OLD."id", OLD."is_shared", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."row_version"); RETURN NULL;', hash='c8e02afc624ff32de0d5c511539af322b4fd2409', operation='DELETE', pgid='pgtrigger_delete_delete_b5a3b', table='portal_pathtemplate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webchoice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_webchoiceevent" ("authority_id", "id", "input_id", "may_publish", "noted_at", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."authority_id", NEW."id", NEW."input_id", NEW."may_publish", NEW."noted_at", NEW."noted_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='d4bf804976cdbe4beace2f0564ea131b89532991', operation='INSERT', pgid='pgtrigger_insert_insert_f6e76', table='portal_webchoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webchoice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "portal_webchoiceevent" ("authority_id", "id", "input_id", "may_publish", "noted_at", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."authority_id", NEW."id", NEW."input_id", NEW."may_publish", NEW."noted_at", NEW."noted_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='98f5437ac0dfe84b212422465030ade2974c3d52', operation='UPDATE', pgid='pgtrigger_update_update_daefa', table='portal_webchoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webchoice',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "portal_webchoiceevent" ("authority_id", "id", "input_id", "may_publish", "noted_at", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."authority_id", OLD."id", OLD."input_id", OLD."may_publish", OLD."noted_at", OLD."noted_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='4b2b2acfd8c7d7bc3cbc26ee14b79c14d3f885fe', operation='DELETE', pgid='pgtrigger_delete_delete_69988', table='portal_webchoice', when='AFTER')),
        ),
    ]
