from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0007_tour'),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='together',
            field=models.UUIDField(editable=False, help_text='The grid for which it was claimed with others; empty: for the desk.', null=True),
        ),
    ]
