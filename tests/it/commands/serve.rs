//! `rainstaff serve`: when it refuses to start, its first start, and how it stops.

use std::{net::TcpListener, thread, time::Duration};

use nix::sys::signal::Signal;

use super::{CLERK_PASSWORD, Running, Said, company, exchange, look, rainstaff, rainstaff_on, secret_key, serve_on};
use crate::support::cluster::TestDb;

/// `serve` on a port that is taken: whatever is refused before a port is bound says nothing of the port.
fn serve_on_a_taken_port(settings: &[(&str, &str)]) -> String {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = rainstaff(&["serve"]);
    command.env("RAINSTAFF_LISTEN", taken.local_addr().unwrap().to_string()).env("RAINSTAFF_LOG", "off");
    command.envs(settings.iter().copied());
    Said::of(command).refusal()
}

#[tokio::test]
async fn a_missing_or_bad_setting_is_one_sentence_that_names_the_variable() {
    let db = TestDb::new().await;
    let (url, key) = (db.owner_url(), secret_key());
    let closed = "postgres://rainstaff@127.0.0.1:1/rainstaff";
    let cases = [
        ("RAINSTAFF_SECRET_KEY: is not set.", vec![("DATABASE_URL", url)]),
        ("RAINSTAFF_SECRET_KEY: is not set.", vec![("DATABASE_URL", url), ("RAINSTAFF_SECRET_KEY", "  ")]),
        ("RAINSTAFF_SECRET_KEY: has to be 128 hex digits", vec![("DATABASE_URL", url), ("RAINSTAFF_SECRET_KEY", "gizli")]),
        ("DATABASE_URL: is not set.", vec![("RAINSTAFF_SECRET_KEY", &key)]),
        ("DATABASE_URL: the database could not be used:", vec![("RAINSTAFF_SECRET_KEY", &key), ("DATABASE_URL", "veritabani")]),
        ("DATABASE_URL: the database could not be used:", vec![("RAINSTAFF_SECRET_KEY", &key), ("DATABASE_URL", closed)]),
        ("RAINSTAFF_LISTEN: is not an address", vec![("RAINSTAFF_SECRET_KEY", &key), ("RAINSTAFF_LISTEN", "8080")]),
        ("RAINSTAFF_PUBLIC_URL: is not an address", vec![("RAINSTAFF_SECRET_KEY", &key), ("RAINSTAFF_PUBLIC_URL", "puantaj.example.com")]),
        ("RAINSTAFF_PROXIES: is not the number", vec![("RAINSTAFF_SECRET_KEY", &key), ("RAINSTAFF_PROXIES", "many")]),
        (
            "RAINSTAFF_CONNECTIONS: is not a number of connections",
            vec![("RAINSTAFF_SECRET_KEY", &key), ("DATABASE_URL", url), ("RAINSTAFF_CONNECTIONS", "2")],
        ),
        ("RAINSTAFF_LISTEN: cannot listen on 127.0.0.1:", vec![("RAINSTAFF_SECRET_KEY", &key), ("DATABASE_URL", url)]),
    ];
    for (beginning, settings) in cases {
        let sentence = serve_on_a_taken_port(&settings);
        assert!(sentence.starts_with(beginning), "{sentence:?} instead of {beginning:?}");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
        assert!(!sentence.contains("gizli"), "a secret was repeated");
    }
    assert_eq!(look(&db, "SELECT count(*) FROM auth.users").await, "0", "accounts were made, and their password is lost");
}

#[tokio::test]
async fn a_superuser_is_refused_before_a_port_is_bound() {
    let db = company().await;
    let sentence = serve_on_a_taken_port(&[("RAINSTAFF_SECRET_KEY", &secret_key()), ("DATABASE_URL", db.bypass_url())]);
    assert!(sentence.starts_with("refusing to serve:"), "{sentence}");
    assert!(sentence.contains("The database user postgres is a superuser and would bypass row-level security"), "{sentence}");
}

