"""Forms of the audit pages."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from huying.trail.rules import Damaged, read_kept

LARGEST = 5_000_000  # bytes: a hundred roots for a year


class KeptForm(forms.Form):
    """A file of anchors kept outside, as the trail page once gave it out."""

    kept = forms.FileField(label="保存在外面的日锚文件", help_text="以前从这一页存下来的 .txt 文件")

    def clean_kept(self) -> list[tuple[date, UUID, str]]:
        """Day, root and digest of every line; other lines explain."""
        file: UploadedFile = self.cleaned_data["kept"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError("文件太大，不像是日锚文件。")
        try:
            found = [(one.day, one.root, one.digest) for one in read_kept(file.read().decode("utf-8-sig", "replace"))]
        except Damaged as error:
            raise forms.ValidationError(
                "这个文件坏了：内容和它最后一行的校验值对不上。请换另外保存的那一份。"
            ) from error
        if not found:
            raise forms.ValidationError("这个文件里没有日锚。请选从这一页存下来的，或者每天带出的 .txt 文件。")
        return found


class KeeperForm(forms.Form):
    """Where to send the anchors."""

    address = forms.EmailField(
        label="电子邮箱",
        max_length=254,
        help_text="单位以外的人，例如上级工会的审计管理员、法律顾问。每天的日锚会发到这里",
        error_messages={"required": "请填电子邮箱。", "invalid": "请填完整的电子邮箱，例如 shenji@example.org。"},
    )
