//! `/admin/users` and `/account`, through the whole application: who may change whose account, and that an ended session stays ended.

#![cfg(test)]

use rainstaff::ids::new_id;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Answer, Browser, Form},
};

async fn admin(company: &Company) -> Browser {
    Browser::of(&company.state, "admin", ADMIN_PASSWORD).await
}

async fn clerk(company: &Company) -> Browser {
    Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await
}

/// Fills the form for a new account in, and posts it.
async fn add(admin: &mut Browser, name: &str, role: &str, regions: &[&str], password: &str) -> Answer {
    let form = admin.get("/admin/users/new").await.form("form.entry-form").minted();
    let form = form.with("username", &[name]).with("role", &[role]).with("regions", regions).with("password", &[password]);
    admin.post(&form).await
}

/// Address of an account's page, from the list.
async fn page_of(admin: &mut Browser, name: &str) -> String {
    let list = admin.get("/admin/users").await.html;
    let row = list.split(&format!("id=\"user-{name}\"")).nth(1).unwrap_or_else(|| panic!("{name} is not in the list"));
    row.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The form whose address ends so.
fn form_to(page: &Answer, ending: &str) -> Form {
    page.form(&format!("form[action$='{ending}']")).minted()
}

/// The first form of the list of sessions that ends one.
fn form_to_end_one(page: &Answer) -> Form {
    page.form("tr[data-session] form").minted()
}

/// `kind detail` of the last event about an account.
async fn last_event(company: &Company, kind: &str) -> String {
    let sql =
        "SELECT concat_ws(' ', region, username, address, detail::text) FROM app.activity_event WHERE kind = $1 ORDER BY id DESC LIMIT 1";
    sqlx::query_scalar(sql).bind(kind).fetch_one(&mut company.inspect().await).await.unwrap()
}

#[actix_web::test]
async fn nobody_but_an_admin_writes_there() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let page = page_of(&mut boss, "bursa1").await;
    let mut clerk = clerk(&company).await;
    let token = clerk.get("/account").await.form("form[action='/logout']").value("_csrf").to_owned();
    let acts = ["rights", "password", "deactivation", "activation", "sessions/closure"].map(|noun| format!("{page}/{noun}"));
    let others = ["/admin/users", "/admin/regions", "/admin/regions/bursa", "/admin/regions/bursa/closure", "/admin/settings/ankara"];
    for action in acts.into_iter().chain(others.map(str::to_owned)) {
        let fields = [("_csrf", token.as_str()), ("username", "yeni1"), ("name", "Yeni"), ("role", "admin"), ("regions", "ankara")];
        let form = Form { action, fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec() };
        assert_eq!(clerk.post(&form).await.status, 403, "{}", form.action);
        assert_eq!(clerk.submit(&form).await.status, 403, "{}", form.action);
    }
    assert_eq!(company.count("SELECT count(*) FROM auth.users WHERE role = 'admin' OR username = 'yeni1'").await, 1);
    assert_eq!(company.count("SELECT count(*) FROM app.regions WHERE NOT active OR name = 'Yeni'").await, 0);
    assert!(!clerk.get("/account").await.html.contains("/admin/"), "and no page of theirs leads there");
}

#[actix_web::test]
async fn a_new_account_gets_a_temporary_password_once_and_its_person_another() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let answer = add(&mut boss, " Ege1 ", "user", &["izmir", "bursa"], "").await;
    assert_eq!(answer.status, 200);
    let password = answer.text("#temporary-password");
    assert_eq!((answer.text("#temporary-name").as_str(), password.len()), ("ege1", 23));
    for page in ["/admin/users".to_owned(), page_of(&mut boss, "ege1").await] {
        let shown = boss.get(&page).await;
        assert!(shown.html.contains("geçici parola") && !shown.html.contains(&password), "{page}");
    }
    let mut person = Browser::of(&company.state, "ege1", &password).await;
    assert_eq!(person.get("/timesheets").await.location, "/password", "nothing else before it is changed");
    let form = person.get("/password").await.form("form[action='/password']");
    let form = form.with("current", &[&password]).with("new", &["ege kendi parolam"]).with("repeat", &["ege kendi parolam"]);
    assert_eq!(person.post(&form).await.status, 303);
    assert_eq!(person.get("/timesheets").await.status, 200);
    let row = boss.get("/admin/users").await;
    let cells = row.texts("#user-ege1 td");
    assert_eq!((cells[1].as_str(), cells[2].as_str(), cells[3].as_str(), cells[5].as_str()), ("Kullanıcı", "Bursa, İzmir", "Açık", "1"));
    assert!(last_event(&company, "user_added").await.starts_with("bursa admin 192.0.2.1 "));
    assert!(last_event(&company, "password_set").await.contains("\"ege1\""));
}

