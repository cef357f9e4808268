//! Every component once, on one page: what the tests look at, and what a designer opens (`cargo test gallery` writes the pages to
//! `target/gallery`).

use std::{collections::HashSet, fs, path::PathBuf};

use askama::Template;
use scraper::{Html, Selector};
use uuid::Uuid;

use crate::{
    auth::{
        login_page::{LoginPage, LoginProblem},
        password_page::{PasswordPage, PasswordProblem, PasswordProblems},
    },
    i18n::Lang,
    identity::{Actor, Region, Role},
    web::{
        error_page::render_error,
        filters,
        flash::{self, Flash, Seal, Tone, Undo, UndoAct},
        page::{Ctx, RegionName, Theme, render},
        pagination::Pager,
    },
};

#[derive(Template)]
#[template(path = "gallery/gallery.html", blocks = ["rows"])]
struct GalleryPage<'a> {
    ctx: &'a Ctx,
    pager: Pager,
    sort: &'a str,
    wrong: &'a str,
}

fn ctx(lang: Lang, theme: Theme, role: Role) -> Ctx {
    let region = |code: &str, name: &str| RegionName { code: code.to_owned(), name: name.to_owned(), is_open: true };
    let mut regions = vec![region("ankara", "Ankara")];
    if role == Role::Admin {
        regions.extend([region("bursa", "Bursa"), region("istanbul", "İstanbul"), region("izmir", "İzmir")]);
    }
    Ctx {
        actor: Some(Actor {
            user_id: Uuid::nil(),
            username: if role == Role::Admin { "admin" } else { "ankara1" }.to_owned(),
            role,
            regions: regions.iter().map(|region| Region::parse(&region.code).unwrap()).collect(),
            lang: lang.as_str().to_owned(),
            theme: theme.as_str().to_owned(),
            must_change: false,
            session_id: Uuid::nil(),
            csrf: "token".to_owned(),
        }),
        lang,
        theme,
        csrf: "token".to_owned(),
        now: chrono::DateTime::UNIX_EPOCH,
        request_id: "01980000-0000-7000-8000-00000000000a".to_owned(),
        path: "/timesheets".to_owned(),
        query: "q=%C4%B1%C5%9F%C4%B1k&page=2".to_owned(),
        is_htmx: false,
        htmx_target: None,
        demo: true,
        secure: false,
        seal: Seal::new(flash::signer(b"test"), "", false),
        regions,
        flash: Some(deleted()),
        company_name: None,
        kept_since: None,
        waiting: HashSet::new(),
    }
}

fn deleted() -> Flash {
    let undo = Undo { act: UndoAct::Restore("timesheet".into(), Uuid::nil()), id: Uuid::nil(), base: 3, region: Some("ankara".to_owned()) };
    Flash::new(Tone::Success, "pill-saved", "Şükrü Işık").with_undo(undo)
}

fn gallery(ctx: &Ctx) -> String {
    let page = GalleryPage { ctx, pager: Pager::new(Some(2), 50, 1300), sort: "-work_date", wrong: "25:00 saat değil." };
    render(ctx, &page).unwrap()
}

fn login(ctx: &Ctx, problem: Option<LoginProblem>) -> String {
    let accounts = ["admin", "ankara1", "istanbul1", "bursa1", "izmir1"];
    let page = LoginPage {
        ctx,
        username: "Ankara1",
        next: "/employees?q=a",
        problem,
        carried: "",
        is_offline: false,
        demo_accounts: &accounts,
        demo_password: "rainstaff-demo",
    };
    render(ctx, &page).unwrap()
}

fn visitor(lang: Lang, theme: Theme) -> Ctx {
    Ctx { actor: None, regions: Vec::new(), query: String::new(), path: "/login".to_owned(), ..ctx(lang, theme, Role::User) }
}

fn has(html: &str, selector: &str) -> bool {
    Html::parse_document(html).select(&Selector::parse(selector).unwrap()).next().is_some()
}

fn text_of(html: &str, selector: &str) -> String {
    let document = Html::parse_document(html);
    document.select(&Selector::parse(selector).unwrap()).flat_map(|element| element.text()).collect::<String>().trim().to_owned()
}

