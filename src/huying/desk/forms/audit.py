"""Forms of the audit pages."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

LARGEST = 5_000_000  # bytes: a hundred roots for a year
LINE = re.compile(r"^(\d{4}-\d{2}-\d{2})\t([0-9a-f-]{36})\t(\d+)\t([0-9a-f]{64})$")


class KeptForm(forms.Form):
    """A file of anchors kept outside, as the trail page once gave it out."""

    kept = forms.FileField(label="保存在外面的日锚文件", help_text="以前从这一页存下来的 .txt 文件")

    def clean_kept(self) -> list[tuple[date, UUID, str]]:
        """Day, root and digest of every line; other lines explain."""
        file: UploadedFile = self.cleaned_data["kept"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError("文件太大，不像是日锚文件。")
        found = []
        for line in file.read().decode("utf-8-sig", "replace").splitlines():
            if match := LINE.match(line.strip()):
                try:
                    found.append((date.fromisoformat(match[1]), UUID(match[2]), match[4]))
                except ValueError:
                    continue
        if not found:
            raise forms.ValidationError("这个文件里没有日锚。请选从这一页存下来的 .txt 文件。")
        return found
