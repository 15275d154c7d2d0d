"""Addresses of the organisation pages, below /desk/org/."""

from django.urls import path

from huying.desk.views import org_people, org_roster, org_units

urlpatterns = [
    path("", org_units.tree, name="org"),
    path("units/<uuid:unit_id>/", org_units.unit, name="org-unit"),
    path("units/<uuid:unit_id>/branch/", org_units.branch, name="org-branch"),
    path("units/<uuid:unit_id>/qr.svg", org_units.unit_qr, name="org-unit-qr"),
    path("units/<uuid:unit_id>/new/", org_units.unit_new, name="org-unit-new"),
    path("units/<uuid:unit_id>/edit/", org_units.unit_edit, name="org-unit-edit"),
    path("units/<uuid:unit_id>/move/", org_units.unit_move, name="org-unit-move"),
    path("units/<uuid:unit_id>/merge/", org_units.unit_merge, name="org-unit-merge"),
    path("units/<uuid:unit_id>/close/", org_units.unit_close, name="org-unit-close"),
    path("units/<uuid:unit_id>/departments/new/", org_units.department_new, name="org-department-new"),
    path("departments/<uuid:department_id>/", org_units.department, name="org-department"),
    path("departments/<uuid:department_id>/close/", org_units.department_close, name="org-department-close"),
    path("units/<uuid:unit_id>/people/new/", org_people.person_new, name="org-person-new"),
    path("people/", org_people.people, name="org-people"),
    path("people/<uuid:person_id>/", org_people.person, name="org-person"),
    path("people/<uuid:person_id>/edit/", org_people.person_edit, name="org-person-edit"),
    path("people/<uuid:person_id>/left/", org_people.person_left, name="org-person-left"),
    path("people/<uuid:person_id>/posts/new/", org_people.post_new, name="org-post-new"),
    path("posts/<uuid:post_id>/end/", org_people.post_end, name="org-post-end"),
    path("people/<uuid:person_id>/account/new/", org_people.account_new, name="org-account-new"),
    path("people/<uuid:person_id>/account/reset/", org_people.account_act, {"act": "reset"}, name="org-account-reset"),
    path(
        "people/<uuid:person_id>/account/disable/",
        org_people.account_act,
        {"act": "disable"},
        name="org-account-disable",
    ),
    path(
        "people/<uuid:person_id>/account/enable/", org_people.account_act, {"act": "enable"}, name="org-account-enable"
    ),
    path("import/", org_roster.upload, name="org-import"),
    path("import/template.xlsx", org_roster.template, name="org-import-template"),
    path("import/preview/", org_roster.preview, name="org-import-preview"),
    path("import/drop/", org_roster.drop, name="org-import-drop"),
    path("import/result/", org_roster.result, name="org-import-result"),
]
