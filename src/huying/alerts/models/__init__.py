"""Rows of the alerts room."""

from huying.alerts.models._findings import Finding
from huying.alerts.models._history import Event
from huying.alerts.models._incidents import Call, Incident, IncidentLevel, IncidentReport, Plan, PlanCall, SceneEntry
from huying.alerts.models._information import Information, InformationAnswer, InformationSource
from huying.alerts.models._warnings import Warned, Warning, WarningCase, WarningRecord, Watch

__all__ = [
    "Call",
    "Event",
    "Finding",
    "Incident",
    "IncidentLevel",
    "IncidentReport",
    "Information",
    "InformationAnswer",
    "InformationSource",
    "Plan",
    "PlanCall",
    "SceneEntry",
    "Warned",
    "Warning",
    "WarningCase",
    "WarningRecord",
    "Watch",
]
