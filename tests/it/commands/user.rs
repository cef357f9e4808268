//! `rainstaff user`: its changes apply to the next sign-in at a running server with the same database.

use super::{ADMIN_PASSWORD, CLERK_PASSWORD, Running, Said, company, rainstaff_on, serve_on};
use crate::support::cluster::TestDb;

fn user(db: &TestDb, arguments: &[&str]) -> Said {
    Said::of(rainstaff_on(db.owner_url(), &[&["user"], arguments].concat()))
}

fn give_password(db: &TestDb, arguments: &[&str], password: &str) -> Said {
    Said::hearing(rainstaff_on(db.owner_url(), &[&["user", "set-password"], arguments].concat()), &format!("{password}\n"))
}

/// The line of an account in `user list`.
fn listed(db: &TestDb, name: &str) -> String {
    let list = user(db, &["list"]).ok();
    let line = list.lines().find(|line| line.split_whitespace().next() == Some(name));
    line.unwrap_or_else(|| panic!("{name} is not in the list:\n{list}")).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_new_account_can_sign_in_once_it_has_a_password_and_until_it_is_disabled() {
    let db = company().await;
    let server = Running::start(serve_on(db.owner_url()));
    let said = user(&db, &["add", "Ayse.Yilmaz", "--region", "bursa", "--region", "izmir"]).ok();
    assert!(said.contains("rainstaff user set-password ayse.yilmaz --temporary"), "{said}");
    assert_eq!(listed(&db, "ayse.yilmaz"), "ayse.yilmaz user bursa, izmir no password yet");
    assert!(server.sign_in("ayse.yilmaz", CLERK_PASSWORD).is_none());

    give_password(&db, &["ayse.yilmaz"], CLERK_PASSWORD).ok();
    let cookie = server.sign_in("ayse.yilmaz", CLERK_PASSWORD).expect("the new password works");
    let ping = server.get("/api/v1/ping", &cookie).body;
    assert!(ping.contains(r#""regions":["bursa","izmir"]"#), "{ping}");

    user(&db, &["disable", "ayse.yilmaz"]).ok();
    assert_eq!(listed(&db, "ayse.yilmaz"), "ayse.yilmaz user bursa, izmir disabled");
    assert!(server.get("/api/v1/ping", &cookie).body.contains(r#""user":null"#), "the session went on");
    assert!(server.sign_in("ayse.yilmaz", CLERK_PASSWORD).is_none(), "a disabled account signed in");

    user(&db, &["enable", "ayse.yilmaz"]).ok();
    assert!(server.sign_in("ayse.yilmaz", CLERK_PASSWORD).is_some());
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_and_a_temporary_one_has_to_be_changed() {
    let db = company().await;
    let server = Running::start(serve_on(db.owner_url()));
    give_password(&db, &["ankara1"], CLERK_PASSWORD).ok();
    let cookie = server.sign_in("ankara1", CLERK_PASSWORD).unwrap();
    assert_eq!(server.get("/timesheets", &cookie).status, 200);

    give_password(&db, &["ankara1", "--temporary"], "geçici bir parola").ok();
    let line = listed(&db, "ankara1");
    assert!(line.starts_with("ankara1 user ankara temporary password until 20"), "{line}");
    assert_ne!(server.get("/timesheets", &cookie).status, 200, "the session went on");
    assert!(server.sign_in("ankara1", CLERK_PASSWORD).is_none(), "the old password still works");
    let cookie = server.sign_in("ankara1", "geçici bir parola").unwrap();
    assert!(server.get("/timesheets", &cookie).head.contains("location: /password"));
    assert_eq!(listed(&db, "ankara1"), "ankara1 user ankara temporary password used or lapsed");
}

#[tokio::test]
async fn what_cannot_be_done_is_one_sentence_and_changes_nothing() {
    let db = company().await;
    let before = user(&db, &["list"]).ok();
    let cases = [
        (user(&db, &["add", "ay"]), "a user name has 3 to 64 characters"),
        (user(&db, &["add", "ayşe", "--region", "ankara"]), "a user name has 3 to 64 characters"),
        (user(&db, &["add", "ankara1", "--region", "ankara"]), "there is an account ankara1 already"),
        (user(&db, &["add", "ayse", "--region", "adana"]), "there is no region adana"),
        (user(&db, &["add", "ayse"]), "an account needs at least one region"),
        (user(&db, &["disable", "kimse"]), "there is no account kimse"),
        (user(&db, &["disable", "admin"]), "admin is the last admin who can sign in"),
        (give_password(&db, &["kimse"], CLERK_PASSWORD), "there is no account kimse"),
        (give_password(&db, &["ankara1"], ""), "no password on standard input"),
    ];
    for (said, beginning) in cases {
        let sentence = said.refusal();
        assert!(sentence.starts_with(beginning), "{sentence:?} instead of {beginning:?}");
    }
    assert_eq!(give_password(&db, &["ankara1"], "kısa").refusal().lines().count(), 1);
    assert_eq!(user(&db, &["list"]).ok(), before);
    let server = Running::start(serve_on(db.owner_url()));
    assert!(server.sign_in("admin", ADMIN_PASSWORD).is_some());
}
