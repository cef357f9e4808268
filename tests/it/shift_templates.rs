//! `/shift-templates`, through the whole application.

#![cfg(test)]

use crate::{
    auth::{CLERK_PASSWORD, Company},
    support::browser::{Browser, Form},
};

async fn clerk(company: &Company, office: &str) -> Browser {
    let name = format!("{office}1");
    company.give_password(&name, CLERK_PASSWORD, false).await.unwrap();
    Browser::of(&company.state, &name, CLERK_PASSWORD).await
}

async fn new_form(browser: &mut Browser, name: &str, weekdays: &[&str]) -> Form {
    let form = browser.get("/shift-templates/new").await.form("form.entry-form").minted();
    form.with("name", &[name]).with("weekdays", weekdays)
}

async fn add(browser: &mut Browser, name: &str, weekdays: &[&str]) -> String {
    let form = new_form(browser, name, weekdays).await;
    let answer = browser.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    form.value("_id").to_owned()
}

#[actix_web::test]
async fn a_template_shows_its_times_its_length_and_its_days() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let form = new_form(&mut browser, "Gece", &["5", "1"])
        .await
        .with("start_time", &["2200"])
        .with("end_time", &["6"])
        .with("break_minutes", &["30"]);
    assert_eq!(browser.submit(&form).await.status, 200);
    let cells = browser.get("/shift-templates").await.texts("tbody td");
    assert_eq!(cells[..6], ["Gece", "22:00", "06:00 +1", "30", "7,50", "Pzt Cum"]);
}

#[actix_web::test]
async fn of_two_templates_for_a_day_the_list_says_which_one_has_it() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    add(&mut browser, "Şantiye", &["5"]).await;
    assert_eq!(browser.get("/shift-templates").await.count("td .form-hint"), 0);
    add(&mut browser, "Ofis", &["1", "5"]).await;
    let list = browser.get("/shift-templates").await;
    assert_eq!(list.texts("td.name"), ["Ofis", "Şantiye"]);
    let hints = list.texts("td .form-hint");
    assert!(hints.len() == 1 && hints[0].starts_with("Cuma günü «Ofis» ile açılır"), "{hints:?}");
}

#[actix_web::test]
async fn a_name_is_taken_once_per_region() {
    let company = Company::new().await;
    let mut ankara = clerk(&company, "ankara").await;
    add(&mut ankara, "Ofis", &[]).await;
    let form = new_form(&mut ankara, "Ofis", &["2", "3"]).await;
    let answer = ankara.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""));
    assert!(answer.text("#new-name-error").contains("bu adla bir şablon var"), "{}", answer.html);
    let kept = answer.form("form.entry-form");
    assert_eq!(kept.fields.iter().filter(|(name, _)| name == "weekdays").count(), 2, "ticked days stay ticked");
    let mut izmir = clerk(&company, "izmir").await;
    add(&mut izmir, "Ofis", &[]).await;
}

#[actix_web::test]
async fn an_edit_changes_what_was_typed_and_can_untick_days() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let id = add(&mut browser, "Ofis", &["1", "2"]).await;
    let form = browser.get(&format!("/shift-templates/{id}/edit")).await.form("form.entry-form").minted();
    assert_eq!(form.value("start_time"), "09:00");
    let wrong = form.clone().with("end_time", &["25:00"]);
    let answer = browser.submit(&wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text("#edit-end_time-error").contains("25:00 saat değil"), "{}", answer.html);
    let answer = browser.submit(&form.with("weekdays", &["2"]).with("end_time", &["1730"])).await;
    assert_eq!(answer.status, 200);
    let cells = answer.texts("td");
    assert_eq!((cells[2].as_str(), cells[5].as_str()), ("17:30", "Sal"));
}

#[actix_web::test]
async fn a_deleted_template_comes_back_from_the_message_and_from_the_bin() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    add(&mut browser, "Ofis", &[]).await;
    for from_bin in [false, true] {
        let delete = browser.get("/shift-templates").await.form("tr form[action$=deletion]").minted();
        let answer = browser.submit(&delete).await;
        assert_eq!(browser.get("/shift-templates").await.count("td.name"), 0);
        let bin = browser.get("/shift-templates?state=deleted").await;
        let restore = if from_bin { bin.form("tr form[action$=restoration]") } else { answer.form("form[data-undo]") };
        assert_eq!(browser.submit(&restore.minted()).await.status, 200);
        assert_eq!(browser.get("/shift-templates").await.texts("td.name"), ["Ofis"]);
    }
}

#[actix_web::test]
async fn templates_of_another_region_are_not_there() {
    let company = Company::new().await;
    let mut ankara = clerk(&company, "ankara").await;
    let id = add(&mut ankara, "Ofis", &["1"]).await;
    let form = ankara.get(&format!("/shift-templates/{id}/edit")).await.form("form.entry-form").minted().with("name", &["Bizim"]);
    let mut izmir = clerk(&company, "izmir").await;
    let token = izmir.get("/shift-templates/new").await.form("form.entry-form").value("_csrf").to_owned();
    assert_eq!(izmir.get("/shift-templates").await.count("td.name"), 0, "disclosed in a list");
    for noun in ["edit", "row"] {
        assert_eq!(izmir.get(&format!("/shift-templates/{id}/{noun}")).await.status, 404, "{noun} disclosed");
    }
    for noun in ["", "/deletion", "/restoration"] {
        let foreign =
            Form { action: format!("/shift-templates/{id}{noun}"), ..form.clone().with("_csrf", &[&token]).with("region", &["ankara"]) };
        assert_eq!(izmir.submit(&foreign).await.status, 404, "{noun}");
    }
    assert_eq!(ankara.get("/shift-templates").await.texts("td.name"), ["Ofis"]);
}