#[test]
fn the_shell_shows_the_region_and_where_one_is() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::User));
    assert_eq!(text_of(&html, ".region-name"), "Ankara");
    assert_eq!(text_of(&html, ".nav-link[aria-current=page]"), "Puantaj");
    assert_eq!(text_of(&html, "#save-pill"), "Kaydedildi");
    let admin = gallery(&ctx(Lang::En, Theme::Auto, Role::Admin));
    assert_eq!(text_of(&admin, ".region-name"), "All regions");
    assert!(has(&admin, "select[name=region]"), "an admin chooses the region");
    assert!(!has(&html, "select[name=region]"), "a clerk has no choice");
}

#[test]
fn nothing_in_a_page_needs_inline_scripts_or_styles() {
    let ctx = ctx(Lang::Tr, Theme::Dark, Role::Admin);
    for html in [gallery(&ctx), login(&visitor(Lang::Tr, Theme::Auto), None)] {
        assert!(!has(&html, "[style], style, script:not([src])"), "inline style or script");
        assert!(!html.contains("hx-on"), "hx-on needs eval");
        assert!(!html.contains("\"js:") && !html.contains("javascript:"), "js: values need eval");
    }
}

#[test]
fn every_form_that_posts_carries_the_token_and_every_write_form_the_op_fields() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::Admin));
    let document = Html::parse_document(&html);
    let mut writes = 0;
    for form in document.select(&Selector::parse("form[method=post]").unwrap()) {
        let names: Vec<&str> =
            form.select(&Selector::parse("input[type=hidden]").unwrap()).filter_map(|input| input.attr("name")).collect();
        assert!(names.contains(&"_csrf"), "{:?} has no token", form.attr("action"));
        if !matches!(form.attr("action"), Some("/preferences" | "/logout")) {
            writes += 1;
            for name in ["_op", "_id", "_base", "_orig"] {
                assert!(names.contains(&name), "{:?} has no {name}", form.attr("action"));
            }
        }
    }
    assert!(writes >= 3, "only {writes} write forms on the page");
}

#[test]
fn a_blank_op_comes_before_the_servers_stand_in() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::User));
    let form = &html[html.find("id=\"create-form\"").unwrap()..];
    let blank = form.find("name=\"_op\" value=\"\"").unwrap();
    let stand_in = form.find("<noscript>").unwrap();
    assert!(blank < stand_in, "the last value wins without scripts");
}

#[test]
fn a_wrong_field_is_tied_to_its_sentence() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::User));
    let field = r#"input[name=end_time].is-invalid[aria-invalid=true][aria-describedby="f-end_time-error f-end_time-hint"]"#;
    assert!(has(&html, field));
    assert_eq!(text_of(&html, "#f-end_time-error"), "25:00 saat değil.");
}

