"""What the scanner found something in stays, for nobody to open, until the system administrator deletes it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [
        migrations.AlterField(
            "file",
            "state",
            models.CharField(
                choices=[("stored", "可以打开"), ("quarantined", "等待查毒"), ("infected", "查出病毒，已隔离"), ("erased", "已清除")],
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.AddIndex(
            "file",
            models.Index(condition=Q(state__in=("quarantined", "infected")), fields=["created_at"], name="file_not_let_out"),
        ),
    ]
