//! Texts use the words of docs/GLOSSARY.md, and templates write numbers in its format.

use rainstaff::i18n::{Lang, t};

use crate::i18n::{files, read, root, sources};

const LANGS: [Lang; 2] = [Lang::Tr, Lang::En];

#[test]
fn no_text_uses_a_word_that_the_glossary_has_replaced() {
    let replaced = replaced_words();
    for word in ["giriş yap", "süzgeç", "ajan", "etkinlik", "log in"] {
        assert!(replaced.iter().any(|known| known == word), "{word} is read from the glossary: {replaced:?}");
    }
    assert!(!replaced.iter().any(|word| word == "giriş"), "the start of a shift is called so");
    let mut found = Vec::new();
    for lang in LANGS {
        for (key, text) in texts(lang) {
            found.extend(
                replaced.iter().filter(|word| has_word(&lower(lang, &text), word)).map(|word| format!("{} {key}: {word}", lang.as_str())),
            );
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// A closed region is still read: what is closed is said with it.
#[test]
fn a_region_is_closed_to_new_entries_and_not_just_closed() {
    for (lang, closed, whole) in [(Lang::Tr, "kapa", "yeni kayda kapa"), (Lang::En, "closed", "closed to new entries")] {
        let about: Vec<_> =
            texts(lang).into_iter().filter(|(key, text)| key.contains("region") && has_word(&lower(lang, text), closed)).collect();
        assert!(about.len() > 5, "the texts are read: {about:?}");
        for (key, text) in about {
            let text = lower(lang, &text);
            assert_eq!(text.matches(closed).count(), text.matches(whole).count(), "{key}: {text}");
        }
    }
}

/// Programs and documents that lead somewhere call it as the menu does.
#[test]
fn the_way_to_a_page_is_called_as_in_the_menu() {
    let pages = ["nav-users", "nav-regions", "nav-devices", "nav-settings", "nav-calendar"].map(|key| t(Lang::Tr, key));
    let documents = files(&root().join("docs"), &["md"]).into_iter().map(|path| (path.clone(), read(&path)));
    let mut ways = 0;
    for (path, text) in sources().into_iter().chain(documents) {
        for way in text.split("Yönetim > ").skip(1) {
            ways += 1;
            assert!(
                pages.iter().any(|page| way.starts_with(page)),
                "{}: Yönetim > {}",
                path.display(),
                way.lines().next().unwrap_or_default()
            );
        }
    }
    assert!(ways >= 2, "the ways are read: {ways}");
}

/// What templates count; the hours beside it are grouped, too.
const COUNTS: [&str; 12] =
    ["days", "worked_days", "blanks", "count", "total", "break_minutes", "len()", "attempts", "people", "minutes", "waiting", "expected"];

#[test]
fn every_number_in_a_template_is_written_by_the_filter_of_numbers() {
    let mut bare = Vec::new();
    for path in files(&root().join("templates"), &["html"]) {
        let text = read(&path);
        let shown = text.match_indices("{{").filter(|(at, _)| !is_in_a_tag(&text[..*at]));
        let expressions = shown.filter_map(|(at, _)| text[at + 2..].split("}}").next()).map(|part| part.trim_matches(['-', ' ']));
        let is_count =
            |part: &&str| COUNTS.iter().any(|name| part.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
        bare.extend(expressions.filter(is_count).map(|part| format!("{}: {part}", path.display())));
    }
    assert!(bare.is_empty(), "without a filter: {bare:#?}");
}

/// Whether a text breaks off inside a tag: values of attributes are for scripts and forms.
fn is_in_a_tag(before: &str) -> bool {
    before.rfind('<') > before.rfind('>')
}

/// What stands in quotation marks under "is not" and is no word for something else.
fn replaced_words() -> Vec<String> {
    let glossary = read(&root().join("docs/GLOSSARY.md"));
    let rows: Vec<Vec<&str>> =
        glossary.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>()).filter(|row| row.len() == 6).collect();
    assert!(rows.len() > 20, "the table is read");
    let terms: Vec<&str> = rows.iter().flat_map(|row| row[1].split(", ").chain(row[2].split(", "))).collect();
    let quoted = rows.iter().flat_map(|row| row[4].split('"').skip(1).step_by(2));
    quoted.filter(|word| !terms.contains(word)).map(|word| word.trim_end_matches('…').to_owned()).collect()
}

/// Every text of a language, by its key, without the names of its values.
fn texts(lang: Lang) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for source in files(&root().join("locales").join(lang.as_str()), &["ftl"]).iter().map(read) {
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let words = |text: &str| text.split(' ').filter(|word| !word.starts_with('$')).collect::<Vec<_>>().join(" ");
            match (line.split_once(" ="), found.last_mut()) {
                (Some((key, text)), _) if !line.starts_with(' ') => found.push((key.to_owned(), words(text))),
                (_, Some((_, text))) => *text += &words(line),
                (_, None) => {}
            }
        }
    }
    assert!(found.len() > 1_000, "all of them are read: {}", found.len());
    found
}

/// In small letters, as the language has them.
fn lower(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Tr => text.replace('İ', "i").replace('I', "ı").to_lowercase(),
        Lang::En => text.to_lowercase(),
    }
}

/// Whether a word of the text begins so.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}