#[test]
fn paging_and_sorting_keep_the_filters() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::User));
    assert!(has(&html, r#".pager a[href="/timesheets?q=%C4%B1%C5%9F%C4%B1k&page=3"]"#));
    assert!(has(&html, r#"th[aria-sort=descending] a[href="/timesheets?q=%C4%B1%C5%9F%C4%B1k&sort=work_date"]"#));
    assert_eq!(text_of(&html, ".pager p"), "1.300 kayıttan 51–100 arası");
}

#[test]
fn a_fragment_is_a_block_of_the_page() {
    let ctx = Ctx { is_htmx: true, ..ctx(Lang::En, Theme::Auto, Role::User) };
    let page = GalleryPage { ctx: &ctx, pager: Pager::new(None, 50, 0), sort: "", wrong: "" };
    let fragment = render(&ctx, &page.as_rows()).unwrap();
    assert!(fragment.contains("<hx-partial hx-target=\"#toasts\""), "the message goes to the corner");
    assert!(!fragment.contains("<html"), "only the block");
}

#[test]
fn a_whole_page_shows_the_message_once() {
    let html = gallery(&ctx(Lang::Tr, Theme::Auto, Role::User));
    assert_eq!(html.matches(&UndoAct::Restore("timesheet".into(), Uuid::nil()).address()).count(), 2, "action and hx-post of one form");
    assert!(has(&html, "#toasts [data-toast] form[data-undo] input[name=_base][value='3']"));
}

#[test]
fn what_people_typed_is_escaped() {
    let mut ctx = visitor(Lang::Tr, Theme::Auto);
    ctx.request_id = "<script>alert(1)</script>".to_owned();
    let page = LoginPage {
        ctx: &ctx,
        username: "\"><script>",
        next: "'\"",
        problem: None,
        carried: "",
        is_offline: false,
        demo_accounts: &[],
        demo_password: "",
    };
    assert!(!render(&ctx, &page).unwrap().contains("<script>"));
    assert!(!render_error(&ctx, 500).unwrap().contains("<script>"));
}

#[test]
fn a_failure_shows_a_sentence_and_the_request_id_to_anyone() {
    for (status, title) in
        [(404, "Sayfa bulunamadı"), (403, "Buna yetkiniz yok"), (500, "Bir hata oluştu"), (503, "Sunucu şu anda yanıt veremiyor")]
    {
        for ctx in [visitor(Lang::Tr, Theme::Auto), ctx(Lang::Tr, Theme::Auto, Role::User)] {
            let html = render_error(&ctx, status).unwrap();
            assert_eq!(text_of(&html, "h1"), title);
            assert_eq!(text_of(&html, "main code"), ctx.request_id);
        }
    }
    assert_eq!(text_of(&render_error(&visitor(Lang::En, Theme::Auto), 418).unwrap(), "h1"), "The request was not understood");
    assert_eq!(text_of(&render_error(&visitor(Lang::En, Theme::Auto), 502).unwrap(), "h1"), "Something went wrong");
}

#[test]
fn the_sign_in_page_names_the_demo_accounts_only_in_a_demo() {
    let html = login(&visitor(Lang::Tr, Theme::Auto), None);
    assert!(text_of(&html, ".demo").contains("rainstaff-demo"));
    assert!(!has(&html, "[role=alert]"));
    let real = Ctx { demo: false, ..visitor(Lang::Tr, Theme::Auto) };
    assert!(!login(&real, None).contains("rainstaff-demo"));
    assert_eq!(text_of(&login(&real, Some(LoginProblem::Wrong)), "[role=alert]"), "Kullanıcı adı veya parola yanlış.");
    assert!(text_of(&login(&real, Some(LoginProblem::Throttled(8))), "[role=alert]").contains("8 saniye"));
}

#[test]
fn every_page_of_a_demo_warns_of_real_people_and_hours_and_no_other_server_does() {
    let said = [
        (Lang::Tr, "Deneme sunucusu: hesapların parolaları herkesçe bilinir; gerçek kişi ve kayıt girmeyin."),
        (Lang::En, "Trial server: everybody knows the passwords of its accounts; enter no real people or hours."),
    ];
    for (lang, sentence) in said {
        for role in [Role::User, Role::Admin] {
            let demo = ctx(lang, Theme::Auto, role);
            assert_eq!(text_of(&gallery(&demo), ".demo-strip"), sentence);
            assert!(!has(&gallery(&Ctx { demo: false, ..demo }), ".demo-strip"));
        }
    }
}

#[test]
fn the_password_page_says_why_and_what_is_wrong() {
    let ctx = ctx(Lang::Tr, Theme::Auto, Role::User);
    let problems = PasswordProblems { new: Some(PasswordProblem::TooShort), ..PasswordProblems::default() };
    let html = render(&ctx, &PasswordPage { ctx: &ctx, forced: true, problems }).unwrap();
    assert_eq!(text_of(&html, "#f-new-error"), "En az 10 karakter olmalı.");
    assert!(text_of(&html, "main p").starts_with("Size verilen parola geçici."));
    assert!(!has(&html, "input[type=password][value]:not([value=''])"), "passwords are never echoed");
}

#[test]
fn gallery_pages_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    fs::create_dir_all(&folder).unwrap();
    for theme in [Theme::Light, Theme::Dark] {
        for (lang, role) in [(Lang::Tr, Role::User), (Lang::En, Role::Admin)] {
            let name = format!("{}-{}", lang.as_str(), theme.as_str());
            let ctx = ctx(lang, theme, role);
            let visitor = visitor(lang, theme);
            let forced = PasswordPage {
                ctx: &ctx,
                forced: true,
                problems: PasswordProblems { repeat: Some(PasswordProblem::Differs), ..PasswordProblems::default() },
            };
            for (page, html) in [
                ("shell", gallery(&ctx)),
                ("login", login(&visitor, Some(LoginProblem::Wrong))),
                ("password", render(&ctx, &forced).unwrap()),
                ("error", render_error(&visitor, 404).unwrap()),
            ] {
                fs::write(folder.join(format!("{page}-{name}.html")), html).unwrap();
            }
        }
    }
}
