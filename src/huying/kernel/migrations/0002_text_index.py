"""Full-text index over ``kernel_textentry.grams``, kept in step by the database itself."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE kernel_textentry_fts USING fts5(grams, tokenize = 'unicode61')",
    "CREATE TRIGGER kernel_textentry_ai AFTER INSERT ON kernel_textentry BEGIN "
    "INSERT INTO kernel_textentry_fts(rowid, grams) VALUES (new.slot, new.grams); END",
    "CREATE TRIGGER kernel_textentry_ad AFTER DELETE ON kernel_textentry BEGIN "
    "DELETE FROM kernel_textentry_fts WHERE rowid = old.slot; END",
    "CREATE TRIGGER kernel_textentry_au AFTER UPDATE ON kernel_textentry BEGIN "
    "DELETE FROM kernel_textentry_fts WHERE rowid = old.slot; "
    "INSERT INTO kernel_textentry_fts(rowid, grams) VALUES (new.slot, new.grams); END",
]
POSTGRES = [
    "ALTER TABLE kernel_textentry ADD COLUMN grams_ts tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, grams)) STORED",
    "CREATE INDEX kernel_textentry_grams_ts ON kernel_textentry USING gin (grams_ts)",
]
SQLITE_BACK = [
    "DROP TRIGGER kernel_textentry_ai",
    "DROP TRIGGER kernel_textentry_ad",
    "DROP TRIGGER kernel_textentry_au",
    "DROP TABLE kernel_textentry_fts",
]
POSTGRES_BACK = ["ALTER TABLE kernel_textentry DROP COLUMN grams_ts"]


def forwards(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
