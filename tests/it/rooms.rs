//! The house has floors: a room of `src/` uses rooms below it, and no two rooms use each other, whichever way round.
//!
//! Read from the sources, token by token: what stands in comments and strings counts as nothing, what stands in a macro counts. Tests inside
//! of rooms may use what they like.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// From the ground up. A room that stands in no line is on the floor of the features, between `FEATURES` and `ROOF`: its order there is free, as
/// long as there is no circle.
const GROUND: &[&[&str]] = &[
    // Pure values, without I/O.
    &["text", "ids", "fold", "clock", "collate"],
    &["complaint"],
    &["civil", "identity_no", "money", "phone", "plate"],
    &["identity", "hours"],
    &["ops"],
    &["wire", "desktop"],
    // What a process has.
    &["config", "telemetry", "db", "i18n"],
    &["error", "metrics", "offline_mode", "labels"],
    &["passwords", "alarms", "file_places"],
    &["state"],
    &["web"],
    // The spine.
    &["events", "words", "regions"],
    &["auth"],
    &["sync"],
];
/// What knows all rooms.
const ROOF: &[&str] = &["registry", "openapi", "routes", "app", "cli", "agent", "lib", "main", "bin"];

#[test]
fn no_room_uses_one_above_it_and_no_circle_is_left() {
    let uses = uses_of(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert!(uses.len() > 40, "{} rooms", uses.len());
    let wrong: Vec<String> = uses
        .iter()
        .flat_map(|(room, used)| used.iter().map(move |(other, file)| (room, other, file)))
        .filter(|(room, other, _)| floor_of(other) > floor_of(room))
        .map(|(room, other, file)| format!("{file}: `{room}` uses `{other}`, which stands above it"))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(circles(&uses), Vec::<String>::new());
}

#[test]
fn a_use_that_was_turned_is_found_with_its_file() {
    let mut seen = BTreeSet::new();
    collect(
        r#"
        // crate::comment
        use crate::{a::{B, c::D}, e as f, g};
        fn h() { let _ = "crate::string"; query!(crate::i::J); pub_in::crate_::k; }
        #[cfg(test)]
        mod tests { use crate::only_in_tests; }
        "#
        .parse()
        .unwrap(),
        &mut seen,
    );
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["a", "e", "g", "i"]);
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses = BTreeMap::<String, BTreeMap<String, String>>::new();
        for (room, other) in pairs {
            uses.entry((*room).into()).or_default().insert((*other).into(), format!("src/{room}.rs"));
        }
        uses
    };
    assert_eq!(circles(&uses(&[("a", "b"), ("b", "c"), ("a", "c")])), Vec::<String>::new());
    assert_eq!(circles(&uses(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])), ["a -> b (src/a.rs) -> c (src/b.rs) -> a (src/c.rs)"]);
    assert!(
        floor_of("text") < floor_of("sync") && floor_of("sync") < floor_of("timesheets") && floor_of("timesheets") < floor_of("routes")
    );
}

fn floor_of(room: &str) -> usize {
    let features = GROUND.len();
    if ROOF.contains(&room) {
        return features + 1;
    }
    GROUND.iter().position(|floor| floor.contains(&room)).unwrap_or(features)
}

/// Room, the rooms that it uses, and a file that does.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

fn uses_of(src: &Path) -> Uses {
    let mut uses = Uses::new();
    let mut folders = vec![src.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
                let within = path.strip_prefix(src).unwrap();
                let room = within.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                let mut seen = BTreeSet::new();
                collect(fs::read_to_string(&path).unwrap().parse().unwrap(), &mut seen);
                let used = uses.entry(room.clone()).or_default();
                for other in seen.into_iter().filter(|other| *other != room) {
                    used.entry(other).or_insert_with(|| format!("src/{}", within.display()));
                }
            }
        }
    }
    uses
}

/// Every room that is named behind `crate::`.
fn collect(tokens: TokenStream, seen: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_for_tests(&tokens[at..]) {
            at += 2;
            while !matches!(&tokens[at], TokenTree::Group(body) if body.delimiter() == Delimiter::Brace)
                && !matches!(&tokens[at], TokenTree::Punct(end) if end.as_char() == ';')
            {
                at += 1;
            }
        } else if let [TokenTree::Ident(word), TokenTree::Punct(a), TokenTree::Punct(b), then, ..] = &tokens[at..]
            && word == "crate"
            && (a.as_char(), b.as_char()) == (':', ':')
        {
            match then {
                TokenTree::Ident(room) => _ = seen.insert(room.to_string()),
                TokenTree::Group(several) => first_of_each(several.stream(), seen),
                _ => {}
            }
            at += 3;
        } else if let TokenTree::Group(group) = &tokens[at] {
            collect(group.stream(), seen);
        }
        at += 1;
    }
}

/// `#[cfg(test)]`.
fn is_for_tests(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(mark), TokenTree::Group(attribute), ..]
        if mark.as_char() == '#' && attribute.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// The first word of each part between commas.
fn first_of_each(list: TokenStream, seen: &mut BTreeSet<String>) {
    let mut is_first = true;
    for token in list {
        match token {
            TokenTree::Ident(room) if is_first => _ = seen.insert(room.to_string()),
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                is_first = true;
                continue;
            }
            _ => {}
        }
        is_first = false;
    }
}

/// Circles, each as the way round it.
fn circles(uses: &Uses) -> Vec<String> {
    let (mut found, mut done) = (Vec::new(), BTreeSet::new());
    for room in uses.keys() {
        walk(uses, room, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn walk<'u>(uses: &'u Uses, room: &'u str, way: &mut Vec<&'u str>, done: &mut BTreeSet<&'u str>, found: &mut Vec<String>) {
    if let Some(start) = way.iter().position(|before| *before == room) {
        let round: Vec<&str> = way[start..].iter().copied().chain([room]).collect();
        let arrows = round.windows(2).map(|pair| format!("{} ({})", pair[1], uses[pair[0]][pair[1]]));
        found.push(format!("{} -> {}", round[0], arrows.collect::<Vec<_>>().join(" -> ")));
        return;
    }
    if done.contains(room) {
        return;
    }
    way.push(room);
    for other in uses.get(room).into_iter().flat_map(BTreeMap::keys) {
        walk(uses, other, way, done, found);
    }
    way.pop();
    done.insert(room);
}