#[actix_web::test]
async fn a_wrong_form_comes_back_without_the_password_and_makes_nothing() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let cases = [
        ("ankara1", "user", &["izmir"][..], "gizli parola 1", "#new-username-error", "zaten var"),
        ("Ege 1", "user", &["izmir"], "gizli parola 1", "#new-username-error", "3–64"),
        ("ege1", "user", &[], "gizli parola 1", "#new-regions-error", "en az bir bölge"),
        ("ege1", "user", &["yok"], "gizli parola 1", "#new-regions-error", "Böyle bir bölge yok"),
        ("ege1", "user", &["izmir"], "kisa", "#new-password-error", "En az 10"),
    ];
    for (name, role, regions, password, at, says) in cases {
        let answer = add(&mut boss, name, role, regions, password).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text(at).contains(says), "{at}: {}", answer.text(at));
        assert!(!answer.html.contains(password), "{password} is echoed");
        let kept = answer.form("form.entry-form");
        assert_eq!(kept.value("username"), name);
        assert_eq!(kept.fields.iter().filter(|(field, _)| field == "regions").count(), regions.iter().filter(|r| **r == "izmir").count());
    }
    assert_eq!(company.count("SELECT count(*) FROM auth.users").await, 5);
}

#[actix_web::test]
async fn the_same_form_sent_twice_makes_one_account_and_keeps_its_password() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let form = boss.get("/admin/users/new").await.form("form.entry-form").minted();
    let form = form.with("username", &["ege1"]).with("regions", &["izmir"]);
    let password = boss.post(&form).await.text("#temporary-password");
    let again = boss.post(&form).await;
    assert_eq!((again.status, again.location), (303, format!("/admin/users/{}", form.value("_id"))));
    Browser::of(&company.state, "ege1", &password).await;
}

#[actix_web::test]
async fn an_admin_ends_one_session_or_all_and_the_next_request_is_a_visitors() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let (mut office, mut home) = (clerk(&company).await, clerk(&company).await);
    let page = page_of(&mut boss, "ankara1").await;
    let shown = boss.get(&page).await;
    assert_eq!(shown.count("tr[data-session]"), 2);
    assert_eq!(boss.post(&form_to_end_one(&shown)).await.status, 303);
    let still_in = [office.get("/timesheets").await.status, home.get("/timesheets").await.status];
    assert!(matches!(still_in, [200, 303] | [303, 200]), "one of the two has ended: {still_in:?}");
    assert!(last_event(&company, "sessions_ended").await.starts_with("ankara admin 192.0.2.1 "));

    let all = form_to(&boss.get(&page).await, "/sessions/closure");
    assert_eq!(boss.post(&all).await.location, page);
    assert_eq!([office.get("/timesheets").await.location, home.get("/timesheets").await.location], ["/login?next=%2Ftimesheets"; 2]);
    assert_eq!(boss.get(&page).await.count("tr[data-session]"), 0);
    assert_eq!(company.count("SELECT count(*) FROM app.activity_event WHERE kind = 'sessions_ended'").await, 2);
}

#[actix_web::test]
async fn a_session_of_somebody_else_is_not_ended_through_an_account_of_ones_own() {
    let company = Company::new().await;
    let (mut boss, mut clerk) = (admin(&company).await, clerk(&company).await);
    let of_admin: uuid::Uuid =
        sqlx::query_scalar("SELECT s.id FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id WHERE u.username = 'admin'")
            .fetch_one(&mut company.inspect().await)
            .await
            .unwrap();
    let token = clerk.get("/account").await.form("form[action='/logout']").value("_csrf").to_owned();
    let fields = vec![("_csrf".to_owned(), token)];
    clerk.post(&Form { action: format!("/account/sessions/{of_admin}/closure"), fields: fields.clone() }).await;
    clerk.post(&Form { action: "/account/sessions/closure".to_owned(), fields }).await;
    assert_eq!(boss.get("/admin/users").await.status, 200);
    assert_eq!(clerk.get("/account").await.status, 200);
    assert_eq!(company.count("SELECT count(*) FROM app.activity_event WHERE kind = 'sessions_ended'").await, 0);
}

