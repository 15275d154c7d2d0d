import django.db.models.deletion
from django.core.management import call_command
from django.db import migrations, models

import huying.kernel.ids

KEPT = "huying_kept"


def make_table(apps, schema_editor):
    """The table of the cache that all web processes share: counters of tries, marks of what was used."""
    call_command("createcachetable", KEPT, database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {KEPT}")


class Migration(migrations.Migration):

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_given_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="SignInRule",
            fields=[
                ("id", models.UUIDField(default=huying.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("roles", models.JSONField(default=list)),
                ("provider_asks", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("unit", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="sign_in_rule", to="org.unit")),
            ],
            options={
                "verbose_name": "登录要求",
            },
        ),
        migrations.RunPython(make_table, drop_table, elidable=False),
    ]
