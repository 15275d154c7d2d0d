"""Fields that forms of several rooms share: types only, no rule of any room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class SeveralFilesInput(forms.FileInput):
    """Chooses several files at once; on a phone the camera is offered too."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Papers, photos and recordings.  Each upload is looked through by ``files.acts.check``, before the act."""

    widget = SeveralFilesInput

    def __init__(self, *, accept: str = "", required: bool = False, **more: Any) -> None:
        super().__init__(
            widget=SeveralFilesInput(attrs={"accept": accept} if accept else {}), required=required, **more
        )

    def clean(self, data: list[UploadedFile[Any]] | None, initial: object = None) -> list[UploadedFile[Any]]:
        """The uploads as they came."""
        found = [one for one in data or [] if one]
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found