#[tokio::test]
async fn an_empty_database_is_migrated_and_the_admins_password_is_shown_once() {
    let db = TestDb::empty().await;
    let first = Running::start(serve_on(db.owner_url()));
    let [line] = first.before.as_slice() else { panic!("{:?}", first.before) };
    let password = line.rsplit(": ").next().unwrap().to_owned();
    assert!(line.starts_with("first start: sign in as admin with this password") && password.len() >= 16, "{line}");
    assert_eq!(first.get("/health", "").status, 200);
    let cookie = first.sign_in("admin", &password).expect("the password works");
    let answer = first.get("/timesheets", &cookie);
    assert!(answer.status == 303 && answer.head.contains("location: /password"), "it has to be changed: {}", answer.head);
    assert_eq!(first.stop(Signal::SIGTERM), Some(0));

    let second = Running::start(serve_on(db.owner_url()));
    assert_eq!(second.before, Vec::<String>::new(), "said again");
    assert!(second.sign_in("admin", &password).is_none(), "it was good for one sign-in");
    assert_eq!(second.stop(Signal::SIGINT), Some(0));
    assert_eq!(look(&db, "SELECT count(*) FROM auth.users").await, "5");
    let templates = "SELECT string_agg(region || ' ' || name, ', ' ORDER BY region) FROM app.shift_templates";
    let standard = "ankara Hafta içi, bursa Hafta içi, istanbul Hafta içi, izmir Hafta içi";
    assert_eq!(look(&db, templates).await, standard, "an office expects its people from the first day on");
    Said::of(rainstaff_on(db.owner_url(), &["seed-demo"])).ok();
    let weekdays = "SELECT count(*) || ' ' || min(start_min) FROM app.shift_templates WHERE name = 'Hafta içi'";
    assert_eq!(look(&db, weekdays).await, "4 540", "the invented company leaves what is there");
}

#[tokio::test]
async fn servers_started_at_the_same_moment_all_serve() {
    for round in 0..3 {
        let db = if round == 0 { TestDb::empty().await } else { TestDb::new().await };
        for _ in 0..2 {
            let start = || {
                let mut command = serve_on(db.owner_url());
                command.env("RAINSTAFF_ADMIN_PASSWORD", CLERK_PASSWORD);
                thread::spawn(move || Running::start(command))
            };
            let starting: Vec<_> = (0..6).map(|_| start()).collect();
            let running: Vec<_> = starting.into_iter().map(|server| server.join().expect("one of six did not start")).collect();
            let first: usize = running.iter().map(|server| server.before.len()).sum();
            assert!(first <= 1, "the first start happens once");
            for server in running {
                assert_eq!(server.get("/ready", "").status, 200);
                assert_eq!(server.stop(Signal::SIGTERM), Some(0));
            }
        }
        assert_eq!(look(&db, "SELECT count(*) FROM auth.users").await, "5");
    }
}

#[tokio::test]
async fn the_admins_password_can_be_given_and_is_not_repeated() {
    let db = TestDb::new().await;
    let mut command = serve_on(db.owner_url());
    command.env("RAINSTAFF_ADMIN_PASSWORD", CLERK_PASSWORD);
    let server = Running::start(command);
    assert_eq!(server.before, ["first start: sign in as admin with the password in RAINSTAFF_ADMIN_PASSWORD"]);
    assert!(server.sign_in("admin", CLERK_PASSWORD).is_some());
    assert!(server.sign_in("ankara1", CLERK_PASSWORD).is_none(), "an office's account has no password yet");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_stops() {
    let db = company().await;
    Said::hearing(rainstaff_on(db.owner_url(), &["user", "set-password", "ankara1"]), CLERK_PASSWORD).ok();
    let mut server = Running::start(serve_on(db.owner_url()));
    let cookie = server.sign_in("ankara1", CLERK_PASSWORD).unwrap();
    let address = server.address.clone();
    let waits_for_changes = thread::spawn(move || exchange(&address, "GET", "/api/v1/changes?wait=3", &cookie, ""));
    thread::sleep(Duration::from_secs(1));
    server.tell(Signal::SIGTERM);
    thread::sleep(Duration::from_millis(300));
    assert!(server.child.try_wait().unwrap().is_none(), "it stopped under the request");
    let answer = waits_for_changes.join().unwrap();
    assert!(answer.status == 200 && answer.body.contains("\"cursor\""), "{} {}", answer.head, answer.body);
    assert_eq!(server.ending(), Some(0));
}
