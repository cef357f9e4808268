//! Every sentence exists in each language, every sentence that is used exists, and none is unused.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use rainstaff::i18n::{Lang, keys};

#[test]
fn every_text_exists_in_both_languages() {
    let (turkish, english) = (keys(Lang::Tr), keys(Lang::En));
    assert!(turkish.len() > 50, "the texts are read");
    assert_eq!(turkish.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "only in locales/tr");
    assert_eq!(english.difference(&turkish).collect::<Vec<_>>(), Vec::<&String>::new(), "only in locales/en");
}

#[test]
fn every_text_that_is_asked_for_exists() {
    let known = keys(Lang::Tr);
    let missing: BTreeSet<(String, String)> = sources()
        .into_iter()
        .flat_map(|(path, source)| asked_for(&source).into_iter().map(move |key| (path.display().to_string(), key)))
        .filter(|(_, key)| !known.contains(key))
        .collect();
    assert!(missing.is_empty(), "no text for {missing:?}");
}

/// The browser without a network complains by itself.
#[test]
fn every_complaint_of_the_scripts_has_a_sentence() {
    let known = keys(Lang::Tr);
    let sources: String = scripts().into_iter().map(|(_, source)| source).collect();
    let codes: BTreeSet<&str> = sources.split("code: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() > 4, "the codes are read");
    let missing: Vec<_> = codes.into_iter().filter(|code| !known.contains(&format!("error-{code}"))).collect();
    assert!(missing.is_empty(), "no sentence for {missing:?}");
}

/// Complaints are data with a code (`FieldError`); the sentence is `error-<code>`.
#[test]
fn every_complaint_has_a_sentence() {
    let known = keys(Lang::Tr);
    for (path, source) in sources() {
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let named = source.split("FieldError::new(").skip(1).filter_map(|rest| {
            let arguments: Vec<&str> = rest.split(')').next()?.split('"').collect();
            (arguments.len() >= 5 || arguments.len() == 3).then(|| arguments[arguments.len() - 2].to_owned())
        });
        for code in named {
            assert!(known.contains(&format!("error-{code}")), "{}: no sentence for {code}", path.display());
        }
    }
}

#[test]
fn every_complaint_about_a_typed_date_or_time_has_a_sentence() {
    let known = keys(Lang::Tr);
    let golden = fs::read_to_string(root().join("tests/golden/civil.json")).unwrap();
    let codes: BTreeSet<&str> = golden.split("\"error\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() > 8, "the codes are read");
    let missing: Vec<_> = codes.into_iter().filter(|code| !known.contains(&format!("error-{code}"))).collect();
    assert!(missing.is_empty(), "no sentence for {missing:?}");
}

/// A key may come out of a `match` or a table, so every literal counts, wherever it stands: one that begins like a text is a text, or it is
/// known to be something else.
#[test]
fn every_literal_that_looks_like_a_key_has_a_text() {
    let known = keys(Lang::Tr);
    let (keys, begun) = (Known::new(&known), keys_that_scripts_finish());
    assert!(keys.families.len() > 50, "the texts are read");
    let mut missing = BTreeSet::new();
    for (path, source) in sources() {
        for literal in literals_of(&path, &source) {
            if keys.looks_like_one(&literal) && !keys.has(&literal) && !is_something_else(&literal) {
                missing.insert((path.display().to_string(), literal));
            }
        }
    }
    for (path, source) in scripts() {
        for literal in literals(&source).filter(|literal| literal.starts_with("offline-")) {
            if !known.contains(&literal) && !is_something_else(&literal) && !begun.contains(&literal) {
                missing.insert((path.display().to_string(), literal));
            }
        }
    }
    assert!(missing.is_empty(), "no text for {missing:?}; what is no key goes into NO_KEYS");
}

/// The other way round: each of the catalogue's texts is asked for by a literal that the test above has seen.
#[test]
fn every_text_is_used() {
    let known = keys(Lang::Tr);
    let seen: BTreeSet<String> = sources()
        .iter()
        .flat_map(|(path, source)| literals_of(path, source))
        .chain(scripts().iter().flat_map(|(_, source)| literals(source).collect::<Vec<_>>()))
        .collect();
    let begun = keys_that_scripts_finish();
    // The sentence of a complaint is asked for by the complaint's code.
    let is_used = |key: &String| {
        seen.contains(key)
            || key.strip_prefix("error-").is_some_and(|code| seen.contains(code))
            || begun.iter().any(|start| key.starts_with(start.as_str()))
    };
    let unused: Vec<&String> = known.iter().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "nobody uses {unused:?}");
    assert!(known.len() > 1_000, "all of them are counted: {}", known.len());
}

/// Scripts end a key with what they know only then: `offline-reason-${reason}`.
fn keys_that_scripts_finish() -> BTreeSet<String> {
    let scripts: String = scripts().into_iter().map(|(_, source)| source).collect();
    let starts = scripts.split('`').filter_map(|text| text.split_once("${")).map(|(start, _)| start.to_owned());
    starts.filter(|start| start.starts_with("offline-")).collect()
}

#[test]
fn every_text_can_be_shown_with_the_same_values_in_both_languages() {
    for key in keys(Lang::Tr) {
        assert_eq!(values_of(Lang::Tr, &key), values_of(Lang::En, &key), "{key}");
    }
}

#[test]
fn the_scan_sees_what_templates_and_code_ask_for() {
    let template = r#"{{ "nav-label"|t }} {{ "pager-range" | t3("from", 1) }} {{ format!("f-{name}") }} {{ "asset.js"|asset }}"#;
    assert_eq!(asked_for(template), ["nav-label", "pager-range"]);
    let code =
        r#"t(lang, "login-title"); t_with(Lang::Tr, "pill-failed", &[]); Flash::new(Tone::Info, "flash-a", name); set(lang, "other")"#;
    assert_eq!(asked_for(code), ["login-title", "pill-failed", "flash-a"]);
}

/// Looks like a key, and is none: beginnings of keys, words of HTTP, words of the API.
const NO_KEYS: [&str; 6] = ["explain-night", "explain-overtime", "explain-plan", "no-cache", "no-store", "no-day-off"];

/// What the ids and classes of elements, and the names of events in the page, end in.
const NAMES_END_IN: [&str; 7] = ["-list", "-grid", "-mark", "-icon", "-changed", "-dialog", "-strip"];

/// An icon, the name of an element or of an event.
fn is_something_else(literal: &str) -> bool {
    static ICONS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let source = read(&root().join("scripts/build-assets.mjs"));
        let list = source.split("ICONS = `").nth(1).and_then(|rest| rest.split('`').next()).expect("the icons in use");
        list.split_whitespace().map(str::to_owned).collect()
    });
    NO_KEYS.contains(&literal) || ICONS.contains(literal) || NAMES_END_IN.iter().any(|end| literal.ends_with(end))
}

