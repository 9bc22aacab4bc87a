"""Every address, by subject."""

from __future__ import annotations

from django.urls import path

from kundig.web import faults
from kundig.web.views import answering, customers, data, identity, journey, keeping, leaving, live, overview, playbooks, questions, reports, rooms, session, settings, work

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("journey/", journey.journey, name="journey"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<path:customer_id>/", customers.customer, name="customer"),
    path("search/", customers.search, name="search"),
    path("voice/", rooms.voice, name="voice"),
    path("paths/", rooms.paths, name="paths"),
    path("value/", rooms.value, name="value"),
    path("foresight/", rooms.foresight, name="foresight"),
    path("report/", reports.report, name="report"),
    path("report/weekly.pdf", reports.report_pdf, name="report-pdf"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<str:name>/", questions.question_page, name="question"),
    path("data/", data.data, name="data"),
    path("data/checks/", data.data_checks, name="data-checks"),
    path("data/import/", data.data_import, name="data-import"),
    path("data/sources/<str:source>/", data.data_source, name="data-source"),
    path("data/identity/", identity.data_identity, name="data-identity"),
    path("identity/", identity.identity_decide, name="identity-decide"),
    path("live/", live.live, name="live"),
    path("live/letters/", live.live_letters, name="live-letters"),
    path("live/letters/replay/", live.live_replay, name="live-replay"),
    path("live/keys/", live.live_keys, name="live-keys"),
    path("live/keys/<int:key>/revoke/", live.live_key_revoke, name="live-key-revoke"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/<str:name>/", playbooks.playbook, name="playbook"),
    path("work/", work.work, name="work"),
    path("work/<int:work>/done/", work.work_done, name="work-done"),
    path("work/<int:work>/reopen/", work.work_reopen, name="work-reopen"),
    path("jobs/<int:job>/", data.job_page, name="job"),
    path("notes/", keeping.note_add, name="note-add"),
    path("notes/<int:note>/delete/", keeping.note_delete, name="note-delete"),
    path("notes/<int:note>/restore/", keeping.note_restore, name="note-restore"),
    path("views/", keeping.view_save, name="view-save"),
    path("views/<int:view>/delete/", keeping.view_delete, name="view-delete"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/people/", settings.people, name="settings-people"),
    path("settings/people/new/", settings.person, name="settings-person-new"),
    path("settings/people/<int:person>/", settings.person, name="settings-person"),
    path("about/", settings.about, name="about"),
    path("look/", session.look, name="look"),
    path("login/", session.login_page, name="login"),
    path("logout/", session.logout_page, name="logout"),
    path("s/open/<str:token>/", answering.answering_open, name="answering-open"),
    path("s/<str:token>/", answering.answering, name="answering"),
    path("u/<str:token>/", leaving.leave, name="leave"),
    path("health/", session.health, name="health"),
]

handler403 = faults.forbidden
handler404 = faults.missing
handler500 = faults.broken
