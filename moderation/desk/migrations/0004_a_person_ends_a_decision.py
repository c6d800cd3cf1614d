from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_who_undid")]

    operations = [
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('reversed_at', None), ('undone_at', None)), fields=('submission',), name='one_standing_decision'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='a_person_undoes'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversed_at', None), ('reversed_by', None)), models.Q(('reversed_at__isnull', False), ('reversed_by__isnull', False)), _connector='OR'), name='a_person_reverses'),
        ),
    ]
