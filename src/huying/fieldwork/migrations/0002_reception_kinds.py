"""The manager's day (经理接待日) as a third kind of reception day."""

from django.db import migrations, models

KINDS = [("chair", "主席接待日"), ("leaders", "领导接访"), ("manager", "经理接待日")]


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name=name, name="kind", field=models.CharField("种类", choices=KINDS, max_length=8)
        )
        for name in ("receptionday", "rota")
    ]
