//! What each operation shows to somebody whose scope ends elsewhere.

use serde_json::{Value, json};

use super::{DESCRIPTION, GRID, NOBODY, Outside, Scene, TOWN};

/// The whole table.
pub fn table(scene: &Scene) -> Vec<(&'static str, Outside)> {
    use Outside::{Hidden, Missing, Placeless, Silent, Undone, Unknown};
    let Scene {
        case,
        photo,
        post,
        preview,
        ..
    } = scene;
    let case = |rest: &str| format!("/api/cases/{case}{rest}");
    let user = json!({ "version": 1, "name": "x", "active": true });
    let area = json!({ "version": 1, "name": "改名" });
    let list = |rest: &str| format!("/api/cases/standards/import/{preview}{rest}");
    let none = || Value::Null;
    let link = |rest: &str| format!("/api/outside/links/{NOBODY}{rest}");
    let hook = |rest: &str| format!("/api/hooks/{NOBODY}{rest}");
    let component = super::component();
    vec![
        // What lies in the district, and who is responsible, is for all its staff to read.
        ("GET /api/areas", Placeless),
        ("GET /api/areas/locate", Placeless),
        ("GET /api/areas/shapes", Placeless),
        ("GET /api/areas/{code}", Unknown("/api/areas/999999".to_owned(), none())),
        ("GET /api/bodies", Placeless),
        ("GET /api/components", Placeless),
        ("GET /api/components/near", Placeless),
        ("GET /api/components/points", Placeless),
        ("GET /api/component-classes", Placeless),
        (
            "GET /api/components/{code}",
            Unknown("/api/components/1".to_owned(), none()),
        ),
        ("GET /api/classes", Placeless),
        ("GET /api/standards", Placeless),
        ("GET /api/cases/standards/export", Placeless),
        // Changing it ends with one's scope, and so do people.
        (
            "POST /api/areas",
            Missing("/api/areas".to_owned(), json!({ "parent": TOWN, "name": "新村" })),
        ),
        ("PUT /api/areas/{code}", Missing(format!("/api/areas/{TOWN}"), area)),
        (
            "POST /api/areas/import",
            Undone(|it| it["committed"] == false && it["problems"][0]["severity"] == "error"),
        ),
        (
            "POST /api/components",
            Missing("/api/components".to_owned(), component.clone()),
        ),
        (
            "PUT /api/components/{code}",
            Missing(format!("/api/components/{}", scene.component), component),
        ),
        (
            "POST /api/components/import",
            Undone(|it| it["fresh"] == 0 && it["problems"][0]["severity"] == "error"),
        ),
        (
            "POST /api/bodies",
            Missing(
                "/api/bodies".to_owned(),
                json!({ "kind": "village", "name": "东村村委会", "area": "320999101201" }),
            ),
        ),
        (
            "PUT /api/bodies/{code}",
            Missing(
                "/api/bodies/T320999101".to_owned(),
                json!({ "version": 1, "name": "改名", "area": TOWN, "active": true }),
            ),
        ),
        ("GET /api/posts", Hidden("/api/posts?limit=200".to_owned())),
        (
            "POST /api/posts",
            Missing(
                "/api/posts".to_owned(),
                json!({ "user": NOBODY, "area": GRID, "kind": "lead" }),
            ),
        ),
        ("DELETE /api/posts/{id}", Missing(format!("/api/posts/{post}"), none())),
        // Cases.
        ("GET /api/cases", Hidden("/api/cases?limit=200".to_owned())),
        ("GET /api/cases/points", Hidden("/api/cases/points".to_owned())),
        ("GET /api/cases/counts", Undone(|it| it["by_state"] == json!({}))),
        ("GET /api/cases/figures", Undone(|it| it["total"]["reported"] == 0)),
        // Reporting what one sees is not limited to one's own streets.
        ("POST /api/cases", Placeless),
        ("GET /api/cases/{id}", Missing(case(""), none())),
        (
            "POST /api/cases/{id}/contact",
            Missing(case("/contact"), json!({ "purpose": "回访" })),
        ),
        (
            "POST /api/cases/{id}/moves",
            Missing(case("/moves"), json!({ "version": 1, "action": "accept" })),
        ),
        (
            "GET /api/cases/{id}/photos/{file}",
            Missing(case(&format!("/photos/{photo}")), none()),
        ),
        // What leaves the system is cut to the scope as the lists are; a bulletin has no record behind it.
        (
            "GET /api/cases/export/{format}",
            Hidden("/api/cases/export/csv".to_owned()),
        ),
        (
            "GET /api/cases/figures/export/{format}",
            Hidden("/api/cases/figures/export/csv?by=village".to_owned()),
        ),
        ("GET /api/cases/{id}/pdf", Missing(case("/pdf"), none())),
        ("GET /api/cases/bulletin/{month}", Placeless),
        // Kept filters, subscriptions and messages are one's own.
        ("GET /api/cases/filters", Placeless),
        ("POST /api/cases/filters", Placeless),
        (
            "PUT /api/cases/filters/{id}",
            Unknown(
                format!("/api/cases/filters/{NOBODY}"),
                json!({ "name": "x", "query": "", "share": "private" }),
            ),
        ),
        (
            "DELETE /api/cases/filters/{id}",
            Unknown(format!("/api/cases/filters/{NOBODY}"), none()),
        ),
        ("GET /api/cases/subscriptions", Placeless),
        ("POST /api/cases/subscriptions", Placeless),
        (
            "PUT /api/cases/subscriptions/{id}",
            Unknown(
                format!("/api/cases/subscriptions/{NOBODY}"),
                json!({ "filter": NOBODY, "every": "day", "hour": 8 }),
            ),
        ),
        (
            "DELETE /api/cases/subscriptions/{id}",
            Unknown(format!("/api/cases/subscriptions/{NOBODY}"), none()),
        ),
        ("GET /api/cases/messages", Placeless),
        ("GET /api/cases/messages/unread", Placeless),
        ("POST /api/cases/messages/read", Placeless),
        // One move on many: what one may not see does not exist, each by itself.
        (
            "POST /api/cases/moves/open",
            Missing("/api/cases/moves/open".to_owned(), json!({ "cases": [scene.case] })),
        ),
        ("POST /api/cases/moves", Placeless), // Each case's own answer: `bulk` in the app's tests.
        // Supervision orders; the rules are for those who order in the whole district.
        ("GET /api/cases/{id}/orders", Missing(case("/orders"), none())),
        ("GET /api/orders", Hidden("/api/orders?limit=200".to_owned())),
        (
            "GET /api/orders/counts",
            Undone(|it| *it == json!({ "to_answer": 0, "to_look_at": 0 })),
        ),
        (
            "POST /api/orders",
            Missing(
                "/api/orders".to_owned(),
                json!({ "case": scene.case, "kind": "leader", "reason": "请尽快办理", "answer_by": "2026-12-01T00:00:00Z" }),
            ),
        ),
        (
            "POST /api/orders/{id}/moves",
            Unknown(
                format!("/api/orders/{NOBODY}/moves"),
                json!({ "version": 1, "action": "accept" }),
            ),
        ),
        ("GET /api/orders/rules", Placeless),
        (
            "PUT /api/orders/rules/{level}",
            Missing(
                "/api/orders/rules/clerk".to_owned(),
                json!({ "version": 1, "after_hours": 1, "answer_hours": 1, "active": false }),
            ),
        ),
        // Call-backs; the script is the whole district's.
        ("GET /api/callbacks", Hidden("/api/callbacks?limit=200".to_owned())),
        (
            "GET /api/callbacks/reviews",
            Hidden("/api/callbacks/reviews?limit=200".to_owned()),
        ),
        (
            "POST /api/callbacks/{id}/tries",
            Missing(
                format!("/api/callbacks/{}/tries", scene.case),
                json!({ "outcome": "no_answer" }),
            ),
        ),
        (
            "POST /api/callbacks/{id}/link",
            Missing(format!("/api/callbacks/{}/link", scene.case), none()),
        ),
        ("GET /api/callbacks/script", Placeless),
        (
            "PUT /api/callbacks/script",
            Missing(
                "/api/callbacks/script".to_owned(),
                json!({ "version": 0, "script": { "days": 9, "link_days": 7, "questions": [{ "zh": "满意吗？", "en": "" }] } }),
            ),
        ),
        // Precedents, what is overdue, and the weekly review.
        ("GET /api/precedents", Hidden("/api/precedents?limit=200".to_owned())),
        (
            "POST /api/precedents",
            Missing(
                "/api/precedents".to_owned(),
                json!({ "case": scene.case, "area": TOWN, "reason": "由其养护" }),
            ),
        ),
        (
            "POST /api/precedents/{id}/withdraw",
            Missing(
                format!("/api/precedents/{NOBODY}/withdraw"),
                json!({ "version": 1, "reason": "已到期" }),
            ),
        ),
        ("GET /api/cases/{id}/precedent", Missing(case("/precedent"), none())),
        (
            "GET /api/cases/watch",
            Undone(|it| it["total"] == json!({ "green": 0, "yellow": 0, "red": 0 })),
        ),
        ("GET /api/quality/{week}", Hidden("/api/quality/2026-11-23".to_owned())),
        (
            "GET /api/quality/{week}/reports",
            Hidden("/api/quality/2026-11-23/reports".to_owned()),
        ),
        (
            "POST /api/quality/{week}/marks",
            Missing(
                "/api/quality/2026-11-23/marks".to_owned(),
                json!({ "case": scene.case, "verdict": "fine" }),
            ),
        ),
        (
            "POST /api/quality/{week}/close",
            Missing("/api/quality/2026-11-16/close".to_owned(), none()),
        ),
        // Evaluation: of what is in reach; schemes and decisions are the whole district's.
        (
            "GET /api/evaluation",
            Hidden("/api/evaluation?kind=area&from=2020-01-01&to=2026-12-31".to_owned()),
        ),
        ("GET /api/evaluation/mine", Placeless),
        (
            "GET /api/evaluation/{kind}/{subject}",
            Missing(
                format!("/api/evaluation/area/{TOWN}?from=2026-01-01&to=2026-12-31"),
                none(),
            ),
        ),
        (
            "GET /api/evaluation/{kind}/{subject}/cases",
            Missing(
                format!("/api/evaluation/area/{TOWN}/cases?from=2026-01-01&to=2026-12-31"),
                none(),
            ),
        ),
        ("GET /api/evaluation/schemes", Placeless),
        ("POST /api/evaluation/schemes", Placeless), // Refused to whoever's reach is not all: the app's tests.
        (
            "GET /api/evaluation/objections",
            Hidden("/api/evaluation/objections?limit=200".to_owned()),
        ),
        (
            "POST /api/evaluation/objections",
            Missing(
                "/api/evaluation/objections".to_owned(),
                json!({ "kind": "area", "subject": TOWN, "case": scene.case, "reason": "不应计入本镇" }),
            ),
        ),
        (
            "POST /api/evaluation/objections/{id}/decision",
            Unknown(
                format!("/api/evaluation/objections/{NOBODY}/decision"),
                json!({ "version": 1, "granted": true, "answer": "属实" }),
            ),
        ),
        // Phrases are the centre's, or one's own.
        ("GET /api/phrases", Placeless),
        (
            "POST /api/phrases",
            Missing(
                "/api/phrases".to_owned(),
                json!({ "action": "note", "shared": true, "text": "x" }),
            ),
        ),
        (
            "PUT /api/phrases/{id}",
            Unknown(format!("/api/phrases/{NOBODY}"), json!({ "version": 1, "text": "x" })),
        ),
        (
            "DELETE /api/phrases/{id}",
            Unknown(format!("/api/phrases/{NOBODY}"), none()),
        ),
        // Cases that lie with bodies outside.
        ("GET /api/outside/bodies", Placeless),
        (
            "PUT /api/outside/bodies/{code}",
            Missing(
                "/api/outside/bodies/T320999101".to_owned(),
                json!({ "hours": 48, "active": true }),
            ),
        ),
        (
            "GET /api/outside/links",
            Hidden("/api/outside/links?limit=200".to_owned()),
        ),
        ("POST /api/outside/links/{id}/show", Unknown(link("/show"), none())),
        ("POST /api/outside/links/{id}/resend", Unknown(link("/resend"), none())),
        ("POST /api/outside/links/{id}/retry", Unknown(link("/retry"), none())),
        ("DELETE /api/outside/links/{id}", Unknown(link(""), none())),
        // What is public by Open311, and what goes on to other servers.
        ("GET /api/open311", Placeless),
        ("PUT /api/open311", Placeless),
        (
            "PUT /api/open311/services/{class}",
            Unknown(
                "/api/open311/services/none".to_owned(),
                json!({ "version": 0, "open": true }),
            ),
        ),
        ("GET /api/open311/servers", Placeless),
        (
            "PUT /api/open311/servers/{body}",
            Unknown(
                "/api/open311/servers/none".to_owned(),
                json!({ "url": "https://example.cn/v2", "active": true }),
            ),
        ),
        (
            "GET /api/open311/servers/{body}/services",
            Unknown("/api/open311/servers/none/services".to_owned(), none()),
        ),
        (
            "GET /api/open311/sendings",
            Hidden("/api/open311/sendings?limit=200".to_owned()),
        ),
        (
            "POST /api/open311/sendings/{id}/retry",
            Unknown(format!("/api/open311/sendings/{NOBODY}/retry"), none()),
        ),
        (
            "POST /api/open311/sendings/{id}/stop",
            Unknown(format!("/api/open311/sendings/{NOBODY}/stop"), none()),
        ),
        // A photo and a preview are their owner's alone.
        ("POST /api/files", Placeless),
        ("GET /api/files/{id}", Missing(format!("/api/files/{photo}"), none())),
        ("POST /api/cases/standards/import/preview", Placeless),
        ("GET /api/cases/standards/import/{id}", Missing(list(""), none())),
        (
            "POST /api/cases/standards/import/{id}/commit",
            Missing(list("/commit"), json!({ "end_gone": false })),
        ),
        // The responsibility list, accounts, roles, jobs and the log are the district's.
        ("POST /api/classes", Placeless),
        ("POST /api/standards", Placeless),
        (
            "PUT /api/standards/{id}",
            Unknown(format!("/api/standards/{NOBODY}"), standard()),
        ),
        ("GET /api/users", Placeless),
        ("POST /api/users", Placeless),
        ("GET /api/users/{id}", Unknown(format!("/api/users/{NOBODY}"), none())),
        ("PUT /api/users/{id}", Unknown(format!("/api/users/{NOBODY}"), user)),
        (
            "PUT /api/users/{id}/grants",
            Unknown(
                format!("/api/users/{NOBODY}/grants"),
                json!({ "version": 1, "grants": [] }),
            ),
        ),
        (
            "PUT /api/users/{id}/password",
            Unknown(
                format!("/api/users/{NOBODY}/password"),
                json!({ "password": "long enough 1" }),
            ),
        ),
        ("GET /api/roles", Placeless),
        ("POST /api/roles", Placeless),
        (
            "PUT /api/roles/{code}",
            Unknown(
                "/api/roles/none".to_owned(),
                json!({ "version": 1, "zh": "无", "en": "none", "permissions": [] }),
            ),
        ),
        ("GET /api/permissions", Placeless),
        ("GET /api/jobs", Placeless),
        (
            "POST /api/jobs/{name}/run",
            Unknown("/api/jobs/none/run".to_owned(), none()),
        ),
        ("GET /api/audit", Placeless),
        ("GET /api/audit/verify", Placeless),
        // Other systems' keys and webhooks are the district's, too; a machine sees its own webhooks only (kernel/tests).
        ("GET /api/keys", Placeless),
        ("POST /api/keys", Placeless),
        (
            "POST /api/keys/{id}/renewals",
            Unknown("/api/keys/none/renewals".to_owned(), key()),
        ),
        ("DELETE /api/keys/{id}", Unknown("/api/keys/none".to_owned(), none())),
        ("GET /api/hooks", Placeless),
        ("POST /api/hooks", Placeless),
        ("GET /api/hooks/topics", Placeless),
        ("GET /api/hooks/deliveries", Placeless),
        ("PUT /api/hooks/{id}", Unknown(hook(""), subscription())),
        ("DELETE /api/hooks/{id}", Unknown(hook(""), none())),
        ("POST /api/hooks/{id}/secret", Unknown(hook("/secret"), none())),
        ("POST /api/hooks/{id}/test", Unknown(hook("/test"), none())),
        (
            "POST /api/hooks/deliveries/{id}/retry",
            Unknown(format!("/api/hooks/deliveries/{NOBODY}/retry"), none()),
        ),
        // One's own session; news is cut to one's scope before it is sent (kernel/tests).
        ("GET /api/session", Placeless),
        ("DELETE /api/session", Placeless),
        ("PUT /api/session/password", Placeless),
        ("GET /api/events", Placeless),
        // How reports are received. What a class suggestion has learnt from names nobody and no place.
        ("GET /api/cases/class-trainings", Placeless),
        ("POST /api/cases/suggest-class", Placeless),
        (
            "GET /api/cases/duplicates",
            Hidden(format!(
                "/api/cases/duplicates?lng=119.5&lat=32.4&area={GRID}&text={DESCRIPTION}"
            )),
        ),
        (
            "GET /api/cases/places",
            Hidden(format!("/api/cases/places?text={DESCRIPTION}")),
        ),
        ("GET /api/cases/{id}/family", Missing(case("/family"), none())),
        (
            "POST /api/cases/{id}/merge",
            Missing(case("/merge"), json!({ "version": 1, "into": NOBODY })),
        ),
        (
            "POST /api/cases/{id}/unmerge",
            Missing(case("/unmerge"), json!({ "version": 1, "reason": "误并" })),
        ),
        ("POST /api/hotline/caller", Silent(json!({ "phone": "13800001234" }))),
        // Where no reports are taken is for all staff to know; asking for it ends with one's scope.
        ("GET /api/controls", Placeless),
        ("GET /api/controls/here", Placeless),
        (
            "POST /api/controls",
            Missing(
                "/api/controls".to_owned(),
                json!({ "area": TOWN, "from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z", "event": "赛事", "reason": "赛事期间" }),
            ),
        ),
        (
            "POST /api/controls/{id}/decision",
            Missing(
                format!("/api/controls/{NOBODY}/decision"),
                json!({ "version": 1, "approved": true }),
            ),
        ),
        (
            "POST /api/controls/{id}/revocation",
            Missing(
                format!("/api/controls/{NOBODY}/revocation"),
                json!({ "version": 1, "note": "取消" }),
            ),
        ),
        // The responsibility list and the calendar are one district's; proposals are told by body.
        ("GET /api/editions", Placeless),
        ("GET /api/crosswalk", Placeless),
        (
            "PUT /api/crosswalk/{code}",
            Unknown("/api/crosswalk/none".to_owned(), json!({ "to": null })),
        ),
        (
            "DELETE /api/crosswalk/{code}",
            Unknown("/api/crosswalk/none".to_owned(), none()),
        ),
        ("POST /api/standards/move", Placeless),
        ("GET /api/standards/compare", Placeless),
        (
            "GET /api/standards/{id}/history",
            Unknown(format!("/api/standards/{NOBODY}/history"), none()),
        ),
        ("GET /api/standards/findings", Placeless),
        (
            "GET /api/standards/proposals",
            Hidden("/api/standards/proposals".to_owned()),
        ),
        ("POST /api/standards/proposals", Placeless),
        (
            "POST /api/standards/proposals/{id}/moves",
            Missing(
                format!("/api/standards/proposals/{NOBODY}/moves"),
                json!({ "version": 1, "action": "review" }),
            ),
        ),
        ("GET /api/calendar", Placeless),
        ("GET /api/calendar/changes", Placeless),
        ("PUT /api/calendar/days", Placeless),
        ("PUT /api/calendar/hours", Placeless),
        ("PUT /api/calendar/years/{year}", Placeless),
        ("GET /api/calendar/recomputation", Placeless),
        ("POST /api/calendar/recomputation", Placeless),
        // What the district sets for all its cases.
        ("GET /api/cases/settings", Placeless),
        ("PUT /api/cases/settings", Placeless),
        // Who is on duty is for those who see who is posted.
        ("GET /api/duty", Missing(format!("/api/duty?area={TOWN}"), none())),
        (
            "PUT /api/duty/{user}",
            Missing(
                format!("/api/duty/{NOBODY}"),
                json!({ "version": 0, "roster": { "shifts": [], "absences": [] } }),
            ),
        ),
        ("GET /api/duplicate-rules", Placeless),
        ("PUT /api/duplicate-rules", Placeless),
        (
            "DELETE /api/duplicate-rules/{class}",
            Unknown("/api/duplicate-rules/none?version=1".to_owned(), none()),
        ),
    ]
}

fn key() -> Value {
    json!({ "name": "x", "owner": "x", "purpose": "x", "per_minute": 60, "expires_at": "2026-12-01T00:00:00Z" })
}

fn subscription() -> Value {
    json!({ "version": 1, "name": "x", "url": "https://example.cn/", "topics": ["cases.changed"], "enabled": true })
}

fn standard() -> Value {
    json!({ "version": 1, "condition": "破损", "limit": { "amount": 2, "unit": "working_day" } })
}
