"""Entries and anchors say which digest made them, anchors cover the looks as well, and keepers outside get them.

The columns are added in place: rebuilding a table (as the framework does on SQLite) would take its triggers away.
"""

from django.db import migrations, models

import huying.kernel.ids

COLUMNS = (
    ("trail_entry", "algorithm", "varchar(8) NOT NULL DEFAULT 'sha256'"),
    ("trail_anchor", "algorithm", "varchar(8) NOT NULL DEFAULT 'sha256'"),
    ("trail_anchor", "looks", "integer NULL CHECK (looks >= 0)"),
    ("trail_anchor", "looks_digest", "{binary} NULL"),
)


def forwards(apps, schema_editor):
    connection = schema_editor.connection
    binary = "bytea" if connection.vendor == "postgresql" else "BLOB"
    for table, column, kind in COLUMNS:
        schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.format(binary=binary)}")


def backwards(apps, schema_editor):
    for table, column, _ in reversed(COLUMNS):
        schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append_only")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.AddField("entry", "algorithm", models.CharField(db_default="sha256", help_text="which digest made this entry", max_length=8)),
                migrations.AddField("anchor", "algorithm", models.CharField(db_default="sha256", help_text="which digest made this anchor", max_length=8)),
                migrations.AddField("anchor", "looks", models.PositiveIntegerField(help_text="readings since the last anchor; empty before version 0.3", null=True)),
                migrations.AddField("anchor", "looks_digest", models.BinaryField(max_length=32, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Keeper",
            fields=[
                ("id", models.UUIDField(default=huying.kernel.ids.random_id, editable=False, primary_key=True, serialize=False)),
                ("root", models.UUIDField()),
                ("address", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("sent_through", models.DateField(help_text="day of the last anchor that was sent", null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, help_text="why the last letter could not be sent", max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("root", "address"), name="keeper_once_per_root"),
                    models.CheckConstraint(condition=models.Q(("ended_at", None), ("address", ""), _connector="OR"), name="keeper_ended_has_no_address"),
                ],
            },
        ),
    ]