#[actix_web::test]
async fn everybody_sees_and_ends_their_own_other_sessions() {
    let company = Company::new().await;
    let (mut here, mut elsewhere, mut third) = (clerk(&company).await, clerk(&company).await, clerk(&company).await);
    let mut boss = admin(&company).await;
    let page = here.get("/account").await;
    assert_eq!((page.count("tr[data-session]"), page.count("tr[data-session] form"), page.count(".badge")), (3, 2, 1));
    assert_eq!(here.post(&form_to_end_one(&page)).await.location, "/account");
    let act = form_to(&here.get("/account").await, "/account/sessions/closure");
    assert_eq!(here.post(&act).await.location, "/account");
    let others = [elsewhere.get("/account").await.status, third.get("/account").await.status];
    assert_eq!((here.get("/account").await.status, others, boss.get("/account").await.status), (200, [303, 303], 200));
    let history = here.get("/account").await.texts("tbody tr td:nth-child(2)");
    assert!(history.iter().filter(|what| *what == "Oturum açıldı").count() == 3, "{history:?}");
}

#[actix_web::test]
async fn an_admin_can_neither_disable_nor_demote_themselves_and_the_last_one_stays() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let own = page_of(&mut boss, "admin").await;
    let page = boss.get(&own).await;
    assert_eq!((page.count("form[action$=deactivation]"), page.count("form[action$='/password']")), (0, 0), "not even offered");
    let token = page.form("form[action$='/rights']").value("_csrf").to_owned();
    let post = |noun: &str, fields: &[(&str, &str)]| Form {
        action: format!("{own}/{noun}"),
        fields: [("_csrf", token.as_str())].iter().chain(fields).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
    };
    assert_eq!(boss.post(&post("deactivation", &[])).await.location, own);
    assert!(boss.get(&own).await.text("#toasts").contains("Kendi hesabınızı kapatamaz"));
    let demoted = boss.post(&post("rights", &[("role", "user"), ("regions", "izmir"), ("confirm", "admin")])).await;
    assert!(demoted.status == 422 && demoted.html.contains("başka bir yönetici"), "{}", demoted.status);
    assert_eq!(boss.post(&post("password", &[("password", "yeni bir parola")])).await.status, 403);
    assert_eq!(company.count("SELECT count(*) FROM auth.users WHERE role = 'admin' AND active").await, 1);

    let added = add(&mut boss, "mudur", "admin", &["izmir"], "mudurun parolasi").await;
    assert_eq!(added.status, 200, "an admin has all regions, whatever is ticked");
    let second = page_of(&mut boss, "mudur").await;
    let act = form_to(&boss.get(&second).await, "/deactivation");
    assert_eq!(boss.post(&act).await.status, 303);
    assert_eq!(company.count("SELECT count(*) FROM auth.users WHERE role = 'admin' AND active").await, 1);
}

#[actix_web::test]
async fn a_disabled_account_is_out_at_once_and_comes_back_from_the_message() {
    let company = Company::new().await;
    let (mut boss, mut person) = (admin(&company).await, clerk(&company).await);
    let page = page_of(&mut boss, "ankara1").await;
    let act = form_to(&boss.get(&page).await, "/deactivation");
    assert_eq!(boss.post(&act).await.status, 303);
    assert_eq!(person.get("/timesheets").await.status, 303);
    let undo = boss.get(&page).await.form("form[data-undo]").minted();
    let answer = boss.submit(&undo).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, undo.value("_op")), "the script counts it as done");
    clerk(&company).await;
    assert_eq!(company.count("SELECT count(*) FROM app.activity_event WHERE kind IN ('user_disabled', 'user_enabled')").await, 2);
}