/// The texts there are, and the words that their keys begin with.
struct Known<'k> {
    keys: &'k BTreeSet<String>,
    families: BTreeSet<&'k str>,
}

impl<'k> Known<'k> {
    fn new(keys: &'k BTreeSet<String>) -> Self {
        let family = |key: &'k str| key.split('-').next().unwrap_or_default();
        let codes = keys.iter().filter_map(|key| key.strip_prefix("error-")).map(family);
        Self { keys, families: keys.iter().map(|key| family(key)).chain(codes).collect() }
    }

    fn looks_like_one(&self, literal: &str) -> bool {
        let is_kebab = literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        // What ends in a hyphen is only the beginning of one.
        is_kebab && !literal.ends_with('-') && literal.split_once('-').is_some_and(|(family, _)| self.families.contains(family))
    }

    fn has(&self, literal: &str) -> bool {
        self.keys.contains(literal) || self.keys.contains(&format!("error-{literal}"))
    }
}

/// The literals of a source file; of a template those in its expressions. Unit tests, which also ask for what does not exist, are left out.
fn literals_of(path: &Path, source: &str) -> Vec<String> {
    if path.extension().is_some_and(|ending| ending == "html") {
        return expressions(source).flat_map(|part| literals(part).collect::<Vec<_>>()).collect();
    }
    let is_test = path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs");
    let source = if is_test { "" } else { source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default() };
    literals(source).collect()
}

/// What a template computes: between `{{` and `}}`, between `{%` and `%}`.
fn expressions(source: &str) -> impl Iterator<Item = &str> {
    let begun = |(open, close): (&'static str, &'static str)| source.split(open).skip(1).filter_map(move |rest| rest.split(close).next());
    [("{{", "}}"), ("{%", "%}")].into_iter().flat_map(begun)
}

/// What stands between quotation marks in the lines that are no comments. A literal over several lines is no key.
fn literals(source: &str) -> impl Iterator<Item = String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
}

/// Keys before a `t` filter, and keys given to `t`, `t_with` and `Flash::new`. Unit tests, which also ask for what does not exist, come
/// last in a file and are not looked at.
fn asked_for(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut found = Vec::new();
    let literals: Vec<&str> = source.split('"').collect();
    for (before, literal, after) in literals.windows(3).map(|part| (part[0], part[1], part[2])) {
        let is_key = literal.starts_with(|first: char| first.is_ascii_lowercase())
            && literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_key && (is_filtered(after) || is_argument(before)) {
            found.push(literal.to_owned());
        }
    }
    found
}

fn is_filtered(after: &str) -> bool {
    let Some(filter) = after.trim_start().strip_prefix('|') else {
        return false;
    };
    let name: String = filter.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    ["t", "t1", "t2", "t3"].contains(&name.as_str())
}

fn is_argument(before: &str) -> bool {
    let Some((call, argument)) = before.rsplit_once('(') else {
        return false;
    };
    argument.trim_end().ends_with(',')
        && argument.matches(',').count() == 1
        && (call.ends_with("Flash::new") || ["t", "t_with"].iter().any(|name| ends_with_word(call, name)))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The names of the values in a text's lines.
fn values_of(lang: Lang, key: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for source in files(&root().join("locales").join(lang.as_str()), &["ftl"]).iter().map(read) {
        for line in source.lines() {
            inside =
                if line.starts_with(' ') || line.is_empty() { inside } else { line.split_once(" =").is_some_and(|(name, _)| name == key) };
            if inside {
                let parts = line.split('$').skip(1);
                names.extend(parts.map(|part| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()));
            }
        }
    }
    names
}

pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    ["templates", "src"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), &["html", "rs"]))
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

/// What runs in the browser.
fn scripts() -> Vec<(PathBuf, String)> {
    files(&root().join("static/ts"), &["ts"]).into_iter().map(|path| (path.clone(), read(&path))).collect()
}

pub(crate) fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub(crate) fn read(path: &PathBuf) -> String {
    fs::read_to_string(path).expect("a text file")
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
