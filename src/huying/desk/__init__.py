"""Desk (工作台): what staff meet: 今日, dossier, registering, item pages, organisation, menus. It composes and owns no business data."""