#[actix_web::test]
async fn other_regions_hold_from_the_next_request_and_are_in_the_log_by_name() {
    let company = Company::new().await;
    let (mut boss, mut person) = (admin(&company).await, clerk(&company).await);
    let page = page_of(&mut boss, "ankara1").await;
    let form = form_to(&boss.get(&page).await, "/rights");
    assert_eq!(form.fields.iter().filter(|(name, _)| name == "regions").count(), 1);
    assert_eq!(boss.post(&form.clone().with("regions", &["ankara", "izmir"])).await.status, 303);
    let shown = person.get("/employees/new").await;
    assert_eq!(shown.texts("select[name=region] option")[1..], ["Ankara", "İzmir"], "in the session that was open");
    assert!(last_event(&company, "regions_changed").await.contains("\"Ankara, İzmir\""));
    let log = person.get("/activity").await;
    assert!(log.html.contains("ankara1 hesabının bölgeleri değişti: Ankara → Ankara, İzmir"), "the page has words for it");
    assert_eq!(boss.post(&form.with("regions", &[])).await.status, 422);
}

#[actix_web::test]
async fn another_role_has_to_be_confirmed_with_the_name_and_ends_the_sessions() {
    let company = Company::new().await;
    let (mut boss, mut person) = (admin(&company).await, clerk(&company).await);
    let page = page_of(&mut boss, "ankara1").await;
    let form = form_to(&boss.get(&page).await, "/rights").with("role", &["admin"]);
    let unconfirmed = boss.post(&form).await;
    assert!(unconfirmed.status == 422 && unconfirmed.text("#rights-confirm-error").contains("ankara1"), "{}", unconfirmed.status);
    assert_eq!(person.get("/admin/users").await.status, 403);
    assert_eq!(boss.post(&form.with("confirm", &["ankara1"])).await.status, 303);
    assert_eq!(person.get("/admin/users").await.status, 303, "has to sign in again");
    let mut person = clerk(&company).await;
    assert_eq!(person.get("/admin/users").await.status, 200);
    assert!(person.get("/activity").await.html.contains("ankara1 hesabının yetkisi değişti: Kullanıcı → Yönetici"));
    let back = form_to(&boss.get(&page).await, "/rights").with("role", &["user"]).with("regions", &["izmir"]).with("confirm", &["ankara1"]);
    assert_eq!(boss.post(&back).await.status, 303);
    assert_eq!(clerk(&company).await.get("/admin/users").await.status, 403);
}

#[actix_web::test]
async fn a_temporary_password_ends_the_sessions_and_the_old_one_opens_nothing() {
    let company = Company::new().await;
    let (mut boss, mut person) = (admin(&company).await, clerk(&company).await);
    let page = page_of(&mut boss, "ankara1").await;
    let form = form_to(&boss.get(&page).await, "/password");
    let short = boss.post(&form.clone().with("password", &["kisa"])).await;
    assert!(short.status == 422 && short.text("#temporary-password-error").contains("En az 10"));
    assert_eq!(person.get("/timesheets").await.status, 200, "nothing was done yet");
    let answer = boss.post(&form.with("password", &["gecici parola 7"])).await;
    assert_eq!(answer.text("#temporary-password"), "gecici parola 7");
    assert_eq!(person.get("/timesheets").await.status, 303);
    assert_eq!(Browser::of(&company.state, "ankara1", "gecici parola 7").await.get("/timesheets").await.location, "/password");
    let history = boss.get(&page).await;
    assert!(history.texts("tbody td").iter().any(|cell| cell == "Oturum açıldı"), "sign-ins are listed");
}

#[actix_web::test]
async fn failures_are_in_the_accounts_history_and_unknown_accounts_are_not_found() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let page = page_of(&mut boss, "bursa1").await;
    assert!(boss.get(&page).await.html.contains("Henüz oturum açılmadı."));
    let wrong = [("username", "bursa1"), ("password", "yanlis parola")].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    let mut stranger = clerk(&company).await;
    stranger.post(&Form { action: "/login".to_owned(), fields: wrong }).await;
    let cells = boss.get(&page).await.texts("section[aria-labelledby=sign-ins-title] tbody td");
    assert_eq!(cells[1..3], ["Başarısız oturum açma denemesi", "192.0.2.1"]);
    let missing = format!("/admin/users/{}", new_id());
    assert_eq!(boss.get(&missing).await.status, 404);
    let token = boss.get(&page).await.form("form[action$='/rights']").value("_csrf").to_owned();
    for noun in ["rights", "password", "deactivation", "activation", "sessions/closure"] {
        let form = Form { action: format!("{missing}/{noun}"), fields: vec![("_csrf".to_owned(), token.clone())] };
        assert_eq!(boss.post(&form).await.status, 404, "{noun}");
    }
}
